import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { auditData } from '../../scripts/audit/audit.ts';
import { pages } from '../../scripts/audit/compare-rows.ts';
import type { AuditCheck, CheckReport } from '../../scripts/audit/finding.ts';
import { foundCity } from '../../scripts/demo/city.ts';
import { issueCredentials } from '../../scripts/demo/credentials.ts';
import { replayPolls } from '../../scripts/demo/polls.ts';
import { fileVehicles } from '../../scripts/demo/vehicles.ts';
import { startGatewayProcess } from '../../scripts/lib/gateway.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { services } from '../../server/services/index.ts';
import type { Draft } from '../../server/services/voting/enrolment.ts';
import { openStore, type Store } from '../../server/store/level.ts';
import { openVault } from '../../server/vault/vault.ts';
import { createClient } from '../../web/lib/client/client.ts';
import { digestOf, pollText } from '../helpers/publications.ts';

interface Lie {
  readonly says: string;
  readonly check: AuditCheck;
  readonly plant: (data: string) => Promise<void>;
  /** What the evidence must name. */
  readonly where: RegExp;
}

const LIES: readonly Lie[] = [
  {
    says: 'a tally with one vote more',
    check: 'rows',
    where: /^view:voting\/poll\//,
    plant: inStore(async (store) => {
      const { key, value } = await firstRow<{ turnout: number }>(
        store,
        'view:voting/poll/',
        ({ turnout }) => turnout > 0,
      );
      await store.commit([{ type: 'put', key, value: { ...value, turnout: value.turnout + 1 } }]);
    }),
  },
  {
    says: 'a record that is hidden',
    check: 'rows',
    where: /^recorded:/,
    plant: inStore(async (store) => {
      const { key } = await firstRow(store, 'recorded:');
      await store.commit([{ type: 'del', key }]);
    }),
  },
  {
    says: 'a record that is made up',
    check: 'rows',
    where: /^recorded:0xee/,
    plant: inStore(async (store) => {
      const { value } = await firstRow(store, 'recorded:');
      await store.commit([{ type: 'put', key: `recorded:0x${'ee'.repeat(32)}`, value }]);
    }),
  },
  {
    says: 'an organisation accredited by nobody',
    check: 'rows',
    where: /^view:organisations\/hanbit-motors$/,
    plant: inStore(async (store) => {
      const key = 'view:organisations/hanbit-motors';
      const row = (await store.get<{ accreditations: object }>(key))!;
      const accreditations = { ...row.accreditations, voting: { validFromSec: 1, validToSec: 0 } };
      await store.commit([{ type: 'put', key, value: { ...row, accreditations } }]);
    }),
  },
  {
    says: 'an entry called final at a leaf that is not its own',
    check: 'entries',
    where: /^entry:0x.* final at leaf$/,
    plant: inStore(async (store) => {
      const { key, value } = await firstRow<{ state: string; leafIndex: number }>(store, 'entry:', isFinal);
      await store.commit([{ type: 'put', key, value: { ...value, leafIndex: value.leafIndex + 1 } }]);
    }),
  },
  {
    says: 'an entry called refused though it is recorded',
    check: 'entries',
    where: /^entry:0x.* refused, in the log$/,
    plant: inStore(async (store) => {
      const { key, value } = await firstRow<{ state: string }>(store, 'entry:', isFinal);
      await store.commit([{ type: 'put', key, value: { ...value, state: 'refused' } }]);
    }),
  },
  {
    says: 'a leaf with one bit changed',
    check: 'log-files',
    where: /^tile\/entries\//,
    plant: (data) => flip(join(data, 'log/public/tile/entries/000.p')),
  },
  {
    says: 'a hash with one bit changed',
    check: 'log-files',
    where: /^tile\/0\//,
    plant: (data) => flip(join(data, 'log/public/tile/0/000.p')),
  },
  {
    says: 'a checkpoint over another history',
    check: 'log-checkpoint',
    where: /^checkpoint root$/,
    plant: (data) =>
      rewrite(join(data, 'log/public/checkpoint'), (text) => {
        const lines = text.split('\n');
        lines[2] = Buffer.alloc(32, 7).toString('base64');
        return lines.join('\n');
      }),
  },
  {
    says: 'a checkpoint that the log did not sign',
    check: 'log-checkpoint',
    where: /^checkpoint signature$/,
    plant: (data) =>
      rewrite(join(data, 'log/public/checkpoint'), (text) => text.replace(/\n— [^\n]*\n/, '\n')),
  },
  {
    says: 'contracts with other code',
    check: 'contract-code',
    where: /^code of the contracts$/,
    plant: (data) =>
      rewrite(join(data, 'deployment.json'), (text) => {
        const deployment = JSON.parse(text);
        deployment.codeHashes[deployment.contracts.Records] = `0x${'ab'.repeat(32)}`;
        return JSON.stringify(deployment);
      }),
  },
  {
    says: 'a poll that asks something else than what was signed',
    check: 'polls',
    where: /^text of poll 0x/,
    plant: inStore(async (store) => {
      const { key, value } = await firstRow<Draft>(store, 'local:voting/draft/');
      const content = { ...value.content, title: { ko: '다른 물음' } };
      await store.commit([{ type: 'put', key, value: { ...value, content } }]);
    }),
  },
  {
    says: 'options in another order than the one counted',
    check: 'polls',
    where: /^text of poll 0x/,
    plant: inStore(async (store) => {
      const { key, value } = await firstRow<Draft>(store, 'local:voting/draft/');
      const content = { ...value.content, options: value.content.options.toReversed() };
      await store.commit([{ type: 'put', key, value: { ...value, content } }]);
    }),
  },
  {
    says: 'a copy of a text that says something else',
    check: 'publications',
    where: /^publication:0x/,
    plant: inStore(async (store) => {
      const { key, value } = await firstRow<string>(store, 'publication:');
      const text = Buffer.from(value, 'base64').toString().replace('"minChoices":1', '"minChoices":0');
      await store.commit([{ type: 'put', key, value: Buffer.from(text).toString('base64') }]);
    }),
  },
  {
    says: 'a document served under a hash that the chain does not name',
    check: 'publications',
    where: /^publication:0x/,
    plant: inStore(async (store) => {
      const text = pollText('아무도 만들지 않은 투표');
      const value = Buffer.from(text).toString('base64');
      await store.commit([{ type: 'put', key: `publication:${digestOf(text)}`, value }]);
    }),
  },
  {
    says: 'a roll with a voter more',
    check: 'polls',
    where: /^roll of poll 0x/,
    plant: inStore(async (store) => {
      const { key, value } = await firstRow<string[]>(store, 'local:voting/chunk/');
      const one = (BigInt(value.at(-1)!) + 1n).toString();
      await store.commit([{ type: 'put', key, value: [...value, one] }]);
    }),
  },
  {
    says: 'a document that is not the one committed to',
    check: 'originals',
    where: /^original:/,
    plant: async (data) => {
      const store = await openStore(join(data, 'store'));
      const passphrase = (await readFile(join(data, 'keys/passphrase'), 'utf8')).trim();
      const vault = await openVault({ folder: join(data, 'keys/vault'), passphrase, store });
      for await (const { key } of pages(store, 'original:')) {
        const entryId = key.slice('original:'.length) as Hex;
        const { document, salt } = (await vault.openOriginal(entryId))!;
        if (!Object.hasOwn(document as object, 'odometerKm')) continue;
        const cheaper = { ...(document as object), odometerKm: 12_000 };
        await store.commit([vault.sealOriginal(entryId, { document: cheaper, salt })]);
        break;
      }
      await store.close();
    },
  },
];

