import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AppError } from '../../../server/core/errors.ts';
import { type ApiKeys, covers, openApiKeys } from '../../../server/http/api-keys.ts';
import { openStore, type Store } from '../../../server/store/level.ts';

const REQUEST = { organisation: 'dealer', label: 'desk', scopes: ['vehicles/*'], perMinute: 60 };

/** Where the secret begins, behind slk_ and the prefix; it may hold underscores itself. */
const SECRET_AT = 'slk_12345678_'.length;

describe('API keys', () => {
  let folder: string;
  let store: Store;
  let keys: ApiKeys;
  let now: number;
  const clock = { nowMs: () => now, random: (bytes: number) => new Uint8Array(randomBytes(bytes)) };

  beforeEach(async () => {
    now = 1_800_000_000_000;
    folder = await mkdtemp(join(tmpdir(), 'sillok-keys-'));
    store = await openStore(folder);
    keys = await openApiKeys(store, clock);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  const codeOf = (key: string, address = '192.0.2.1') => {
    try {
      keys.check(key, address);
    } catch (error) {
      return (error as AppError).code;
    }
    return 'valid';
  };
  const broken = (key: string) => key.slice(0, -1) + (key.endsWith('A') ? 'E' : 'A');

  it('are known again after a restart, and only by hash', async () => {
    const { key } = await keys.create(REQUEST);
    const rows = JSON.stringify(await store.range({}));
    expect(rows).not.contains(key.slice(SECRET_AT));
    keys = await openApiKeys(store, clock);
    expect(keys.check(key, '').organisation).equal('dealer');
  });

  it('are refused with one character changed, cut, or under another prefix', async () => {
    const { key } = await keys.create(REQUEST);
    const other = await keys.create({ ...REQUEST, label: 'other' });
    const swapped = `slk_${other.row.prefix}_${key.slice(SECRET_AT)}`;
    for (const wrong of [broken(key), key.slice(0, -1), swapped, '', 'slk_', key.toUpperCase()])
      expect(codeOf(wrong)).equal('API_KEY_INVALID');
  });

  it('live in pairs for rotation, never in threes', async () => {
    const first = await keys.create(REQUEST);
    const second = await keys.create(REQUEST);
    expect([codeOf(first.key), codeOf(second.key)]).deep.equal(['valid', 'valid']);
    const third = await keys.create(REQUEST).catch((error) => error.code);
    expect(third).equal('API_KEY_LIMIT');
    await keys.revoke(first.row.prefix);
    expect([codeOf(first.key), codeOf(second.key)]).deep.equal(['API_KEY_INVALID', 'valid']);
    await keys.create(REQUEST);
  });

  it('are dead from the call of revoke on, before the disk has answered', async () => {
    const { key, row } = await keys.create(REQUEST);
    const revoking = keys.revoke(row.prefix);
    expect(codeOf(key)).equal('API_KEY_INVALID');
    await revoking;
    keys = await openApiKeys(store, clock);
    expect(codeOf(key)).equal('API_KEY_INVALID');
  });

  it('end at their date', async () => {
    const { key } = await keys.create({ ...REQUEST, expiresAtMs: now + 1000 });
    expect(codeOf(key)).equal('valid');
    now += 1000;
    expect(codeOf(key)).equal('API_KEY_EXPIRED');
  });

  it('lock the address that guesses, even for the right secret, and not the owner elsewhere', async () => {
    const { key } = await keys.create(REQUEST);
    for (let i = 0; i < 10; i++) expect(codeOf(broken(key))).equal('API_KEY_INVALID');
    expect(codeOf(broken(key))).equal('API_KEY_LOCKED');
    expect(codeOf(key)).equal('API_KEY_LOCKED');
    expect(codeOf(key, '192.0.2.2')).equal('valid');
    now += 60_000;
    expect(codeOf(key)).equal('valid');
  });

  it('cover what their scopes say and never administration by a wildcard', () => {
    expect(covers(['vehicles/*'], 'vehicles/register-sale')).equal(true);
    expect(covers(['vehicles/look-up'], 'vehicles/register-sale')).equal(false);
    expect(covers(['vehicles/*'], 'credentials/revoke')).equal(false);
    expect(covers(['*'], 'credentials/revoke')).equal(true);
    expect(covers(['*'], 'admin')).equal(false);
    expect(covers(['admin'], 'admin')).equal(true);
    expect(covers(['admin/*'], 'admin')).equal(false);
  });
});
