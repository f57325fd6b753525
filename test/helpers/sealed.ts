/** Headers of Istanbul BFT, sealed by validators whose keys exist for tests only, as `kaia_getHeaderByNumber` would answer them. */
import { computeAddress, concat, encodeRlp, hexlify, keccak256, SigningKey, toBeHex } from 'ethers';
import type { Hex } from '../../server/core/bytes.ts';

export interface Validator {
  readonly address: Hex;
  readonly key: SigningKey;
}

export const VALIDATORS: readonly Validator[] = [1, 2, 3, 4].map((n) => {
  const key = new SigningKey(keccak256(toBeHex(n, 32)));
  return { key, address: computeAddress(key).toLowerCase() as Hex };
});

export type Header = Readonly<Record<string, string>>;

export interface Sealing {
  readonly number: number;
  readonly sealers: readonly Validator[];
  readonly round?: number;
  /** What makes one block of a height another than the other. */
  readonly stateRoot?: Hex;
  /** Beside the seals, whatever a node may have put there. */
  readonly more?: readonly string[];
}

const word = (n: number) => toBeHex(n, 32);
const minimal = (n: number) => (n === 0 ? '0x' : toBeHex(n));

export function sealedHeader({ number, sealers, round = 0, stateRoot, more = [] }: Sealing): Header {
  const members = VALIDATORS.map(({ address }) => address);
  const vanity = (last: number) => concat([new Uint8Array(31), Uint8Array.of(last)]);
  const extra = (last: number, seal: string, seals: readonly string[]) =>
    concat([vanity(last), encodeRlp([members, seal, [...seals]])]);
  const fields = (extraData: string) => [
    word(number),
    VALIDATORS[0]!.address,
    stateRoot ?? word(7),
    word(8),
    word(9),
    hexlify(new Uint8Array(256)),
    minimal(1),
    minimal(number),
    minimal(0),
    minimal(1_800_000_000 + number),
    minimal(0),
    extraData,
    '0x',
    '0x',
    minimal(0),
  ];
  const hashOf = (extraData: string) => keccak256(encodeRlp(fields(extraData)));
  const seal = VALIDATORS[0]!.key.sign(keccak256(hashOf(extra(0, '0x', [])))).serialized;
  const hash = hashOf(extra(0, seal, []));
  const digest = keccak256(concat([hash, '0x02']));
  const seals = sealers.map(({ key }) => {
    const { r, s, yParity } = key.sign(digest);
    return concat([r, s, Uint8Array.of(yParity)]);
  });
  const [parentHash, reward, root, transactionsRoot, receiptsRoot, logsBloom] = fields('0x') as string[];
  return {
    ...{
      number: `0x${number.toString(16)}`,
      hash,
      parentHash: parentHash!,
      reward: reward!,
      stateRoot: root!,
    },
    ...{ transactionsRoot: transactionsRoot!, receiptsRoot: receiptsRoot!, logsBloom: logsBloom! },
    ...{ blockScore: '0x1', gasUsed: '0x0', timestamp: `0x${(1_800_000_000 + number).toString(16)}` },
    ...{ timestampFoS: '0x0', governanceData: '0x', voteData: '0x', baseFeePerGas: '0x0' },
    extraData: extra(round, seal, [...seals, ...more]),
  };
}
