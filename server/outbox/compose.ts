/** Makes one call of a contract out of works of one kind: groups them, has each group signed once, lays out the calldata. */
import {
  anchorCalldata,
  bundleDigest,
  castCalldata,
  changeStatusCalldata,
  createPollsCalldata,
  entryWords,
  freezeRollsCalldata,
  type Signed,
  submitCalldata,
} from '../chain/calldata.ts';
import type { ContractAddresses } from '../core/abi.ts';
import { fromHex, type Hex, toHex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { entryIdOf, keccak256 } from '../core/hash.ts';
import { nameToBytes32 } from '../core/ids.ts';
import type { Signer } from '../core/signer.ts';
import type {
  AttestationStatusSubmission,
  AttestationSubmission,
  CastSubmission,
  PollSubmission,
  RecordSubmission,
  RollSubmission,
  Submission,
} from '../core/submission.ts';
import { type BatchToSign, digestOf, type ToSign, typedDataOf } from '../core/typed-data.ts';
import { batchIdempotency } from '../core/units.ts';
import type { Op } from '../store/level.ts';
import { attestedOps, buildTree } from './batch.ts';
import type { Authorisation } from './rows.ts';
import { BASE_GAS, costOf, groupOf, type InFlight, type Item, type Work } from './work.ts';

export interface ComposeContext {
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  readonly signerOf: (organisation: string) => Promise<Signer | undefined>;
  readonly limits: { readonly gasPerByte: number };
}

export interface Composition {
  readonly to: Hex;
  readonly data: Hex;
  readonly gas: number;
  readonly units: InFlight['units'];
  /** Rows that go into the same commit. */
  readonly ops: readonly Op[];
}

interface Part<T extends Submission = Submission> {
  readonly items: readonly Item[];
  readonly submissions: readonly T[];
  readonly authorisation: Authorisation | undefined;
}

/** Entries in one bundle: the contract takes no more. */
const MAX_BUNDLE = 500;

/** @param works of one kind, at least one. @throws AppError KEY_MISSING {organisation} */
export async function compose(works: readonly Work[], context: ComposeContext): Promise<Composition> {
  const { contracts } = context;
  const kind = works[0]!.kind;
  const parts = partsOf(works, kind === 'records' ? MAX_BUNDLE : Number.POSITIVE_INFINITY);
  const gas = gasOf(works, context.limits.gasPerByte);
  const units = parts.map(({ items }) => ({ items }));
  switch (kind) {
    case 'records':
      return { ...(await submitBundles(parts as Part<RecordSubmission>[], context)), gas };
    case 'attestations':
      return { ...(await anchorBatches(parts as Part<AttestationSubmission>[], context)), gas };
    case 'attestation-status': {
      const data = changeStatusCalldata(await signAll(parts as Part<AttestationStatusSubmission>[], context));
      return { to: contracts.Attestations, data, gas, units, ops: [] };
    }
    case 'polls': {
      const data = createPollsCalldata(await signAll(parts as Part<PollSubmission>[], context));
      return { to: contracts.Ballots, data, gas, units, ops: [] };
    }
    case 'rolls': {
      const data = freezeRollsCalldata(await signAll(parts as Part<RollSubmission>[], context));
      return { to: contracts.Ballots, data, gas, units, ops: [] };
    }
    case 'casts': {
      const casts = (parts as Part<CastSubmission>[]).flatMap(({ submissions }) => submissions);
      return { to: contracts.Ballots, data: castCalldata(casts), gas, units, ops: [] };
    }
    default:
      return kind satisfies never;
  }
}

function gasOf(works: readonly Work[], gasPerByte: number): number {
  const groups = new Set<string>();
  return works.reduce((gas, work) => {
    const group = groupOf(work);
    const { gas: more } = costOf(work, !groups.has(group), gasPerByte);
    groups.add(group);
    return gas + more;
  }, BASE_GAS);
}

/** Works that share a signature, in the order in which the first of each came. */
function partsOf(works: readonly Work[], atMost: number): Part[] {
  const parts: Part[] = [];
  for (const group of Map.groupBy(works, groupOf).values()) {
    const items = group.flatMap((work) => work.items);
    const { authorisation } = group[0]!;
    const step = authorisation === undefined ? Math.min(atMost, items.length) : items.length;
    for (let at = 0; at < items.length; at += step) {
      const slice = items.slice(at, at + step);
      parts.push({ items: slice, submissions: slice.map(({ submission }) => submission), authorisation });
    }
  }
  return parts;
}

async function submitBundles(
  parts: readonly Part<RecordSubmission>[],
  context: ComposeContext,
): Promise<Omit<Composition, 'gas'>> {
  const { chainId, contracts } = context;
  const bundles = [];
  const units = [];
  for (const { items, submissions, authorisation } of parts) {
    const { organisation } = submissions[0]!;
    const entries = submissions.map(entryWords);
    const digest = bundleDigest(organisation, entries, chainId, contracts);
    bundles.push({
      organisation,
      entries,
      ...(authorisation ?? (await sign(organisation, digest, context))),
    });
    units.push({ id: digest, items });
  }
  return { to: contracts.Records, data: submitCalldata(bundles), units, ops: [] };
}

async function anchorBatches(
  parts: readonly Part<AttestationSubmission>[],
  context: ComposeContext,
): Promise<Omit<Composition, 'gas'>> {
  const batches = [];
  const units = [];
  const ops: Op[] = [];
  for (const { items, submissions, authorisation } of parts) {
    const { organisation, service, schema } = submissions[0]!;
    const tree = await buildTree(submissions, context.chainId, context.contracts.Attestations);
    const idempotency = batchIdempotency(items.map(({ entryId }) => entryId));
    const batch: BatchToSign = {
      to: 'batch',
      organisation,
      service,
      schema,
      root: tree.root,
      count: items.length,
      idempotency,
    };
    batches.push({ ...batch, ...(await signItem(batch, authorisation, context)) });
    const id = entryIdOf(nameToBytes32(organisation), idempotency);
    units.push({ id, items });
    ops.push(...attestedOps(id, items, tree));
  }
  return { to: context.contracts.Attestations, data: anchorCalldata(batches), units, ops };
}

/** One item, one signature. */
async function signAll<T extends Exclude<ToSign, { to: 'bundle' | 'batch' }>>(
  parts: readonly Part<T>[],
  context: ComposeContext,
): Promise<(T & Signed)[]> {
  const signed: (T & Signed)[] = [];
  for (const { submissions, authorisation } of parts)
    for (const submission of submissions)
      signed.push({ ...submission, ...(await signItem(submission, authorisation, context)) });
  return signed;
}

async function signItem(
  item: ToSign,
  authorisation: Authorisation | undefined,
  context: ComposeContext,
): Promise<Signed> {
  if (authorisation !== undefined) return authorisation;
  const digest = digestOf(typedDataOf(item, context.chainId, context.contracts));
  return sign(item.organisation, digest, context);
}

/** The vault's keys are plain accounts: their ERC-7913 signer is the 20-byte address. */
async function sign(organisation: string, digest: Hex, context: ComposeContext): Promise<Signed> {
  const signer = await context.signerOf(organisation);
  if (signer === undefined) throw new AppError('KEY_MISSING', { organisation });
  return { key: toHex(keccak256(fromHex(signer.address))), signature: await signer.sign(digest) };
}
