/** Every receipt, checked as a stranger would: with the trust file and nothing else. */
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { parseTrust, type Trust } from '../../server/verify/trust.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import { type Client, Problem } from '../lib/client.ts';

const AGAIN_AFTER_MS = 200;
const MAX_TRIES = 150;

export interface Verified {
  readonly valid: number;
  readonly complaints: readonly string[];
}

export async function verifyReceipts(
  anybody: Client,
  entryIds: readonly string[],
  onVerified: () => void,
): Promise<Verified> {
  const trust: Trust = parseTrust(await anybody.text('/v1/trust'));
  const complaints: string[] = [];
  for (const entryId of entryIds) {
    const receipt = await receiptOf(anybody, entryId);
    const { outcome, checks } = verifyReceipt(receipt, trust, { verifyEd25519 });
    if (outcome !== 'valid') complaints.push(`${entryId}: ${outcome} ${JSON.stringify(checks)}`);
    onVerified();
  }
  return { valid: entryIds.length - complaints.length, complaints };
}

/** A receipt exists once a checkpoint with enough cosignatures covers the entry. */
async function receiptOf(anybody: Client, entryId: string): Promise<string> {
  const path = `/v1/entries/${entryId}/receipt`;
  for (let tries = 0; ; tries++) {
    try {
      return await anybody.text(path);
    } catch (error) {
      const isPending = error instanceof Problem && error.body.code === 'RECEIPT_PENDING';
      if (!isPending || tries >= MAX_TRIES) throw error;
      await sleep(AGAIN_AFTER_MS);
    }
  }
}
