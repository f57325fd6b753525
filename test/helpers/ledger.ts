/** A small city on a fresh chain, and everybody in it who can sign. Written from the contracts' NatSpec alone. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import {
  AbiCoder,
  type BaseContract,
  type BaseWallet,
  type ContractMethod,
  concat,
  encodeBytes32String,
  getBytes,
  hexlify,
  keccak256,
  TypedDataEncoder,
  type TypedDataField,
  toUtf8Bytes,
  Wallet,
  ZeroHash,
} from 'ethers';
import type { NetworkConnection } from 'hardhat/types/network';

export type Deployed<Method extends string> = BaseContract & Record<Method, ContractMethod>;
export type Ethers = NetworkConnection['ethers'];

export const KIND = { City: 1, PublicBody: 2, Company: 3, Association: 4 };
export const STATUS = { Active: 1, Suspended: 2, Retired: 3 };
export const ENTRY = {
  Create: 1,
  Amend: 2,
  Supersede: 3,
  Revoke: 4,
  Suspend: 5,
  Resume: 6,
  Dispute: 7,
  Resolve: 8,
};
export const RECORD = {
  Active: 1,
  Suspended: 2,
  Disputed: 3,
  Amended: 4,
  Superseded: 5,
  Revoked: 6,
  Change: 7,
};
export const ATTESTATION = { Unknown: 0, Valid: 1, Suspended: 2, Revoked: 3 };
/** In the order of Refusal.sol, as far as these contracts use it. */
export const REFUSAL = Object.fromEntries(
  (
    'None UnknownOrganisation OrganisationNotActive UnknownKey KeyNotYetValid KeyExpired KeyCompromised BadSignature EmptyBundle BundleTooLarge ' +
    'NotAccredited DuplicateEntry UnknownKind DatedInFuture MissingReference UnexpectedReference UnknownRecord DifferentSubject NotAuthor ' +
    'RecordRevoked RecordReplaced RecordNotActive RecordNotSuspended RecordNotDisputed RecordDisputed UnknownBatch BatchEmpty ' +
    'RootAlreadyAnchored IndexOutOfRange AlreadyRevoked NotSuspended AlreadySuspended VersionNotRising PollExists UnknownPoll BadPollOptions ' +
    'BadPollDates RollAlreadyFrozen RollNotFrozen RollTooSmall PollNotOpen PollClosed BadChoice NotInField BadProof BallotAlreadyCast ' +
    'UnsupportedMode RollTooLarge MissingCommitment VerifierNotAllowed'
  )
    .split(' ')
    .map((name, code) => [name, code]),
) as Record<string, number>;

export const text = encodeBytes32String;
export const hash = (name: string): string => keccak256(toUtf8Bytes(name));
export const CITY = text('city');
export const DEALER = text('dealer');
export const RIVAL = text('rival');
export const SERVICE = text('vehicles');
export const SCHEMA = text('vehicles.inspection.1');

export interface Signer {
  /** ERC-7913. */
  readonly signer: string;
  readonly key: string;
  sign(digest: string): string;
}

export function accountSigner(seed: string): Signer {
  const wallet: BaseWallet = new Wallet(hash(seed));
  return {
    signer: wallet.address,
    key: keccak256(wallet.address),
    sign: (digest) => wallet.signingKey.sign(digest).serialized,
  };
}

const N = p256.Point.Fn.ORDER;
const word = (value: bigint): string => `0x${value.toString(16).padStart(64, '0')}`;
/** Contracts refuse the high half of `s`; authenticators do not care which one they give. */
const low = (s: bigint): bigint => (s > N / 2n ? N - s : s);

export function p256Signer(verifier: string, seed: string): Signer {
  const secret = getBytes(hash(seed));
  const signer = concat([verifier, p256.getPublicKey(secret, false).subarray(1)]);
  return {
    signer,
    key: keccak256(signer),
    sign: (digest) => hexlify(p256.sign(getBytes(digest), secret, { prehash: false, lowS: true })),
  };
}

export interface Passkey extends Signer {
  /** An assertion bent by the caller before it is signed. */
  assert(challenge: string, bend?: { type?: string; flags?: number; highS?: boolean }): string;
}

