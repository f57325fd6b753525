/**
 * Staff sessions. The cookie holds 256 random bits; row `session:<SHA-256 of it>` = {@link SessionRow}.
 * Who the holder may speak for is asked of the chain's view again at each request, so a key that ends ends its sessions.
 */
import { createHash } from 'node:crypto';
import type { Hex } from '../core/bytes.ts';
import type { Store } from '../store/level.ts';

export interface SessionRow {
  readonly organisation: string;
  readonly key: Hex;
  readonly kind: 'wallet' | 'passkey';
  readonly expiresAtMs: number;
}

export interface Session extends SessionRow {
  /** Hash of the token: names the session without opening it. */
  readonly id: string;
}

export interface Sessions {
  readonly cookieName: string;
  /** Set-Cookie value of a new session. */
  begin(session: Omit<SessionRow, 'expiresAtMs'>): Promise<string>;
  of(cookies: string | undefined): Promise<Session | undefined>;
  /** Set-Cookie value that removes it. */
  end(id: string): Promise<string>;
}

const LIFE_MS = 8 * 3_600_000;

export function openSessions(
  store: Store,
  isSecure: boolean,
  clock: { nowMs(): number; random(bytes: number): Uint8Array },
): Sessions {
  // The prefix makes browsers refuse the cookie when it was not set by this host over https (RFC 6265bis, 4.1.3.2).
  const cookieName = isSecure ? '__Host-sillok' : 'sillok';
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;

  return {
    cookieName,
    async begin(session) {
      const token = Buffer.from(clock.random(32)).toString('base64url');
      const row: SessionRow = { ...session, expiresAtMs: clock.nowMs() + LIFE_MS };
      const ended = await store.range<SessionRow>({ gte: 'session:', lt: 'session:\uffff', limit: 1000 });
      await store.commit([
        ...ended
          .filter(({ value }) => value.expiresAtMs <= clock.nowMs())
          .map(({ key }) => ({ type: 'del', key }) as const),
        { type: 'put', key: `session:${idOf(token)}`, value: row },
      ]);
      return `${cookieName}=${token}; ${attributes}; Max-Age=${LIFE_MS / 1000}`;
    },
    async of(cookies) {
      const token = cookieValue(cookies, cookieName);
      if (token === undefined) return undefined;
      const id = idOf(token);
      const row = await store.get<SessionRow>(`session:${id}`);
      return row === undefined || row.expiresAtMs <= clock.nowMs() ? undefined : { ...row, id };
    },
    async end(id) {
      await store.commit([{ type: 'del', key: `session:${id}` }]);
      return `${cookieName}=; ${attributes}; Max-Age=0`;
    },
  };
}

function cookieValue(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`));
  // Two cookies of one name: somebody planted one beside ours.
  return values.length === 1 ? values[0]!.slice(name.length + 1) : undefined;
}

function idOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
