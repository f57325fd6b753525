/** Staff at their devices: a wallet, and an authenticator in software that does what a phone's does. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { computeAddress, Signature, SigningKey, Wallet } from 'ethers';
import { concat, fromHex, type Hex, utf8 } from '../../server/core/bytes.ts';
import type { TypedData } from '../../server/core/typed-data.ts';
import { encodeAssertion } from '../../web/lib/passkey.ts';
import { send, type TestGateway } from './gateway.ts';

export interface Siwe {
  readonly domain?: string;
  readonly uri?: string;
  readonly chainId?: number;
  readonly nonce?: string;
  readonly issuedAt?: string;
  readonly expirationTime?: string;
}

export function makeWallet(): Wallet {
  return new Wallet(`0x${randomBytes(32).toString('hex')}`);
}

export async function siweProof(running: Pick<TestGateway, 'url'>, wallet: Wallet, change: Siwe = {}) {
  const { body } = await send<{ nonce: string; chainId: number }>(`${running.url}/v1/session/nonce`);
  const { host, origin } = new URL(running.url);
  const lines = [
    `${change.domain ?? host} wants you to sign in with your Ethereum account:`,
    wallet.address,
    '',
    'Sign in to Sillok.',
    '',
    `URI: ${change.uri ?? origin}`,
    'Version: 1',
    `Chain ID: ${change.chainId ?? body.chainId}`,
    `Nonce: ${change.nonce ?? body.nonce}`,
    `Issued At: ${change.issuedAt ?? new Date().toISOString()}`,
    ...(change.expirationTime === undefined ? [] : [`Expiration Time: ${change.expirationTime}`]),
  ];
  const message = lines.join('\n');
  return { message, signature: await wallet.signMessage(message) };
}

/** The other form of the same ECDSA signature: s' = n - s. */
export function malleated(signature: string): string {
  const { r, s, v } = Signature.from(signature);
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const other = (order - BigInt(s)).toString(16).padStart(64, '0');
  return `${r}${other}${(v === 27 ? 28 : 27).toString(16)}`;
}

export async function invite(running: TestGateway, organisation: string): Promise<string> {
  const path = `${running.url}/v1/admin/organisations/${organisation}/invitations`;
  const { body } = await send<{ code: string }>(path, { key: running.adminKey, method: 'POST' });
  return body.code;
}

/** A wallet that has joined the organisation. */
export async function joinedWallet(running: TestGateway, organisation: string): Promise<Wallet> {
  const wallet = makeWallet();
  const code = await invite(running, organisation);
  await send(`${running.url}/v1/join`, { body: { code, wallet: await siweProof(running, wallet) } });
  return wallet;
}

export async function signIn(running: TestGateway, wallet: Wallet): Promise<string> {
  const body = await siweProof(running, wallet);
  const { headers } = await send(`${running.url}/v1/session/wallet`, { body });
  return cookieOf(headers);
}

export function cookieOf(headers: Headers): string {
  return headers.get('set-cookie')!.split(';')[0]!;
}

export async function signTyped(wallet: Wallet, { domain, types, message }: TypedData): Promise<Hex> {
  const fields = Object.fromEntries(Object.entries(types).map(([name, list]) => [name, [...list]]));
  return (await wallet.signTypedData(domain, fields, message)) as Hex;
}

export function addressOf(privateKey: string): string {
  return computeAddress(new SigningKey(privateKey).publicKey);
}

/**
 * Registration and assertions as a platform authenticator makes them (WebAuthn Level 3, 6.3), attestation "none".
 * @param claimed what a forger registers in the place of its own
 */
export function makeAuthenticator(
  origin: string,
  claimed: { readonly id?: Buffer; readonly publicKey?: KeyObject } = {},
) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = claimed.id ?? randomBytes(16);
  const credentialId = id.toString('base64url');
  const rpIdHash = createHash('sha256').update(new URL(origin).hostname).digest();
  const clientData = (type: string, challenge: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  /** @param flags user present 1, user verified 4, attested data 64 */
  const authData = (flags: number, ...rest: Uint8Array[]) =>
    concat(rpIdHash, Uint8Array.of(flags, 0, 0, 0, 0), ...rest);

  function assert(challenge: string) {
    const client = clientData('webauthn.get', challenge);
    const data = authData(0x05);
    const signed = concat(data, createHash('sha256').update(client).digest());
    return { client, data, signature: sign('sha256', signed, privateKey) };
  }

  return {
    credentialId,
    id,
    publicKey,
    register(challenge: string) {
      const attested = concat(
        new Uint8Array(16),
        Uint8Array.of(0, id.length),
        id,
        coseKey(claimed.publicKey ?? publicKey),
      );
      const object = concat(
        Uint8Array.of(0xa3),
        cborText('fmt'),
        cborText('none'),
        cborText('attStmt'),
        Uint8Array.of(0xa0),
        cborText('authData'),
        cborBytes(authData(0x45, attested)),
      );
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', challenge).toString('base64url'),
          attestationObject: Buffer.from(object).toString('base64url'),
        },
      };
    },
    signIn(challenge: string) {
      const { client, data, signature } = assert(challenge);
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: Buffer.from(data).toString('base64url'),
          signature: signature.toString('base64url'),
        },
      };
    },
    /** What the page sends for a digest that is signed for the chain. */
    signDigest(digest: Hex): Hex {
      const { client, data, signature } = assert(Buffer.from(fromHex(digest)).toString('base64url'));
      return encodeAssertion({
        signature: new Uint8Array(signature),
        authenticatorData: data,
        clientData: new Uint8Array(client),
      });
    },
  };
}

/** COSE_Key of an ES256 key (RFC 9053, 7.1.1): {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function coseKey(publicKey: KeyObject): Uint8Array {
  const { x, y } = publicKey.export({ format: 'jwk' });
  const coordinate = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  return concat(
    Uint8Array.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21),
    cborBytes(coordinate(x!)),
    Uint8Array.of(0x22),
    cborBytes(coordinate(y!)),
  );
}

function cborText(text: string): Uint8Array {
  return concat(Uint8Array.of(0x60 + text.length), utf8(text));
}

function cborBytes(bytes: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0x58, bytes.length), bytes);
}
