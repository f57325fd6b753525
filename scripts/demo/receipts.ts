/** Every receipt, checked as a stranger would: with the trust file and nothing else. */
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { parseTrust, type Trust } from '../../server/verify/trust.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import type { Client } from '../../web/lib/client/client.ts';

export interface Verified {
  readonly valid: number;
  readonly complaints: readonly string[];
}

export async function verifyReceipts(
  anybody: Client,
  entryIds: readonly string[],
  onVerified: () => void,
): Promise<Verified> {
  const trust: Trust = parseTrust(await anybody.trust());
  const complaints: string[] = [];
  for (const entryId of entryIds) {
    const receipt = await anybody.receipt(entryId, { waitSec: 30 });
    const { outcome, checks } = verifyReceipt(receipt, trust, { verifyEd25519 });
    if (outcome !== 'valid') complaints.push(`${entryId}: ${outcome} ${JSON.stringify(checks)}`);
    onVerified();
  }
  return { valid: entryIds.length - complaints.length, complaints };
}
