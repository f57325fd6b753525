/** The documents kept off chain against the commitments the chain holds. An erased original is no lie, only a silence. */
import type { ContractAddresses, EventArgs, RecordedEvent } from '../../server/core/abi.ts';
import { type Attested, provesAttestation } from '../../server/core/attestation.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { commitmentOf } from '../../server/core/hash.ts';
import { bytes32ToName } from '../../server/core/ids.ts';
import type { Original } from '../../server/core/original.ts';
import type { Store } from '../../server/store/level.ts';
import type { Vault } from '../../server/vault/vault.ts';
import { pages } from './compare-rows.ts';
import { type CheckReport, Comparison } from './finding.ts';

export interface CompareOriginals {
  readonly kept: Store;
  readonly vault: Vault;
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  readonly events: readonly RecordedEvent[];
}

export async function compareOriginals(options: CompareOriginals): Promise<CheckReport> {
  const comparison = new Comparison('originals');
  const byEntry = new Map<Hex, RecordedEvent>();
  for (const event of options.events) if ('entryId' in event.args) byEntry.set(event.args.entryId, event);
  for await (const { key } of pages(options.kept, 'original:')) {
    const entryId = key.slice('original:'.length) as Hex;
    const attested = await options.kept.get<Attested>(`attested:${entryId}`);
    const event = byEntry.get(attested?.batchId ?? entryId);
    // Without an event the entry is still on its way, or was refused: nothing is claimed of it.
    if (event === undefined) continue;
    const original = await options.vault.openOriginal(entryId).catch(() => 'unreadable' as const);
    if (original === 'unreadable') comparison.equal(key, 'the document', original);
    else if (original !== undefined) compareOne(comparison, key, original, event, attested, options);
  }
  return comparison.report();
}

function compareOne(
  comparison: Comparison,
  key: string,
  original: Original,
  event: RecordedEvent,
  attested: Attested | undefined,
  { chainId, contracts }: CompareOriginals,
): void {
  const commitment = commitmentOf(original.document, original.salt);
  if (event.name === 'EntryRecorded') comparison.equal(key, event.args.commitment, commitment);
  else if (event.name === 'BatchAnchored' && attested !== undefined) {
    const place = leafOf(event.args, attested, commitment, chainId, contracts);
    const isProved = provesAttestation(place, attested.proof, event.args.root);
    comparison.equal(
      key,
      `in batch ${event.args.root}`,
      isProved ? `in batch ${event.args.root}` : 'not in it',
    );
  }
}

function leafOf(
  batch: EventArgs['BatchAnchored'],
  { index }: Attested,
  commitment: Hex,
  chainId: number,
  contracts: ContractAddresses,
) {
  return {
    chainId,
    contract: contracts.Attestations,
    issuer: bytes32ToName(batch.issuer),
    schema: bytes32ToName(batch.schema),
    index,
    commitment,
  };
}
