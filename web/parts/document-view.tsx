/** A document as a list of facts, with the labels of the form it was made with. */
import type { ComponentChildren } from 'preact';
import { number } from '../lib/format.ts';
import { say, t, wordOr } from '../lib/lang.ts';
import { useLoad } from '../lib/load.ts';
import { kindOf, labelOf, resolve, type Schema } from '../lib/schema.ts';
import { findAction } from '../lib/services.ts';
import { Organisation } from './organisation.tsx';
import { Facts } from './table.tsx';

/** @param act where the labels are when the document does not name its form: the act whose body it is. */
export function DocumentView({
  document,
  act,
}: {
  document: unknown;
  act?: { service: string; action: string };
}) {
  const { data } = useLoad(async () => {
    const { schemaOfDocument } = await import('../lib/document-schema.ts');
    return (
      schemaOfDocument(document) ?? (act && (await findAction(act.service, act.action))?.action.input) ?? {}
    );
  }, [document]);
  if (!data) return null;
  return <Facts facts={factsOf(document, data, data)} />;
}

/** Names of forms say nothing to a reader. */
const HIDDEN = ['schema', 'sillok'];

/** Facts of any document; without a schema the names stand as they are. */
function factsOf(document: unknown, schema: Schema, root: Schema): [string, ComponentChildren][] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) => {
    const member = resolve(schema.properties?.[name] ?? {}, root);
    if (value === undefined || value === null || HIDDEN.includes(name)) return [];
    const label = member.label ? labelOf(name, member) : wordOr(`member.${name}`, labelOf(name, member));
    // A year is a number that is not counted.
    if (/Year$/.test(name)) return [[label, String(value)]];
    if (AUTHORS.includes(name) && typeof value === 'string')
      return [[label, <Organisation key={name} id={value} />]];
    return [[label, shown(value, member, root)]];
  });
}

/** Members that hold an organisation's identifier. */
const AUTHORS = ['organisation', 'issuer'];

function shown(value: unknown, schema: Schema, root: Schema): ComponentChildren {
  if (Array.isArray(value) && schema.widget === 'photographs') return t('photo.count', { n: value.length });
  if (Array.isArray(value)) {
    const item = resolve(schema.items ?? {}, root);
    return (
      <ul class="list">
        {value.map((one, i) => (
          <li key={i}>{shown(one, item, root)}</li>
        ))}
      </ul>
    );
  }
  if (typeof value === 'object' && value !== null) return <Facts facts={factsOf(value, schema, root)} />;
  if (typeof value === 'boolean') return t(value ? 'form.yes' : 'form.no');
  if (typeof value === 'number') {
    const unit = say(schema.unit);
    return kindOf(schema) === 'string' ? String(value) : `${number(value)}${unit ? ` ${unit}` : ''}`;
  }
  return say(schema.options?.[String(value)]) || String(value);
}
