/**
 * Passkeys (WebAuthn). The credential's P-256 key becomes a signing key of its organisation on the chain, as the ERC-7913 signer
 * verifier || x || y; row `passkey:<credential id>` = {@link PasskeyRow} lets its owner sign in.
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { keyIdOf } from '../actions/organisations.ts';
import { concat, fromBase64Url, fromHex, type Hex, toBase64Url, toHex, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Op, Store } from '../store/level.ts';
import type { Challenges } from './challenges.ts';

export interface PasskeyRow {
  readonly credentialId: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** Counts uses where the authenticator does; a step back means a copy. */
  readonly counter: number;
  /** Key id on chain. */
  readonly key: Hex;
}

export interface NewPasskey {
  /** ERC-7913. */
  readonly signer: Hex;
  row(key: Hex): Op;
}

export interface Passkeys {
  readonly rpId: string;
  registrationOptions(userName: string, purpose: string): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** @throws AppError SIGN_IN_REFUSED */
  register(response: RegistrationResponseJSON, purpose: string): Promise<NewPasskey>;
  signInOptions(): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** @throws AppError SIGN_IN_REFUSED */
  signIn(response: AuthenticationResponseJSON): Promise<PasskeyRow>;
  /** The credential of a signing key: what its owner's page must ask the device for. */
  credentialOf(key: Hex): Promise<string | undefined>;
}

/** 270 modules, a quarter of what a start would load: they come with the first passkey. */
const webauthn = () => import('@simplewebauthn/server');

const ES256 = -7;
/** COSE_Key labels of an EC2 key (RFC 9053, 7.1.1). */
const X = -2;
const Y = -3;

export function createPasskeys(
  store: Store,
  challenges: Challenges,
  site: { readonly publicUrl: string; readonly webauthnVerifier: Hex },
): Passkeys {
  const rpId = new URL(site.publicUrl).hostname;
  const challengeBytes = (purpose: string) => new Uint8Array(utf8(challenges.issue(purpose)));
  const burn = (purpose: string) => (challenge: string) => challenges.burn(decode(challenge), purpose);
  const refuse = (reason: string, cause?: unknown) => new AppError('SIGN_IN_REFUSED', { reason }, cause);

  async function credentialOf(key: Hex): Promise<string | undefined> {
    const rows = await store.range<PasskeyRow>({ gte: 'passkey:', lt: 'passkey:\uffff' });
    return rows.find(({ value }) => value.key === key)?.value.credentialId;
  }

  return {
    rpId,
    registrationOptions: async (userName, purpose) =>
      (await webauthn()).generateRegistrationOptions({
        rpName: 'Sillok',
        rpID: rpId,
        userName,
        challenge: challengeBytes(`passkey ${purpose}`),
        attestationType: 'none',
        supportedAlgorithmIDs: [ES256],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      }),
    async register(response, purpose) {
      const { verifyRegistrationResponse } = await webauthn();
      const verified = await verifyRegistrationResponse({
        response,
        expectedChallenge: burn(`passkey ${purpose}`),
        expectedOrigin: site.publicUrl,
        expectedRPID: rpId,
        requireUserVerification: true,
        supportedAlgorithmIDs: [ES256],
      }).catch((error) => {
        throw refuse('passkey', error);
      });
      if (!verified.verified) throw refuse('passkey');
      const { id, publicKey, counter } = verified.registrationInfo.credential;
      const signer = toHex(concat(fromHex(site.webauthnVerifier), ...(await coordinatesOf(publicKey))));
      // Without attestation both are only claimed: neither a colleague's credential nor a colleague's key may be claimed again.
      const isTaken = (await store.get(`passkey:${id}`)) !== undefined;
      if (isTaken || (await credentialOf(keyIdOf(signer))) !== undefined) throw refuse('passkey taken');
      return {
        signer,
        row: (key) => ({
          type: 'put',
          key: `passkey:${id}`,
          value: { credentialId: id, publicKey: toBase64Url(publicKey), counter, key } satisfies PasskeyRow,
        }),
      };
    },
    signInOptions: async () =>
      (await webauthn()).generateAuthenticationOptions({
        rpID: rpId,
        challenge: challengeBytes('sign-in'),
        userVerification: 'required',
      }),
    async signIn(response) {
      const row = await store.get<PasskeyRow>(`passkey:${response.id}`);
      if (row === undefined) throw refuse('passkey');
      const publicKey = new Uint8Array(fromBase64Url(row.publicKey));
      const { verifyAuthenticationResponse } = await webauthn();
      const verified = await verifyAuthenticationResponse({
        response,
        expectedChallenge: burn('sign-in'),
        expectedOrigin: site.publicUrl,
        expectedRPID: rpId,
        credential: { id: row.credentialId, publicKey, counter: row.counter },
        requireUserVerification: true,
      }).catch((error) => {
        throw refuse('passkey', error);
      });
      if (!verified.verified) throw refuse('passkey');
      const counted = { ...row, counter: verified.authenticationInfo.newCounter };
      await store.commit([{ type: 'put', key: `passkey:${row.credentialId}`, value: counted }]);
      return counted;
    },
    credentialOf,
  };
}

/** x and y, 32 bytes each. @throws AppError SIGN_IN_REFUSED for any other kind of key */
async function coordinatesOf(publicKey: Uint8Array): Promise<readonly [Uint8Array, Uint8Array]> {
  const { decodeCredentialPublicKey } = await import('@simplewebauthn/server/helpers');
  const cose = decodeCredentialPublicKey(new Uint8Array(publicKey)) as unknown as Map<number, unknown>;
  const [x, y] = [cose.get(X), cose.get(Y)];
  if (!(x instanceof Uint8Array && y instanceof Uint8Array && x.length === 32 && y.length === 32))
    throw new AppError('SIGN_IN_REFUSED', { reason: 'key type' });
  return [x, y];
}

/** The challenge's text comes back as base64url of its bytes. */
function decode(challenge: string): string {
  return Buffer.from(challenge, 'base64url').toString('latin1');
}
