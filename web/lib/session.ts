/** Who is signed in at this device. */

import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { ApiError, askJson, askOptional } from './api.ts';
import { watched } from './store.ts';
import { connectWallet, signText } from './wallet.ts';

export interface Session {
  readonly organisation: string;
  readonly name: string;
  /** All for which the key may sign. */
  readonly organisations: readonly { readonly organisation: string; readonly name: string }[];
  /** Id of the signing key on the chain. */
  readonly key: `0x${string}`;
  readonly kind: 'wallet' | 'passkey';
  readonly services: readonly string[];
  readonly address?: `0x${string}`;
  readonly credentialId?: string;
  readonly rpId?: string;
}

/** `undefined` until asked, `null` when nobody is signed in. */
const session = watched<Session | null | undefined>(undefined);
export const useSession = session.use;

/** Whether the reader still has to say for which organisation. */
const choosing = watched(false);
export const useChoosing = choosing.use;

export function chooseAnew(): void {
  choosing.set(true);
}

export async function loadSession(): Promise<void> {
  try {
    session.set((await askOptional<Session>('/v1/session')) ?? null);
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 401) session.set(null);
    else throw error;
  }
}

export async function signInWithWallet(): Promise<void> {
  const { nonce, chainId } = await askJson<{ nonce: string; chainId: number }>('/v1/session/nonce');
  const address = await connectWallet();
  const message = siweMessage({ address, nonce, chainId });
  const signature = await signText(address, message);
  entered(await askJson<Session>('/v1/session/wallet', { method: 'POST', body: { message, signature } }));
}

export async function signInWithPasskey(): Promise<void> {
  const optionsJSON = await askJson<PublicKeyCredentialRequestOptionsJSON>('/v1/session/passkey/options', {
    method: 'POST',
    body: {},
  });
  const answer = await startAuthentication({ optionsJSON });
  entered(await askJson<Session>('/v1/session/passkey', { method: 'POST', body: answer }));
}

export async function workFor(organisation: string): Promise<void> {
  const body = { organisation };
  session.set(await askJson<Session>('/v1/session/organisation', { method: 'POST', body }));
  choosing.set(false);
}

function entered(own: Session): void {
  choosing.set(own.organisations.length > 1);
  session.set(own);
}

export async function signOut(): Promise<void> {
  await askJson('/v1/session', { method: 'DELETE' });
  choosing.set(false);
  session.set(null);
}

/** A member of staff makes a passkey from an invitation. */
export async function joinWithPasskey(code: string, name: string): Promise<void> {
  const optionsJSON = await askJson<PublicKeyCredentialCreationOptionsJSON>('/v1/join/options', {
    method: 'POST',
    body: { code, name },
  });
  const response = await startRegistration({ optionsJSON });
  await askJson('/v1/join', { method: 'POST', body: { code, passkey: response } });
}

export async function joinWithWallet(code: string): Promise<void> {
  const { nonce, chainId } = await askJson<{ nonce: string; chainId: number }>('/v1/session/nonce');
  const address = await connectWallet();
  const message = siweMessage({ address, nonce, chainId });
  const signature = await signText(address, message);
  await askJson('/v1/join', { method: 'POST', body: { code, wallet: { message, signature } } });
}

/** ERC-4361. The page's own address is in the text, so that a wallet shows where one signs in. */
function siweMessage({
  address,
  nonce,
  chainId,
}: {
  address: string;
  nonce: string;
  chainId: number;
}): string {
  return [
    `${location.host} wants you to sign in with your Ethereum account:`,
    address,
    '',
    'Sign in to Sillok.',
    '',
    `URI: ${location.origin}`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${new Date().toISOString()}`,
  ].join('\n');
}
