/** Administration over HTTP. The key lives in this tab's session storage and goes in a header, never in an address. */
import type { Hex } from '../../server/core/bytes.ts';
import { askJson } from './api.ts';

const KEPT = 'sillok.administrator';

export interface Organisation {
  readonly organisation: string;
  readonly name: string;
  readonly kind: string;
  readonly status: 'none' | 'active' | 'suspended' | 'retired';
  readonly keys: Readonly<
    Record<
      Hex,
      { readonly validFromSec: number; readonly validToSec: number; readonly compromisedAtSec: number }
    >
  >;
  readonly accreditations: Readonly<
    Record<string, { readonly validFromSec: number; readonly validToSec: number }>
  >;
}

export interface ApiKey {
  readonly prefix: string;
  readonly organisation: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly revokedAtMs?: number;
}

export function keptKey(): string | null {
  return sessionStorage.getItem(KEPT);
}

export function keepKey(key: string): void {
  sessionStorage.setItem(KEPT, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(KEPT);
}

export function administer<T>(
  path: string,
  method: 'GET' | 'POST' | 'DELETE' = 'GET',
  body?: unknown,
): Promise<T> {
  return askJson<T>(`/v1/admin/${path}`, {
    method,
    headers: { authorization: `Bearer ${keptKey() ?? ''}` },
    ...(method === 'POST' ? { body: body ?? {} } : {}),
  });
}
