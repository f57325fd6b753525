import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { credentials } from '../../../server/services/credentials/index.ts';
import { cleanUp, digestOf, expectRefusal, newData, newFolder, type Process, run } from './harness.ts';

const ENTRIES = 5;

interface Damage {
  readonly what: string;
  /** Part of the data folder; a folder's promise covers all in it. */
  readonly part: string;
  readonly does: (path: string) => Promise<void>;
  readonly code: string;
  /** LevelDB turns its log into tables before anybody can look; nothing is promised then. */
  readonly isRewritten?: boolean;
  readonly names: readonly (string | RegExp)[];
}

const cut = async (path: string) => writeFile(path, (await readFile(path)).subarray(0, -20));
const overwrite = (text: string) => (path: string) => writeFile(path, text);
const remove = (path: string) => rm(path, { recursive: true });
/** Changes every byte of the files so named, sizes kept. */
const scramble = (pattern: RegExp) => async (folder: string) => {
  for (const name of (await readdir(folder)).filter((name) => pattern.test(name))) {
    const path = join(folder, name);
    await writeFile(
      path,
      (await readFile(path)).map((byte) => byte ^ 0x55),
    );
  }
};
/** Another letter in the place of one, so that the JSON stays well-formed. */
const turn = (pattern: RegExp, by: (found: string) => string) => async (path: string) => {
  const text = await readFile(path, 'utf8');
  expect(text).to.match(pattern);
  await writeFile(path, text.replace(pattern, by));
};
const otherDigit = (found: string) => found.slice(0, -1) + (found.endsWith('1') ? '2' : '1');

