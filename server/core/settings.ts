/** The text of a setting as a value. All throw an Error whose message says what was expected. */

export interface WitnessAddress {
  readonly vkey: string;
  readonly url: string;
  /** Who runs it, where that is said. */
  readonly operator?: string;
}

export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new Error(`a whole number from ${min} to ${max}`);
    return value;
  };
}

export function optionalInteger(min: number, max: number): (text: string) => number | undefined {
  return (text) => (text === '' ? undefined : integer(min, max)(text));
}

export function filled(text: string): string {
  if (text === '') throw new Error('a value that is not empty');
  return text;
}

export function textUpTo(length: number): (text: string) => string {
  return (text) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
    if (text === '' || text.length > length || /[\u0000-\u001f]/.test(text))
      throw new Error(`1 to ${length} printable characters`);
    return text;
  };
}

export function oneOf(...allowed: readonly string[]): (text: string) => string {
  return (text) => {
    if (!allowed.includes(text)) throw new Error(`one of ${allowed.join(', ')}`);
    return text;
  };
}

function httpUrl(text: string, expected: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Error(expected);
  return url;
}

export function urls(text: string): readonly string[] {
  const expected = 'http or https addresses, each once, separated by commas';
  const parts = text.split(',').filter((part) => part.trim() !== '');
  const all = parts.map((part) => httpUrl(part.trim(), expected).href);
  if (new Set(all).size < all.length) throw new Error(expected);
  return all;
}

export function optionalUrl(text: string): string | undefined {
  return text === '' ? undefined : httpUrl(text, 'an http or https address').href.replace(/\/+$/, '');
}

export function fingerprint(text: string): string | undefined {
  const digits = text.replaceAll(/\s/g, '').toLowerCase();
  if (digits !== '' && !/^[0-9a-f]{64}$/.test(digits))
    throw new Error('64 hexadecimal digits, as npm run log-key -- status shows them');
  return digits || undefined;
}

export function origin(text: string): string | undefined {
  if (text === '') return undefined;
  const expected = 'an http or https address without path, for instance https://ledger.example';
  const url = httpUrl(text, expected);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '')
    throw new Error(expected);
  return url.origin;
}

export function logOrigin(text: string): string | undefined {
  if (text !== '' && !/^[\x21-\x2a\x2c-\x7e]{1,100}$/.test(text))
    throw new Error('1 to 100 printable ASCII characters without space and plus');
  return text || undefined;
}

const WITNESS = /^(?:([^:]{1,200}): +)?([^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)@(\S+)$/;

export function witnesses(text: string): readonly WitnessAddress[] {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, operator, vkey, url] = WITNESS.exec(part.trim()) ?? [];
      const expected = '<vkey>@<url> or <operator>: <vkey>@<url>, separated by commas';
      if (vkey === undefined || url === undefined) throw new Error(expected);
      return {
        vkey,
        url: httpUrl(url, expected).href.replace(/\/+$/, ''),
        ...(operator !== undefined && { operator }),
      };
    });
}
