import { t } from '../lib/lang.ts';

/** Well or not: by its word and its mark, not by colour alone. */
export function HealthBadge({ isWell, word }: { isWell: boolean; word?: string }) {
  return (
    <span class={`krds-badge small bg-light-${isWell ? 'success' : 'danger'}`}>
      <span aria-hidden="true">{isWell ? '✓ ' : '✕ '}</span>
      {word ?? t(isWell ? 'health.well' : 'health.ill')}
    </span>
  );
}
