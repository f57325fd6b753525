/** A long code: shortened, to be copied whole, never without a word of what it is. */
import { useState } from 'preact/hooks';
import { shorten } from '../lib/format.ts';
import { t } from '../lib/lang.ts';

export function Hash({ what, code }: { what: string; code: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <span class="hash">
      <code title={code}>{shorten(code)}</code>
      <button
        type="button"
        class="krds-btn xsmall text"
        onClick={copy}
        aria-label={`${what} ${t('action.copy')}`}
      >
        {t(copied ? 'action.copied' : 'action.copy')}
      </button>
    </span>
  );
}