describe('the audit', () => {
  let folder: string;
  let truth: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-lies-'));
    truth = join(folder, 'truth');
    const gateway = await startGatewayProcess({ data: truth });
    const city = await foundCity(gateway.url, gateway.adminKey!);
    const anybody = createClient({ url: gateway.url });
    await fileVehicles(city['hanbit-motors'], city['jangan-inspection'], anybody);
    await issueCredentials(city['lifelong-academy'], anybody);
    await replayPolls(city['policy-bureau'], anybody, 3);
    await gateway.stop();
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('finds nothing where nobody lied, and compares something of every kind', async () => {
    const reports = await auditCopy(async () => {});
    expect(reports.flatMap(({ findings }) => findings)).to.deep.equal([]);
    for (const { check, compared } of reports) expect(compared, check).to.be.greaterThan(0);
  });

  for (const { says, check, plant, where } of LIES) {
    it(`finds ${says}, and names it`, async () => {
      const reports = await auditCopy(plant);
      const findings = reports.find((report) => report.check === check)!.findings;
      expect(findings.map((finding) => finding.where).find((text) => where.test(text))).to.not.equal(
        undefined,
      );
      for (const { expected, found } of findings) expect(expected).to.not.equal(found);
    });
  }

  async function auditCopy(plant: Lie['plant']): Promise<CheckReport[]> {
    const data = await mkdtemp(join(folder, 'copy-'));
    await cp(truth, data, { recursive: true });
    await plant(data);
    return auditData({ data, services });
  }
});

function inStore(change: (store: Store) => Promise<void>): Lie['plant'] {
  return async (data) => {
    const store = await openStore(join(data, 'store'));
    await change(store);
    await store.close();
  };
}

async function firstRow<T>(
  store: Store,
  prefix: string,
  fits: (value: T) => boolean = () => true,
): Promise<{ key: string; value: T }> {
  for await (const row of pages<T>(store, prefix)) if (fits(row.value)) return row;
  throw new Error(`no row ${prefix} to lie about`);
}

function isFinal({ state }: { state: string }): boolean {
  return state === 'final';
}

/** In the widest partial file, which the newest checkpoint refers to. */
async function flip(partials: string): Promise<void> {
  const widest = (await readdir(partials)).sort((a, b) => Number(b) - Number(a))[0]!;
  const bytes = await readFile(join(partials, widest));
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  await writeFile(join(partials, widest), bytes);
}

async function rewrite(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}
