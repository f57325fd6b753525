/** Tabs with the arrow keys of the pattern (WAI-ARIA, tabs). */
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';

export interface TabsProps {
  readonly tabs: readonly { readonly id: string; readonly title: string }[];
  readonly now: string;
  readonly onTab: (id: string) => void;
  readonly children: ComponentChildren;
}

export function Tabs({ tabs, now, onTab, children }: TabsProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (step: number) => {
    const at = tabs.findIndex((tab) => tab.id === now);
    const next = (at + step + tabs.length) % tabs.length;
    onTab(tabs[next]!.id);
    list.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div class="part">
      <div
        class="tabs no-print"
        role="tablist"
        ref={list}
        onKeyDown={(event) => {
          if (event.key === 'ArrowRight') move(1);
          if (event.key === 'ArrowLeft') move(-1);
        }}
      >
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-controls={`${id}-panel`}
            aria-selected={tab.id === now}
            tabIndex={tab.id === now ? 0 : -1}
            onClick={() => onTab(tab.id)}
          >
            {tab.title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${now}`} class="part">
        {children}
      </div>
    </div>
  );
}
