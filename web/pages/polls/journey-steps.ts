import { t } from '../../lib/lang.ts';

const STEPS = ['about', 'enrol', 'choose', 'secret', 'confirm', 'record'] as const;

export function stepTitles(): string[] {
  return STEPS.map((step) => t(`step.${step}`));
}