/** A passkey as a browser uses one: the key is made and used by node:crypto, the assertion is built as WebAuthn says. */
export function passkeySigner(verifier: string): Passkey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const signer = concat([verifier, Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
  const assert: Passkey['assert'] = (challenge, bend = {}) => {
    const encoded = Buffer.from(getBytes(challenge)).toString('base64url');
    const client = `{"type":"${bend.type ?? 'webauthn.get'}","challenge":"${encoded}","origin":"https://city.example","crossOrigin":false}`;
    const site = createHash('sha256').update('city.example').digest();
    const authenticator = Buffer.concat([site, Buffer.from([bend.flags ?? 0x05, 0, 0, 0, 7])]);
    const signed = Buffer.concat([authenticator, createHash('sha256').update(client).digest()]);
    const raw = sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const s = low(BigInt(`0x${raw.subarray(32).toString('hex')}`));
    return AbiCoder.defaultAbiCoder().encode(
      ['bytes32', 'bytes32', 'uint256', 'uint256', 'bytes', 'string'],
      [
        raw.subarray(0, 32),
        word(bend.highS ? N - s : s),
        client.indexOf('"challenge"'),
        client.indexOf('"type"'),
        authenticator,
        client,
      ],
    );
  };
  return { signer, key: keccak256(signer), sign: (digest) => assert(digest), assert };
}

export interface Entry {
  service: string;
  schema: string;
  subject: string;
  commitment: string;
  refersTo: string;
  idempotency: string;
  occurredAt: number;
  kind: number;
}

export function entry(change: Partial<Entry> & { idempotency: string }): Entry {
  const kind = change.kind ?? ENTRY.Create;
  return {
    service: SERVICE,
    schema: SCHEMA,
    subject: hash('a car'),
    commitment: kind <= ENTRY.Supersede ? hash(`document of ${change.idempotency}`) : ZeroHash,
    refersTo: ZeroHash,
    occurredAt: 1_700_000_000,
    kind,
    ...change,
  };
}

export function idOf(organisation: string, idempotency: string): string {
  return keccak256(concat([organisation, idempotency]));
}

const list = (fields: string): TypedDataField[] =>
  fields.split(',').map((field) => ({ type: field.split(' ')[0]!, name: field.split(' ')[1]! }));

const TYPES = {
  Bundle: {
    Bundle: list('bytes32 organisation,Entry[] entries'),
    Entry: list(
      'bytes32 service,bytes32 schema,bytes32 subject,bytes32 commitment,bytes32 refersTo,bytes32 idempotency,uint48 occurredAt,uint8 kind',
    ),
  },
  Batch: {
    Batch: list(
      'bytes32 issuer,bytes32 service,bytes32 schema,bytes32 root,uint32 count,bytes32 idempotency',
    ),
  },
  StatusChange: {
    StatusChange: list(
      'bytes32 organisation,bytes32 batchId,uint32[] indexes,uint8 status,bytes32 idempotency',
    ),
  },
  StatusList: {
    StatusList: list(
      'bytes32 issuer,bytes32 service,bytes32 list,uint64 version,bytes32 digest,bytes32 idempotency',
    ),
  },
};

export interface Domain {
  readonly chainId: number;
  readonly verifyingContract: string;
}

/** The 32 bytes to sign, by ethers' implementation of EIP-712. */
export function digest(type: keyof typeof TYPES, domain: Domain, message: Record<string, unknown>): string {
  return TypedDataEncoder.hash({ name: 'Sillok', version: '1', ...domain }, TYPES[type], message);
}

/** `message` with its key and signature, as the contracts take it. */
export function signed<Message extends Record<string, unknown>>(
  type: keyof typeof TYPES,
  domain: Domain,
  message: Message,
  signer: Signer,
): Message & { key: string; signature: string } {
  return { ...message, key: signer.key, signature: signer.sign(digest(type, domain, message)) };
}

/** The message alone, to be signed by somebody else. */
export function unsigned<Item extends { key: string; signature: string }>(
  item: Item,
): Omit<Item, 'key' | 'signature'> {
  const { key: _key, signature: _signature, ...message } = item;
  return message;
}

export type OrganisationsContract = Deployed<
  | 'register'
  | 'rename'
  | 'suspend'
  | 'resume'
  | 'retire'
  | 'addKey'
  | 'endKey'
  | 'reportCompromised'
  | 'accredit'
  | 'withdrawAccreditation'
  | 'allowVerifier'
  | 'organisationOf'
  | 'organisationAt'
  | 'keyOf'
  | 'accreditationOf'
  | 'isVerifierAllowed'
  | 'authorise'
  | 'isSignedBy'
  | 'isAccredited'
>;

/** A city, a dealer accredited for the service and a rival without accreditation, each with one account key. */
export async function deployCity(ethers: Ethers) {
  const [administrator, stranger] = await ethers.getSigners();
  const authority = await ethers.deployContract('AccessManager', [administrator!.address]);
  const organisations = (await ethers.deployContract('Organisations', [
    await authority.getAddress(),
  ])) as unknown as OrganisationsContract;
  const verifiers = {
    p256: await (await ethers.deployContract('ERC7913P256Verifier')).getAddress(),
    webauthn: await (await ethers.deployContract('ERC7913WebAuthnVerifier')).getAddress(),
  };
  const keys = {
    city: accountSigner('city'),
    dealer: accountSigner('dealer'),
    rival: accountSigner('rival'),
  };
  await organisations.register(CITY, KIND.City, '서울특별시');
  await organisations.register(DEALER, KIND.Company, '한강모터스');
  await organisations.register(RIVAL, KIND.Company, '남산모터스');
  await organisations.addKey(CITY, keys.city.signer, 0, 0);
  await organisations.addKey(DEALER, keys.dealer.signer, 0, 0);
  await organisations.addKey(RIVAL, keys.rival.signer, 0, 0);
  await organisations.accredit(DEALER, SERVICE, 0, 0);
  await organisations.allowVerifier(verifiers.p256, true);
  await organisations.allowVerifier(verifiers.webauthn, true);
  return { organisations, authority, administrator: administrator!, stranger: stranger!, verifiers, keys };
}

export type RecordsContract = Deployed<'submit' | 'recordOf' | 'entryIdOf' | 'digestOf'>;

/** The city with its records: `write` relays one bundle by a stranger and answers with the receipt's promise. */
export async function deployRecords(ethers: Ethers) {
  const city = await deployCity(ethers);
  const records = (await ethers.deployContract('Records', [
    await city.organisations.getAddress(),
  ])) as unknown as RecordsContract;
  const domain: Domain = {
    chainId: Number((await ethers.provider.getNetwork()).chainId),
    verifyingContract: await records.getAddress(),
  };
  const relay = records.connect(city.stranger) as unknown as RecordsContract;
  const bundle = (organisation: string, signer: Signer, ...entries: Entry[]) =>
    signed('Bundle', domain, { organisation, entries }, signer);
  const byDealer = (...entries: Entry[]) => bundle(DEALER, city.keys.dealer, ...entries);
  const byCity = (...entries: Entry[]) => bundle(CITY, city.keys.city, ...entries);
  const byRival = (...entries: Entry[]) => bundle(RIVAL, city.keys.rival, ...entries);
  return { ...city, records, domain, relay, bundle, byDealer, byCity, byRival };
}
