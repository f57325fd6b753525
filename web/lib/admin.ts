/** Administration over HTTP. The key lives in this tab's session storage and goes in a header, never in an address. */
import { askJson } from './api.ts';

const KEPT = 'sillok.administrator';

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
