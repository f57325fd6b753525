/** Signing 32 bytes with a passkey, in the form OpenZeppelin's ERC7913WebAuthnVerifier reads. */
import { startAuthentication } from '@simplewebauthn/browser';
import {
  concat,
  fromBase64Url,
  fromHex,
  fromUtf8,
  type Hex,
  toBase64Url,
  toHex,
} from '../../server/core/bytes.ts';

/** Order of P-256 (FIPS 186-5). The contract takes the lower of the two possible s only. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export async function signWithPasskey(
  digest: Hex,
  key: { credentialId: string; rpId?: string },
): Promise<Hex> {
  const { response } = await startAuthentication({
    optionsJSON: {
      challenge: toBase64Url(fromHex(digest)),
      ...(key.rpId === undefined ? {} : { rpId: key.rpId }),
      allowCredentials: [{ id: key.credentialId, type: 'public-key' }],
      userVerification: 'required',
    },
  });
  return encodeAssertion({
    signature: fromBase64Url(response.signature),
    authenticatorData: fromBase64Url(response.authenticatorData),
    clientData: fromBase64Url(response.clientDataJSON),
  });
}

/** abi.encode(bytes32 r, bytes32 s, uint256 challengeIndex, uint256 typeIndex, bytes authenticatorData, string clientDataJSON) */
export function encodeAssertion(assertion: {
  readonly signature: Uint8Array;
  readonly authenticatorData: Uint8Array;
  readonly clientData: Uint8Array;
}): Hex {
  const [r, s] = readDer(assertion.signature);
  const json = fromUtf8(assertion.clientData);
  const lowS = s > ORDER / 2n ? ORDER - s : s;
  const dataAt = 6 * 32;
  const authenticator = bytesTail(assertion.authenticatorData);
  return toHex(
    concat(
      word(r),
      word(lowS),
      word(BigInt(json.indexOf('"challenge":'))),
      word(BigInt(json.indexOf('"type":'))),
      word(BigInt(dataAt)),
      word(BigInt(dataAt + authenticator.length)),
      authenticator,
      bytesTail(assertion.clientData),
    ),
  );
}

function word(value: bigint): Uint8Array {
  return fromHex(`0x${value.toString(16).padStart(64, '0')}`);
}

function bytesTail(bytes: Uint8Array): Uint8Array {
  return concat(word(BigInt(bytes.length)), bytes, new Uint8Array((32 - (bytes.length % 32)) % 32));
}

/** SEQUENCE { INTEGER r, INTEGER s }, both below 2^256, so every length fits one byte. */
function readDer(der: Uint8Array): [bigint, bigint] {
  const integer = (at: number): [bigint, number] => {
    const length = der[at + 1] ?? 0;
    const end = at + 2 + length;
    if (der[at] !== 0x02 || length < 1 || length > 33 || end > der.length)
      throw new RangeError('not an ECDSA signature');
    return [BigInt(toHex(der.subarray(at + 2, end))), end];
  };
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new RangeError('not an ECDSA signature');
  const [r, next] = integer(2);
  const [s, end] = integer(next);
  if (end !== der.length) throw new RangeError('not an ECDSA signature');
  return [r, s];
}
