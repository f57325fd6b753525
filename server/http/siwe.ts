/** Sign-In with Ethereum (EIP-4361): a wallet's owner signs a text that only this gateway, this chain and this minute accept. */
import type { SiweMessage } from 'siwe';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Challenges } from './challenges.ts';

/** How far a wallet's clock may be ahead of ours. */
const SKEW_MS = 60_000;
const MAX_AGE_MS = 600_000;
/** r, s below half of the curve's order (EIP-2), v: one signature has one form. */
const SIGNATURE = /^0x[0-9a-f]{64}[0-7][0-9a-f]{63}(1b|1c)$/i;

export interface WalletProof {
  readonly message: string;
  readonly signature: string;
}

/** Address of the wallet, lower case. @throws AppError SIGN_IN_REFUSED {reason} */
export async function verifyWallet(
  { message, signature }: WalletProof,
  expected: { readonly publicUrl: string; readonly chainId: number; readonly nowMs: number },
  challenges: Challenges,
): Promise<Hex> {
  const refuse = (reason: string) => new AppError('SIGN_IN_REFUSED', { reason });
  const siwe = await parse(message);
  if (siwe === undefined) throw refuse('message');
  // First of all, so that no outcome of the other checks leaves the nonce alive.
  if (!challenges.burn(siwe.nonce, 'wallet')) throw refuse('nonce');
  const { host, origin } = new URL(expected.publicUrl);
  if (siwe.domain !== host) throw refuse('domain');
  if (!URL.canParse(siwe.uri) || new URL(siwe.uri).origin !== origin) throw refuse('uri');
  if (siwe.version !== '1') throw refuse('version');
  if (siwe.chainId !== expected.chainId) throw refuse('chain');
  const issuedMs = Date.parse(siwe.issuedAt ?? '');
  if (!(issuedMs <= expected.nowMs + SKEW_MS && issuedMs >= expected.nowMs - MAX_AGE_MS))
    throw refuse('time');
  if (!SIGNATURE.test(signature)) throw refuse('signature');
  const time = new Date(expected.nowMs).toISOString();
  const { success } = await siwe
    .verify({ signature, domain: host, nonce: siwe.nonce, time }, { suppressExceptions: true })
    .catch(() => ({ success: false }));
  if (!success) throw refuse('signature');
  return siwe.address.toLowerCase() as Hex;
}

/** The library brings a second copy of ethers: it is loaded with the first wallet, not by every start. */
async function parse(message: string): Promise<SiweMessage | undefined> {
  const { SiweMessage } = await import('siwe');
  try {
    const siwe = new SiweMessage(message);
    // What was signed is the text; what is checked are the fields: they must be the same.
    return siwe.prepareMessage() === message ? siwe : undefined;
  } catch {
    return undefined;
  }
}
