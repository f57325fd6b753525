/** What was asked for; until it is there, that it is under way or why it did not come. What was there stays while it is asked for again. */
import type { ComponentChildren } from 'preact';
import { t } from '../lib/lang.ts';
import type { Loaded } from '../lib/load.ts';
import { Busy } from './busy.tsx';
import { Failure } from './notice.tsx';

interface Props<T> {
  readonly loaded: Loaded<T>;
  readonly busy?: string;
  readonly children: (data: T) => ComponentChildren;
}

export function Awaited<T>({ loaded: { data, error, again }, busy, children }: Props<T>) {
  if (data !== undefined) return <>{children(data)}</>;
  if (error !== undefined) return <Failure error={error} retry={again} />;
  return <Busy what={busy ?? t('busy.data')} />;
}
