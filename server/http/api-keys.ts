/**
 * API keys `slk_<prefix>_<secret>`: 8 characters to find the row, 256 random bits to prove it, shown once.
 * Only SHA-256 of the secret is kept: with 256 bits of entropy there is nothing to guess, so no slow hash is needed.
 * Row `key:<prefix>` = {@link ApiKey}; all rows are also held in memory, so that a revocation holds for the very next request.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ShownApiKey } from '../core/api-key.ts';
import { AppError } from '../core/errors.ts';
import type { Store } from '../store/level.ts';

export interface ApiKey extends ShownApiKey {
  readonly hash: string;
}

export interface NewApiKey {
  readonly organisation: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly perMinute: number;
  readonly expiresAtMs?: number | undefined;
}

export interface ApiKeys {
  /** The full key is in the answer and nowhere else. @throws AppError API_KEY_LIMIT */
  create(request: NewApiKey): Promise<{ readonly key: string; readonly row: ApiKey }>;
  /** @throws AppError API_KEY_INVALID | API_KEY_EXPIRED | API_KEY_LOCKED */
  check(key: string, address: string): ApiKey;
  /** @throws AppError API_KEY_UNKNOWN */
  revoke(prefix: string): Promise<ApiKey>;
  list(): readonly ApiKey[];
}

const FORM = /^slk_([0-9a-z]{8})_([A-Za-z0-9_-]{43})$/;
const LIVE_PER_LABEL = 2;
const TRIES = 10;
const LOCK_MS = 60_000;
/** Compared against when no row is found, so that an unknown prefix takes as long as a known one. */
const NOBODY = sha256('nobody');

export async function openApiKeys(
  store: Store,
  clock: { nowMs(): number; random(bytes: number): Uint8Array },
): Promise<ApiKeys> {
  const rows = await store.range<ApiKey>({ gte: 'key:', lt: 'key:\uffff' });
  const keys = new Map(rows.map(({ value }) => [value.prefix, value]));
  const failures = createFailures(clock.nowMs);
  const isLive = (row: ApiKey) =>
    row.revokedAtMs === undefined && (row.expiresAtMs === undefined || row.expiresAtMs > clock.nowMs());

  return {
    async create(request) {
      const same = [...keys.values()].filter(
        (row) => isLive(row) && row.organisation === request.organisation && row.label === request.label,
      );
      if (same.length >= LIVE_PER_LABEL) throw new AppError('API_KEY_LIMIT', { label: request.label });
      const prefix = freshPrefix(clock.random, keys);
      const secret = Buffer.from(clock.random(32)).toString('base64url');
      const row: ApiKey = {
        prefix,
        hash: sha256(secret).toString('base64url'),
        organisation: request.organisation,
        label: request.label,
        scopes: request.scopes,
        perMinute: request.perMinute,
        createdAtMs: clock.nowMs(),
        ...(request.expiresAtMs !== undefined && { expiresAtMs: request.expiresAtMs }),
      };
      // Reserved before the write, so that two requests cannot both become the second living key.
      keys.set(prefix, row);
      try {
        await store.commit([{ type: 'put', key: `key:${prefix}`, value: row }]);
      } catch (error) {
        keys.delete(prefix);
        throw error;
      }
      return { key: `slk_${prefix}_${secret}`, row };
    },
    check(key, address) {
      const [, prefix = '', secret = ''] = FORM.exec(key) ?? [];
      // Per prefix and address: a stranger's guesses must not lock the owner out.
      const slot = `${prefix} ${address}`;
      failures.requireUnlocked(slot);
      const row = keys.get(prefix);
      const expected = row === undefined ? NOBODY : Buffer.from(row.hash, 'base64url');
      const isRight = timingSafeEqual(sha256(secret), expected) && row !== undefined;
      if (!isRight || row.revokedAtMs !== undefined) {
        failures.note(slot);
        throw new AppError('API_KEY_INVALID');
      }
      if (!isLive(row)) throw new AppError('API_KEY_EXPIRED');
      failures.forget(slot);
      return row;
    },
    async revoke(prefix) {
      const row = keys.get(prefix);
      if (row === undefined) throw new AppError('API_KEY_UNKNOWN', { prefix });
      if (row.revokedAtMs !== undefined) return row;
      const revoked = { ...row, revokedAtMs: clock.nowMs() };
      // In memory first: the key is dead even while the disk is slow.
      keys.set(prefix, revoked);
      await store.commit([{ type: 'put', key: `key:${prefix}`, value: revoked }]);
      return revoked;
    },
    list: () => [...keys.values()].sort((a, b) => a.createdAtMs - b.createdAtMs),
  };
}

/** Whether one of the scopes covers `wanted` (`service/action` or `admin`). */
export function covers(scopes: readonly string[], wanted: string): boolean {
  const [service] = wanted.split('/');
  return scopes.some(
    (scope) => scope === wanted || (wanted !== 'admin' && (scope === '*' || scope === `${service}/*`)),
  );
}

/** Whether one of the scopes lets do anything at all in the service: then what was done there may be read again. */
export function reaches(scopes: readonly string[], service: string): boolean {
  return scopes.some((scope) => scope === '*' || scope.startsWith(`${service}/`));
}

function freshPrefix(random: (bytes: number) => Uint8Array, taken: ReadonlyMap<string, ApiKey>): string {
  for (;;) {
    const prefix = [...random(8)].map((byte) => (byte % 36).toString(36)).join('');
    if (!taken.has(prefix)) return prefix;
  }
}

function createFailures(nowMs: () => number) {
  const counts = new Map<string, { count: number; untilMs: number }>();
  return {
    requireUnlocked(slot: string): void {
      const entry = counts.get(slot);
      if (entry === undefined) return;
      const leftMs = entry.untilMs - nowMs();
      // More than a lock lasts: the clock was set back.
      if (leftMs <= 0 || leftMs > LOCK_MS) counts.delete(slot);
      else if (entry.count >= TRIES)
        throw new AppError('API_KEY_LOCKED', { retryAfterSec: Math.ceil(leftMs / 1000) });
    },
    note(slot: string): void {
      // Bounded, whatever is tried: old slots go first.
      if (counts.size >= 10_000) counts.delete(counts.keys().next().value!);
      counts.set(slot, { count: (counts.get(slot)?.count ?? 0) + 1, untilMs: nowMs() + LOCK_MS });
    },
    forget: (slot: string) => counts.delete(slot),
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
