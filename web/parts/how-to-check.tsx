/** For readers who want to check without this site. The words of the machine room stand here and nowhere else. */
import { t } from '../lib/lang.ts';
import { KeysAtHand } from './keys.tsx';
import { More } from './more.tsx';

export function HowToCheck({ file }: { file: string }) {
  return (
    <More title={t('how.title')}>
      <p>{t('how.alone')}</p>
      <p>
        {t('how.command')}: <code>npm run verify -- {file}</code>
      </p>
      <KeysAtHand />
      <p>{t('how.standard')}</p>
    </More>
  );
}
