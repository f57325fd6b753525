/** What organisations can be accredited for: every service here, as a whole or form by form. */
import { say, wordOr } from '../../lib/lang.ts';
import { listServices } from '../../lib/services.ts';
import type { Option } from '../../parts/field.tsx';

export async function scopeOptions(): Promise<readonly Option[]> {
  return (await listServices()).flatMap(({ id, title, schemas }) => [
    { value: id, label: wordOr(`scope.${id}`, say(title)) },
    ...schemas.map((schema) => ({
      value: schema,
      label: wordOr(`scope.${schema}`, `${say(title)}: ${schema}`),
    })),
  ]);
}
