/** One of several nodes: how it stands, as the last look at it says. */
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { EndpointState, Standing } from '../core/operator-state.ts';
import { type Network, type OpenNetwork, openNetwork } from './network.ts';

export interface Endpoint {
  /** As shown to people. */
  readonly name: string;
  readonly url: string;
  /** undefined until it was recognised once. */
  readonly link: Network | undefined;
  standing: Standing;
  readonly head: number;
  readonly heardAtMs: number;
  /** Where consensus makes blocks without being asked to. */
  readonly isTicking: boolean;
  error: string | undefined;
  /** Opens the link when need be, and asks for the head. @throws AppError CHAIN_* */
  look(): Promise<void>;
  /** It answered: with this block, if the answer tells one. */
  heard(block?: number): void;
  state(isCurrent: boolean): EndpointState;
  close(): void;
}

interface Head {
  readonly number: Hex;
  readonly extraData?: string;
}

/** Validators change by vote and peers come and go: no need to ask each time. */
const DETAILS_EVERY = 5;
/** The last byte of the 32 before the validators' seals (Istanbul: types/istanbul.go, SetRoundToHeader of Kaia). */
const ROUND_AT = 2 + 31 * 2;

export function makeEndpoint(
  options: OpenNetwork,
  expected: () => Partial<OpenNetwork>,
  nowMs: () => number,
): Endpoint {
  let link: Network | undefined;
  let head = -1;
  let movedAtMs = nowMs();
  let heardAtMs = 0;
  let looks = 0;
  let peers: number | undefined;
  let validators: number | undefined;
  let round: number | undefined;
  const unknown = new Set<string>();

  async function detail<T>(method: string, params: readonly unknown[]): Promise<T | undefined> {
    if (unknown.has(method)) return undefined;
    try {
      return await link!.send<T>(method, params);
    } catch (error) {
      if (error instanceof AppError && error.code === 'CHAIN_ERROR') unknown.add(method);
      return undefined;
    }
  }

  /** What was opened before it was known which chain is the right one. */
  function mustBeOf({ genesisHash, chainId }: Partial<OpenNetwork>): void {
    for (const [what, is, wanted] of [
      ['chainId', link!.chainId, chainId],
      ['genesisHash', link!.genesisHash, genesisHash],
    ] as const) {
      if (wanted === undefined || is === wanted) continue;
      link!.close();
      link = undefined;
      throw new AppError('CHAIN_MISMATCH', { what, is, expected: wanted });
    }
  }

  /** Kaia's eth_ methods leave the extra data out, its own do not. */
  async function lookAtRound(block: Head): Promise<void> {
    const header =
      (block.extraData?.length ?? 0) > ROUND_AT
        ? block
        : await detail<Head | null>('kaia_getHeaderByNumber', [block.number]);
    const byte = Number.parseInt(header?.extraData?.slice(ROUND_AT, ROUND_AT + 2) ?? '', 16);
    round = Number.isNaN(byte) ? undefined : byte;
  }

  function heard(block?: number): void {
    heardAtMs = nowMs();
    if (block === undefined || block <= head) return;
    head = block;
    movedAtMs = heardAtMs;
  }

  const endpoint: Endpoint = {
    name: new URL(options.url).origin,
    url: options.url,
    get link() {
      return link;
    },
    standing: 'silent',
    get head() {
      return head;
    },
    get heardAtMs() {
      return heardAtMs;
    },
    get isTicking() {
      return validators !== undefined;
    },
    error: undefined,
    async look() {
      link ??= await openNetwork({ ...options, ...expected() });
      mustBeOf(expected());
      const [block] = await link.sendAll<Head>([
        { method: 'eth_getBlockByNumber', params: ['latest', false] },
      ]);
      const number = Number(block!.number);
      // A node that was set back shows less than before.
      if (number < head) head = number;
      heard(number);
      if (looks++ % DETAILS_EVERY === 0) {
        const count = await detail<Hex>('net_peerCount', []);
        peers = count === undefined ? undefined : Number(count);
        validators = (await detail<readonly Hex[]>('istanbul_getValidators', ['latest']))?.length;
      }
      if (validators !== undefined) await lookAtRound(block!);
    },
    heard,
    state: (isCurrent) => ({
      url: endpoint.name,
      isCurrent,
      standing: endpoint.standing,
      head,
      headAgeMs: Math.max(0, nowMs() - movedAtMs),
      ...(peers !== undefined && { peers }),
      ...(validators !== undefined && { validators }),
      ...(round !== undefined && { round }),
      ...(endpoint.error !== undefined && { error: endpoint.error }),
    }),
    close: () => link?.close(),
  };
  return endpoint;
}
