/** What only some readers want: closed at first. */
import type { ComponentChildren } from 'preact';

export function More({
  title,
  children,
  open,
}: {
  title: string;
  children: ComponentChildren;
  open?: boolean;
}) {
  return (
    <details class="more" open={open}>
      <summary>{title}</summary>
      <div class="more-body">{children}</div>
    </details>
  );
}
