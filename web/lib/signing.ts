/** A member of staff signs what the gateway has prepared: the page shows it, computes its digest itself, and sends the signature. */
import type { Hex } from '../../server/core/bytes.ts';
import type { AuthoredSubmission } from '../../server/core/submission.ts';
import type { TypedData } from '../../server/core/typed-data.ts';
import { askJson, type Problem } from './api.ts';
import { t } from './lang.ts';
import { signWithPasskey } from './passkey.ts';
import type { OwnRoll } from './roll.ts';
import type { Session } from './session.ts';
import { signTyped } from './wallet.ts';

/** As the gateway says; for an item of a list that cannot be recorded, why not. */
export type PreparedEntry = AuthoredSubmission & {
  readonly entryId: Hex;
  readonly document?: unknown;
  readonly salt?: Hex;
};

export interface Prepared {
  readonly draft: string;
  readonly expiresAtSec: number;
  readonly entries: readonly (PreparedEntry | { readonly error: Problem })[];
  readonly toSign: readonly { readonly typedData: TypedData; readonly digest: Hex }[];
}

export interface Act {
  readonly service: string;
  readonly action: string;
  readonly body: unknown;
  /** Stays the same while the same act is tried again. */
  readonly key: string;
  /** Of an opening: the roll as this page made it. */
  readonly roll?: OwnRoll;
}

export function prepare(act: Act): Promise<Prepared> {
  return askJson<Prepared>(`/v1/${act.service}/${act.action}/prepare`, {
    method: 'POST',
    body: act.body,
    headers: { 'idempotency-key': act.key },
  });
}

/** The gateway could hand out something else than it shows: only what the page has made itself is signed. */
export async function signPrepared(prepared: Prepared, act: Act, session: Session): Promise<Hex[]> {
  const { digestOf } = await import('../../server/core/typed-data.ts');
  const { ownTypedData } = await import('./shown.ts');
  const { trustAtHand } = await import('./trust.ts');
  const { trust: ledger } = await trustAtHand();
  const own = ownTypedData(prepared, { organisation: session.organisation, act, ledger });
  if (own === undefined) throw new Error(t('sign.mismatch'));
  const signatures: Hex[] = [];
  for (const typedData of own) signatures.push(await signOne(digestOf(typedData), typedData, session));
  return signatures;
}

export function submit(
  act: Act,
  prepared: Prepared,
  signatures: readonly Hex[],
  session: Session,
): Promise<unknown> {
  return askJson(`/v1/${act.service}/${act.action}`, {
    method: 'POST',
    headers: { 'idempotency-key': act.key },
    body: {
      draft: prepared.draft,
      signatures: signatures.map((signature) => ({ key: session.key, signature })),
    },
  });
}

async function signOne(digest: Hex, typedData: TypedData, session: Session): Promise<Hex> {
  if (session.kind === 'wallet') {
    if (session.address === undefined) throw new Error(t('wallet.none'));
    return signTyped(session.address, typedData);
  }
  if (session.credentialId === undefined) throw new Error(t('passkey.none'));
  const { credentialId, rpId } = session;
  return signWithPasskey(digest, rpId === undefined ? { credentialId } : { credentialId, rpId });
}
