/** The Merkle batch of attestations: built in slices, so that a large one does not keep every other request waiting. */
import { setImmediate as breathe } from 'node:timers/promises';
import {
  type Attested,
  attestationLeaf,
  attestationProof,
  attestationRoot,
  attestationRows,
} from '../core/attestation.ts';
import type { Hex } from '../core/bytes.ts';
import type { AttestationSubmission } from '../core/submission.ts';
import type { Op } from '../store/level.ts';
import { attestedKey } from './rows.ts';
import type { Item } from './work.ts';

export interface BatchTree {
  readonly root: Hex;
  readonly rows: readonly (readonly Uint8Array[])[];
}

const SLICE = 256;

export async function buildTree(
  submissions: readonly AttestationSubmission[],
  chainId: number,
  contract: Hex,
): Promise<BatchTree> {
  const leaves: Uint8Array[] = [];
  for (const [index, { organisation, schema, commitment }] of submissions.entries()) {
    leaves.push(attestationLeaf({ chainId, contract, issuer: organisation, schema, index, commitment }));
    if (index % SLICE === SLICE - 1) await breathe();
  }
  const rows = attestationRows(leaves);
  return { root: attestationRoot(rows), rows };
}

export function attestedOps(batchId: Hex, items: readonly Item[], { rows }: BatchTree): Op[] {
  return items.map(({ entryId }, index) => {
    const value: Attested = { batchId, index, count: items.length, proof: attestationProof(rows, index) };
    return { type: 'put', key: attestedKey(entryId), value };
  });
}
