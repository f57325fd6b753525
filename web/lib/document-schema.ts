/** The labels of a document's members, from the service that this build knows: they are needed without a network too. */
import { z } from 'zod';
import { knownServices } from './known-services.ts';
import type { Schema } from './schema.ts';

/** undefined when no service here writes documents of this form. */
export function schemaOfDocument(document: unknown): Schema | undefined {
  const name = (document as { schema?: unknown } | null)?.schema;
  if (typeof name !== 'string') return undefined;
  const actions = knownServices().flatMap((service) => Object.values(service.actions));
  const found = actions.find((action) => action.schema === name);
  return found && (z.toJSONSchema(found.input, { io: 'input', unrepresentable: 'any' }) as Schema);
}
