/** JSON Schema as zod writes it -> a TypeScript type. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly pattern?: string;
  readonly title?: string;
  readonly description?: string;
}

/** `answer`: what is known to be hexadecimal is typed so; who asks may hand over any string. */
export type Direction = 'input' | 'answer';

export function typeOf(schema: JsonSchema, direction: Direction): string {
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)));
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return union(either.map((one) => typeOf(one, direction)));
  if (schema.allOf !== undefined) return schema.allOf.map((one) => typeOf(one, direction)).join(' & ');
  if (Array.isArray(schema.type))
    return union(schema.type.map((type) => typeOf({ ...schema, type }, direction)));
  switch (schema.type) {
    case 'string':
      return direction === 'answer' && schema.pattern?.startsWith('^0x') ? 'Hex' : 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
    case 'null':
      return schema.type;
    case 'array':
      return `readonly ${parenthesised(typeOf(schema.items ?? {}, direction))}[]`;
    case 'object':
      return objectType(schema, direction);
    default:
      return 'unknown';
  }
}

function objectType(schema: JsonSchema, direction: Direction): string {
  const { properties, required = [], additionalProperties = false } = schema;
  if (properties === undefined) {
    const rest =
      typeof additionalProperties === 'object' ? typeOf(additionalProperties, direction) : 'unknown';
    return `Readonly<Record<string, ${rest}>>`;
  }
  const members = Object.entries(properties).map(([name, member]) => {
    const optional = required.includes(name) ? '' : '?';
    return `${comment(member)}readonly ${nameOf(name)}${optional}: ${typeOf(member, direction)};`;
  });
  if (typeof additionalProperties === 'object') members.push('readonly [member: string]: unknown;');
  return members.length === 0 ? 'Record<string, never>' : `{\n${members.join('\n')}\n}`;
}

/** What the field is called in its form, and what its description adds. */
function comment({ title, description }: JsonSchema): string {
  const text = [title, description].filter(Boolean).join('. ').replaceAll('*/', '* /').replaceAll('\n', ' ');
  return text === '' ? '' : `/** ${text} */\n`;
}

function nameOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ') || 'never';
}

function parenthesised(type: string): string {
  return /[|&]/.test(type.replaceAll(/\{[\s\S]*\}/g, '')) ? `(${type})` : type;
}
