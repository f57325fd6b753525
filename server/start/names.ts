/** What the ledger and its operator are called. */
import type { Config } from '../config.ts';
import type { Text } from '../services/define.ts';
import type { Trust } from '../verify/trust.ts';

export interface Names {
  /** Of the log. */
  readonly origin: string;
  /** Who runs it, as pages show it. */
  readonly shown: Text;
  /** Who runs it, in one line. */
  readonly operator: string;
}

export function namesOf(
  { logOrigin, operatorName }: Config,
  publicUrl: string,
  trust: Trust | undefined,
): Names {
  const shown = bilingual(operatorName);
  const { ko, en } = shown;
  return {
    origin: logOrigin ?? trust?.origin ?? `${new URL(publicUrl).hostname}/log`,
    shown,
    operator: ko === en ? ko : `${ko} ${en}`,
  };
}

/** `한국어|English`, or one name for both. */
function bilingual(name: string): Text {
  const [ko = name, en = ko] = name.split('|').map((part) => part.trim());
  return { ko, en };
}
