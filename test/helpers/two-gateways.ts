/** What operators set up so that two gateways may write for one organisation. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { keyIdOf } from '../../server/actions/organisations.ts';
import { decodeEvent } from '../../server/core/abi.ts';
import { type Hex, toHex, utf8 } from '../../server/core/bytes.ts';
import type { AppError } from '../../server/core/errors.ts';
import { entryIdOf, keccak256 } from '../../server/core/hash.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import type { OrganisationRow } from '../../server/core/organisation.ts';
import { type Holder, openClaimBook } from '../../server/outbox/claims.ts';
import type { Desk } from '../../server/outbox/desk.ts';
import { makeReservations } from '../../server/outbox/reservations.ts';
import { BOOK, type BookRow } from '../../server/outbox/rows.ts';
import { credentials } from '../../server/services/credentials/index.ts';
import { openClaims } from '../../server/start/claims.ts';
import type { Start } from '../../server/start/start.ts';
import type { Store } from '../../server/store/level.ts';
import type { Trust } from '../../server/verify/trust.ts';
import { type Loose, type Reply, send, sendPatiently } from './gateway.ts';

export interface Place {
  readonly url: string;
  readonly adminKey: string | undefined;
}

/** The file of the gateway that signs the log, and that of the one at `address`. */
export async function writeClaimsFiles(
  folder: string,
  address: string,
): Promise<{ readonly first: string; readonly second: string; readonly token: string }> {
  const token = randomBytes(32).toString('hex');
  const files = { first: join(folder, 'claims-first'), second: join(folder, 'claims-second') };
  for (const file of Object.values(files)) await writeFile(file, `${address} ${token}\n`, { mode: 0o600 });
  return { ...files, token };
}

/** A school that both may sign for, and its API key at each. */
export async function makeSchool(
  first: Place,
  second: Place,
): Promise<{ organisation: string; first: string; second: string }> {
  const organisation = `school-${randomBytes(4).toString('hex')}`;
  const at = (place: Place, path: string, body: object) =>
    insist<{ address: string; key: string }>(() =>
      sendPatiently(`${place.url}/v1/admin/${path}`, { key: place.adminKey, body }),
    );
  const accreditations = ['credentials', 'vehicles', 'library-cards'];
  await at(first, 'organisations', { organisation, name: '학교', kind: 'public-body', accreditations });
  const { address } = await at(second, `organisations/${organisation}/vault-key`, {});
  await at(first, `organisations/${organisation}/keys`, { address });
  await untilKnown(second, organisation, address);
  const keyAt = async (place: Place) =>
    (await at(place, 'api-keys', { organisation, label: 'office', scopes: ['*'] })).key;
  return { organisation, first: await keyAt(first), second: await keyAt(second) };
}

/** Before it has read the block of the key, a gateway takes nothing that the key has signed. */
export async function untilKnown(
  { url, adminKey }: Place,
  organisation: string,
  address: string,
): Promise<void> {
  const keyId = keyIdOf(address as Hex);
  for (;;) {
    const path = `/v1/admin/organisations/${organisation}`;
    const { body } = await send<OrganisationRow>(`${url}${path}`, { key: adminKey });
    if (keyId in body.keys) return;
    await pause(50);
  }
}

/** The second gateway knows a new organisation as soon as it has read its block. */
async function insist<T>(ask: () => Promise<Reply<T>>): Promise<T> {
  for (;;) {
    const { status, body } = await ask();
    if (status < 300) return body;
    if ((body as Loose).code !== 'ORGANISATION_UNKNOWN') throw new Error(JSON.stringify(body));
    await pause(50);
  }
}

/** What every gateway calls the entry of a request with this key. */
export function courseId(organisation: string, idempotency: string): Hex {
  const scope = `sillok.idempotency.1\0credentials/issue-course\0${idempotency}\0${0}`;
  return entryIdOf(nameToBytes32(organisation), toHex(keccak256(utf8(scope))));
}

/** Members of all batches that the chain has, whoever put them there. */
export async function membersOnChain(
  rpcUrl: string,
  { chainId, contracts }: Pick<Trust, 'chainId' | 'contracts'>,
): Promise<number> {
  const body = {
    jsonrpc: '2.0',
    id: 1,
    method: 'eth_getLogs',
    params: [{ address: contracts.Attestations, fromBlock: '0x0', toBlock: 'latest' }],
  };
  const { result } = await send<{ result: { address: Hex; topics: Hex[]; data: Hex }[] }>(rpcUrl, {
    body,
  }).then((reply) => reply.body);
  return result.reduce((sum, log) => {
    const event = decodeEvent({ ...log, chainId, block: 0, timeSec: 0, logIndex: 0 }, contracts);
    return event?.name === 'BatchAnchored' ? sum + Number(event.args.count) : sum;
  }, 0);
}

const { example } = credentials.actions['issue-course']!;

export function aCourse(holderName = '홍길동'): object {
  return { ...(example as object), holderName };
}

/** One course, or a list of them. */
export function issue(
  { url }: Pick<Place, 'url'>,
  key: string,
  idempotency: string,
  body: object = aCourse(),
  wait?: number,
): Promise<Reply> {
  return sendPatiently(`${url}/v1/credentials/issue-course`, {
    key,
    body,
    idempotency,
    ...(wait !== undefined && { wait }),
  });
}

export interface StartBook {
  readonly folder: string;
  readonly store: Store;
  /** A line of the file for each; no file without any. */
  readonly urls: readonly string[];
  readonly isRestored: boolean;
  readonly onWarning: (text: string) => void;
}

/** The book of claims as a gateway opens it at its start, and gateways that ask it: who is not told otherwise is the first of them. */
export async function startBook({ folder, store, urls, isRestored, onWarning }: StartBook) {
  const claimsFile = urls.length === 0 ? undefined : join(folder, 'claims');
  if (claimsFile !== undefined)
    await writeFile(claimsFile, urls.map((url, i) => `${url} ${`${i}`.repeat(32)}\n`).join(''));
  const logger = { warn: ({ error }: { error: string }) => onWarning(error) };
  const options = { config: { claimsFile }, store, logger, nowMs: Date.now } as unknown as Start;
  const { book, state } = await openClaims(options, isRestored);
  const desk = { store, open: new Map(), nowMs: Date.now } as unknown as Desk;
  const by = async (given: Partial<Holder>): Promise<Holder> => ({
    ...{ holder: 'a'.repeat(32), origin: 'b'.repeat(32), gateway: urls[0]!, seen: 0 },
    ...{ book: (await store.get<BookRow>(BOOK))!.id, ...given },
  });
  const { claim, tell } = openClaimBook(desk, makeReservations(), book);
  return {
    waitsFor: () => state().refusal?.gateway,
    claim: async (entryIds: readonly Hex[], given: Partial<Holder> = {}) =>
      codeOf(claim(entryIds, await by(given))),
    tellAll: async (given: Partial<Holder> = {}) => codeOf(tell([], await by(given), true)),
  };
}

function codeOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'done',
    ({ code }: AppError) => code,
  );
}
