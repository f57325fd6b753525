/** A table with a caption; it scrolls by itself when the screen is narrow. */
import type { ComponentChildren } from 'preact';
import { t } from '../lib/lang.ts';

export interface Column<Row> {
  readonly title: string;
  readonly numeric?: boolean;
  readonly cell: (row: Row, index: number) => ComponentChildren;
}

export function Table<Row>(props: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  hideCaption?: boolean;
}) {
  if (props.rows.length === 0) return <p class="subtle">{t('list.empty')}</p>;
  return (
    // Keyboard users scroll what is wider than the screen.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus
    <section class="krds-table-wrap" tabIndex={0} aria-label={props.caption}>
      <table class={`tbl col data ${widthOf(props.columns.length)}`}>
        <caption class={props.hideCaption ? 'sr-only' : ''}>{props.caption}</caption>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.title} scope="col" class={column.numeric ? 'num' : ''}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, index) => (
            <tr key={index}>
              {props.columns.map((column) => (
                <td key={column.title} class={column.numeric ? 'num' : ''}>
                  {column.cell(row, index)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** So that no word and no number is broken on a narrow screen. */
function widthOf(columns: number): string {
  return columns > 4 ? 'wide' : columns > 3 ? 'middling' : '';
}

/** Facts by name, one under another. */
export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
