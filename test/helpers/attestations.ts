/** Attestations as an issuer prepares them; the tree is written from its definition, apart from the product's code. */
import { keccak_256 } from '@noble/hashes/sha3.js';
import {
  CITY,
  DEALER,
  type Deployed,
  type Domain,
  deployCity,
  type Ethers,
  hash,
  idOf,
  RIVAL,
  type Signer,
  signed,
  text,
} from './ledger.ts';

export const ISSUER = DEALER;
export const DIPLOMAS = text('credentials');
export const DIPLOMA = text('credentials.degree.1');

const LEAF_DOMAIN = hash('sillok.attestation.leaf.1');

export type AttestationsContract = Deployed<
  | 'anchor'
  | 'changeStatus'
  | 'anchorStatusLists'
  | 'batchOf'
  | 'statusOf'
  | 'leafOf'
  | 'contains'
  | 'isIssued'
  | 'isRevoked'
  | 'statusListOf'
>;

export interface Tree {
  readonly root: string;
  readonly levels: readonly (readonly string[])[];
  proof(index: number): string[];
}

const keccak = (...parts: string[]): string =>
  `0x${Buffer.from(keccak_256(Buffer.from(parts.map((part) => part.slice(2)).join(''), 'hex'))).toString('hex')}`;
/** Hex of one length and case sorts as the numbers do. */
const pair = (a: string, b: string): string => (a < b ? keccak(a, b) : keccak(b, a));
const word = (value: number): string => `0x${value.toString(16).padStart(64, '0')}`;

/** Neighbours are paired level by level; an odd last node goes up unchanged. */
export function tree(leaves: readonly string[]): Tree {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; ) {
    const below = level;
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, i) => {
      const [left, right] = [below[2 * i]!, below[2 * i + 1]];
      return right === undefined ? left : pair(left, right);
    });
    levels.push(level);
  }
  const proof = (index: number): string[] =>
    levels.flatMap((level, height) => level[(index >> height) ^ 1] ?? []);
  return { root: levels.at(-1)![0]!, levels, proof };
}

export function leaf(
  domain: Domain,
  issuer: string,
  schema: string,
  index: number,
  commitment: string,
): string {
  const { chainId, verifyingContract } = domain;
  const contract = `0x${'00'.repeat(12)}${verifyingContract.slice(2).toLowerCase()}`;
  return keccak(keccak(LEAF_DOMAIN, word(chainId), contract, issuer, schema, word(index), commitment));
}

export const commitmentOf = (name: string, index: number): string => keccak(hash(name), word(index));

export async function deployAttestations(ethers: Ethers) {
  const city = await deployCity(ethers);
  const { organisations, keys, stranger } = city;
  const attestations = (await ethers.deployContract('Attestations', [
    await organisations.getAddress(),
  ])) as unknown as AttestationsContract;
  await organisations.accredit(ISSUER, DIPLOMAS, 0, 0);
  const domain: Domain = {
    chainId: Number((await ethers.provider.getNetwork()).chainId),
    verifyingContract: await attestations.getAddress(),
  };
  const signers: Record<string, Signer> = { [ISSUER]: keys.dealer, [CITY]: keys.city, [RIVAL]: keys.rival };
  const treeOf = (name: string, count: number, issuer = ISSUER): Tree =>
    tree(Array.from({ length: count }, (_, i) => leaf(domain, issuer, DIPLOMA, i, commitmentOf(name, i))));
  const batch = (name: string, count = 4, change: Record<string, unknown> = {}) => {
    const issuer = String(change.issuer ?? ISSUER);
    const root = count > 0 && change.root === undefined ? treeOf(name, count, issuer).root : hash(name);
    const message = {
      issuer,
      service: DIPLOMAS,
      schema: DIPLOMA,
      root,
      count,
      idempotency: hash(name),
      ...change,
    };
    return signed('Batch', domain, message, signers[issuer] ?? keys.dealer);
  };
  const change = (
    name: string,
    batchId: string,
    status: number,
    indexes: number[] = [],
    organisation: string = ISSUER,
  ) =>
    signed(
      'StatusChange',
      domain,
      { organisation, batchId, indexes, status, idempotency: hash(name) },
      signers[organisation]!,
    );
  const statusList = (name: string, version: number | bigint, part: Record<string, unknown> = {}) => {
    const message = {
      issuer: ISSUER as string,
      service: DIPLOMAS,
      list: text('list-1'),
      version,
      digest: hash(`digest of ${name}`),
      idempotency: hash(name),
      ...part,
    };
    return signed('StatusList', domain, message, signers[message.issuer]!);
  };
  const relay = attestations.connect(stranger) as unknown as AttestationsContract;
  return { ...city, attestations, relay, domain, treeOf, batch, change, statusList };
}

export const idOfBatch = (name: string, issuer: string = ISSUER): string => idOf(issuer, hash(name));