const DAMAGES: readonly Damage[] = [
  {
    what: 'the store’s MANIFEST scrambled',
    part: 'store',
    does: scramble(/^MANIFEST-/),
    code: 'STORE_CORRUPT',
    names: [/store is damaged/],
  },
  {
    what: 'the store’s CURRENT gone',
    part: 'store',
    does: (path) => rm(join(path, 'CURRENT')),
    code: 'STORE_CORRUPT',
    names: [/store is damaged/],
  },
  {
    what: 'the store gone',
    part: 'store',
    does: remove,
    code: 'DATA_INCOMPLETE',
    names: [/data\/store is missing/],
  },
  {
    what: 'the journal of the chain scrambled',
    part: 'chain/journal',
    does: scramble(/\.(log|ldb)$/),
    isRewritten: true,
    code: 'CHAIN_JOURNAL_CORRUPT',
    names: ['backup'],
  },
  {
    what: 'the head of the chain scrambled',
    part: 'chain/head',
    does: (path) => scramble(/^head$/)(join(path, '..')),
    code: 'CHAIN_JOURNAL_CORRUPT',
    names: ['head file'],
  },
  {
    what: 'the chain gone',
    part: 'chain',
    does: remove,
    code: 'DATA_INCOMPLETE',
    names: [/data\/chain is missing/],
  },
  {
    what: 'a key file of the vault cut',
    part: 'keys/vault/originals.json',
    does: cut,
    code: 'VAULT_FILE_MALFORMED',
    names: ['keys/vault/originals.json'],
  },
  {
    what: 'a digit of a vault’s key changed',
    part: 'keys/vault/subjects.json',
    does: turn(/"ciphertext": ?"[0-9a-f]{8}/i, otherDigit),
    code: 'VAULT_PASSPHRASE_WRONG',
    names: ['keys/vault/subjects.json', 'damaged'],
  },
  {
    what: 'the key of the originals gone',
    part: 'keys/vault/originals.json',
    does: remove,
    code: 'DATA_INCOMPLETE',
    names: ['originals.json is missing'],
  },
  {
    what: 'the key of a lane cut',
    part: 'keys/vault/key.lane-0.json',
    does: cut,
    code: 'VAULT_FILE_MALFORMED',
    names: ['key.lane-0.json'],
  },
  {
    what: 'the log’s key cut',
    part: 'keys/log.json',
    does: cut,
    code: 'KEY_CORRUPT',
    names: ['keys/log.json'],
  },
  {
    what: 'a digit of the log’s key changed',
    part: 'keys/log.json',
    does: turn(/"sealed": "0x[0-9a-f]{8}/, otherDigit),
    code: 'KEY_WRONG_PASSPHRASE',
    names: ['keys/log.json', 'damaged'],
  },
  {
    what: 'the log’s key gone',
    part: 'keys/log.json',
    does: remove,
    code: 'DATA_INCOMPLETE',
    names: ['keys/log.json is missing'],
  },
  {
    what: 'deployment.json cut',
    part: 'deployment.json',
    does: cut,
    code: 'DATA_CORRUPT',
    names: ['deployment.json'],
  },
  {
    what: 'a digit of an address in deployment.json changed',
    part: 'deployment.json',
    does: turn(/"Records": "0x[0-9a-f]{8}/, otherDigit),
    code: 'DATA_CORRUPT',
    names: ['deployment.json'],
  },
  {
    what: 'deployment.json of another shape',
    part: 'deployment.json',
    does: overwrite('[]'),
    code: 'DATA_CORRUPT',
    names: ['deployment.json'],
  },
  { what: 'trust.json cut', part: 'trust.json', does: cut, code: 'DATA_CORRUPT', names: ['trust.json'] },
  {
    what: 'trust.json of another shape',
    part: 'trust.json',
    does: overwrite('null'),
    code: 'DATA_CORRUPT',
    names: ['trust.json'],
  },
  {
    what: 'the witness’s key cut',
    part: 'witness/witness-key.json',
    does: cut,
    code: 'KEY_CORRUPT',
    names: ['witness-key.json'],
  },
  {
    what: 'the witness’s key gone',
    part: 'witness/witness-key.json',
    does: remove,
    code: 'DATA_INCOMPLETE',
    names: ['witness-key.json is missing'],
  },
  {
    what: 'the witness’s store scrambled',
    part: 'witness/store',
    does: scramble(/^(MANIFEST-|CURRENT)/),
    code: 'STORE_CORRUPT',
    names: [/witness\/store is damaged/],
  },
];

describe('Damaged data is named in one line and left as it is', () => {
  after(cleanUp);

  for (const { what, part, does, code, names, isRewritten } of DAMAGES)
    it(what, async () => {
      const data = await newData();
      const path = join(data, part);
      await does(path);
      const before = await digestOf(path);
      await expectRefusal(run({ SILLOK_DATA: data }), code, ...names);
      if (!isRewritten) expect(await digestOf(path)).to.equal(before);
      expect(existsSync(path)).to.equal(does !== remove);
    });
});

describe('The log is made again from the chain', () => {
  after(cleanUp);

  const { example } = credentials.actions['issue-course']!;

  async function open(
    data: string,
  ): Promise<Process & { readonly url: string; readonly key: string | undefined }> {
    const gateway = run({ SILLOK_DATA: data });
    const url = (await gateway.says(/is open at (\S+)/))[1]!;
    return { ...gateway, url, key: (await gateway.says(/is open at/)).input.match(/slk_\S+/)?.[0] };
  }

  /** Origin, size and root of the first checkpoint that covers so many entries. */
  async function published({ url }: { readonly url: string }, size: number): Promise<string[]> {
    for (;;) {
      const lines = (await (await fetch(`${url}/log/checkpoint`)).text()).split('\n').slice(0, 3);
      if (Number(lines[1]) >= size) return lines;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function stop(gateway: Process): Promise<void> {
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).to.include({ code: 0 });
  }

  it('with the same root and the same tiles when its files are lost', async () => {
    const data = join(await newFolder(), 'data');
    const first = await open(data);
    let size = 0;
    for (let i = 0; i < ENTRIES; i++) {
      const response = await fetch(`${first.url}/v1/credentials/issue-course`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${first.key}`,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
          prefer: 'wait=30',
        },
        body: JSON.stringify(example),
      });
      size = ((await response.json()) as { leafIndex: number }).leafIndex + 1;
    }
    expect(size).to.be.at.least(ENTRIES);
    const before = await published(first, size);
    await stop(first);
    const tiles = join(data, 'log/public/tile');
    const kept = await contentsOf(tiles);
    await rm(join(data, 'log'), { recursive: true });
    const again = await open(data);
    expect(await published(again, Number(before[1]))).to.deep.equal(before);
    await stop(again);
    // Partial tiles of sizes in between need not come back.
    expect(kept).to.include(await contentsOf(tiles));
  });
});

async function contentsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const contents = paths.map(async (path) => [
    path.slice(folder.length),
    (await readFile(path)).toString('hex'),
  ]);
  return Object.fromEntries(await Promise.all(contents));
}
