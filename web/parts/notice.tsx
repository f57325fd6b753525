/** A message in a box: what happened, and what to do now. The word in front says the kind, not only the colour. */
import type { ComponentChildren } from 'preact';
import { messageOf } from '../lib/api.ts';
import { t } from '../lib/lang.ts';

export type NoticeKind = 'info' | 'success' | 'warning' | 'danger';

export function Notice(props: { kind: NoticeKind; title?: string; children?: ComponentChildren }) {
  return (
    <div class={`notice ${props.kind}`} role={props.kind === 'danger' ? 'alert' : undefined}>
      <p class="notice-kind">{t(`notice.${props.kind}`)}</p>
      <div class="notice-body">
        {props.title && <p class="notice-title">{props.title}</p>}
        {props.children}
      </div>
    </div>
  );
}

export function Failure(props: { error: unknown; retry?: () => void; children?: ComponentChildren }) {
  const { error, retry, children } = props;
  return (
    <Notice kind="danger" title={messageOf(error)}>
      {children}
      {retry && (
        <button type="button" class="krds-btn small secondary" onClick={retry}>
          {t('action.retry')}
        </button>
      )}
    </Notice>
  );
}
