/**
 * Several nodes as one network. Requests go to one of them as long as it is good, and to the next best when it is not. What
 * counts as final is what f + 1 of them answer alike, f = ⌊(n − 1) / 3⌋ being as many as Istanbul BFT lets be faulty: one of
 * those f + 1 is honest. Below four nodes f is 0 and the current node is believed.
 */
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { mayFail } from '../core/faults.ts';
import type { EndpointState, Standing } from '../core/operator-state.ts';
import { askAgreed } from './agreement.ts';
import { type Endpoint, makeEndpoint } from './endpoint.ts';
import { blockTag, type Network } from './network.ts';
import type { RpcCall } from './rpc.ts';

export interface Endpoints extends Network {
  endpoints(): readonly EndpointState[];
  /** When one of them last answered anything. */
  heardAtMs(): number;
}

export interface Alarm {
  readonly code: string;
  readonly details: Record<string, unknown>;
}

export interface OpenEndpoints {
  /** At least one; each of another node. */
  readonly urls: readonly string[];
  readonly chainId?: number;
  readonly genesisHash?: Hex;
  readonly timeoutMs?: number;
  /** How long to wait at the start until enough of them answer. */
  readonly patienceMs?: number;
  readonly lookEveryMs?: number;
  readonly onAlarm?: (alarm: Alarm) => void;
  readonly nowMs?: () => number;
}

/** A block or two is how far honest nodes are apart while one travels; for a moment, not for so many looks in a row. */
const BEHIND = 2;
const LOOKS_BEHIND = 5;
const AHEAD = 10;
const SILENT_AFTER = 2;

/** @throws AppError CHAIN_UNREACHABLE | CHAIN_TIMEOUT | CHAIN_MISMATCH */
export async function openEndpoints(options: OpenEndpoints): Promise<Endpoints> {
  const { urls, nowMs = Date.now, onAlarm = () => {}, lookEveryMs = 1_000, patienceMs = 20_000 } = options;
  const isAlone = urls.length === 1;
  const timeoutMs = options.timeoutMs ?? (isAlone ? 10_000 : 4_000);
  const needed = mayFail(urls.length) + 1;
  let expected: { chainId?: number; genesisHash?: Hex; codeHashes?: Readonly<Record<string, Hex>> } = {
    ...(options.chainId !== undefined && { chainId: options.chainId }),
    ...(options.genesisHash !== undefined && { genesisHash: options.genesisHash }),
  };
  const all = urls.map((url) => makeEndpoint({ url, timeoutMs }, () => expected, nowMs));
  const misses = new Map<Endpoint, number>();
  const late = new Map<Endpoint, number>();
  const looking = new Map<Endpoint, Promise<void>>();
  let current = all[0]!;
  /** Newest block that was agreed upon: what is read for rules must not be older. */
  let floor = -1;
  let turn = 0;
  let isClosed = false;

  function move(one: Endpoint, standing: Standing, error?: unknown): void {
    if (one.standing === 'lying') return;
    one.error = error === undefined ? undefined : codeOf(error);
    if (one.standing === standing) return;
    one.standing = standing;
    const details = { node: one.name, ...(error instanceof AppError && error.details) };
    if (standing === 'foreign') onAlarm({ code: 'CHAIN_MISMATCH', details });
    if (standing === 'lying') onAlarm({ code: 'ENDPOINT_LYING', details });
  }

  function failed(one: Endpoint, error: unknown, isSure: boolean): void {
    const count = (misses.get(one) ?? 0) + 1;
    misses.set(one, count);
    if (codeOf(error) === 'CHAIN_MISMATCH') move(one, 'foreign', error);
    else if (isSure || count >= SILENT_AFTER || codeOf(error) === 'CHAIN_UNREACHABLE')
      move(one, 'silent', error);
  }

  /** Never two looks at one node at a time. */
  function look(one: Endpoint): Promise<void> {
    const running =
      looking.get(one) ??
      one
        .look()
        .then(
          () => {
            misses.delete(one);
            // Whether it keeps step with the others is seen when all were asked.
            if (one.standing !== 'behind' && one.standing !== 'ahead') move(one, 'good');
          },
          (error: unknown) => failed(one, error, false),
        )
        .finally(() => looking.delete(one));
    looking.set(one, running);
    return running;
  }

  /** Who is out of step with the block that enough nodes reach, and whether the current one should be left. */
  function compare(): void {
    const answering = all.filter(({ standing }) => /^(good|behind|ahead)$/.test(standing));
    const heads = answering.map(({ head }) => head).sort((a, b) => b - a);
    const reached = heads[Math.min(needed, heads.length) - 1];
    if (reached !== undefined)
      for (const one of answering) {
        const looks = one.head < reached ? (late.get(one) ?? 0) + 1 : 0;
        late.set(one, looks);
        const isBehind = one.head < reached - BEHIND || looks >= LOOKS_BEHIND;
        move(one, isBehind ? 'behind' : one.head > reached + AHEAD ? 'ahead' : 'good');
      }
    if (current.standing !== 'good') change();
  }

  function change(): void {
    const next = best([]);
    if (next === undefined || next === current || next.standing !== 'good') return;
    onAlarm({
      code: 'ENDPOINT_CHANGED',
      details: { from: current.name, to: next.name, because: current.standing, error: current.error },
    });
    current = next;
  }

  /** Those of this chain, the current one first, then the good ones by head; who is out of step or silent comes last. */
  function ranked(without: readonly Endpoint[]): Endpoint[] {
    const rank = (one: Endpoint) =>
      (one.standing === 'good' ? 0 : one.standing === 'behind' ? 2 : 4) +
      (one === current ? 0 : 1) +
      (one.head < floor ? 8 : 0);
    return all
      .filter(({ link, standing }) => link !== undefined && standing !== 'foreign' && standing !== 'lying')
      .filter((one) => !without.includes(one))
      .sort((a, b) => rank(a) - rank(b) || b.head - a.head);
  }

  const best = (without: readonly Endpoint[]) => ranked(without)[0];

  async function sendAll<T>(calls: readonly RpcCall[]): Promise<T[]> {
    const tried: Endpoint[] = [];
    const foreign = all.find(({ standing }) => standing === 'foreign');
    const node = all.map(({ name }) => name).join(', ');
    let failure: unknown =
      foreign === undefined
        ? new AppError('CHAIN_UNREACHABLE', { node })
        : new AppError('CHAIN_MISMATCH', { what: 'chain', is: 'another one', expected: network.genesisHash });
    for (let one = best([]) ?? (isAlone ? foreign : undefined); one !== undefined; one = best(tried)) {
      try {
        const answers = await one.link!.sendAll<T>(calls);
        one.heard();
        if (one.standing === 'silent' || one.standing === 'foreign') void look(one).then(compare);
        return answers;
      } catch (error) {
        if (codeOf(error) === 'CHAIN_ERROR') throw error;
        failure = error;
        tried.push(one);
        failed(one, error, true);
        if (one === current) change();
      }
    }
    throw failure;
  }

  const send = async <T>(method: string, params: readonly unknown[]) =>
    (await sendAll<T>([{ method, params }]))[0] as T;

  async function agreed<T>(read: (node: Network) => Promise<T>, block: number): Promise<T> {
    if (isAlone) return read(network);
    const { value, alike, others } = await askAgreed(inTurn(), needed, (one) => read(one.link!));
    floor = Math.max(floor, block);
    for (const one of alike) one.heard(block);
    for (const one of others) {
      move(one, 'lying', new AppError('CHAIN_FORKED', { block }));
      if (one === current) change();
    }
    return value;
  }

  /** The current one first, then the other good ones, another of them each time: sooner or later every liar is asked. */
  function inTurn(): Endpoint[] {
    const [first, ...rest] = ranked([]);
    const good = rest.filter(({ standing }) => standing === 'good');
    const at = good.length === 0 ? 0 : turn++ % good.length;
    const others = [...good.slice(at), ...good.slice(0, at), ...rest.filter((one) => !good.includes(one))];
    return first === undefined ? [] : [first, ...others];
  }

  async function open(): Promise<void> {
    const giveUpAtMs = performance.now() + patienceMs;
    for (;;) {
      const failures = new Map<Endpoint, unknown>();
      await Promise.all(all.map((one) => one.look().catch((error: unknown) => failures.set(one, error))));
      const groups = Map.groupBy(
        all.filter((one) => !failures.has(one)),
        ({ link }) => `${link!.chainId} ${link!.genesisHash}`,
      );
      const [group = []] = [...groups.values()].sort((a, b) => b.length - a.length);
      const [first] = group;
      const [failure] = failures.values();
      if (first !== undefined && group.length >= needed) {
        const { chainId, genesisHash } = first.link!;
        expected = { chainId, genesisHash };
        for (const one of all) {
          if (group.includes(one)) move(one, 'good');
          else if (failures.has(one)) failed(one, failures.get(one), true);
          else
            move(
              one,
              'foreign',
              new AppError('CHAIN_MISMATCH', {
                what: 'chain',
                is: one.link!.genesisHash,
                expected: genesisHash,
              }),
            );
        }
        current = first;
        return;
      }
      const isForeign = codeOf(failure) === 'CHAIN_MISMATCH';
      if (isAlone || isForeign || performance.now() > giveUpAtMs)
        throw (
          failure ??
          new AppError('CHAIN_MISMATCH', { what: 'chain', is: 'not one', expected: 'the same of all' })
        );
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  await open().catch((error) => {
    for (const one of all) one.close();
    throw error;
  });
  let isComparing = false;
  const timer = setInterval(() => {
    if (isClosed) return;
    const looks = all.map(look);
    // Turns that wait for the same slow look count as one: they say nothing more about the others.
    if (isComparing) return;
    isComparing = true;
    void Promise.all(looks)
      .then(compare)
      .finally(() => {
        isComparing = false;
      });
  }, lookEveryMs).unref();

  const network: Endpoints = {
    get url() {
      return current.url;
    },
    chainId: current.link!.chainId,
    genesisHash: current.link!.genesisHash,
    send,
    sendAll,
    call: (to, data, block = 'latest') => send<Hex>('eth_call', [{ to, data }, blockTag(block)]),
    agreed,
    everywhere: <T>(method: string, params: readonly unknown[]) => {
      const asked = ranked([]).map((one) => one.link!.send<T>(method, params));
      return Promise.allSettled(asked.length > 0 ? asked : [send<T>(method, params)]);
    },
    pin: (codeHashes) => {
      expected = { ...expected, codeHashes };
      for (const { link } of all) link?.pin(codeHashes);
    },
    endpoints: () => all.map((one) => one.state(one === current)),
    heardAtMs: () => Math.max(...all.map(({ heardAtMs }) => heardAtMs)),
    close: () => {
      isClosed = true;
      clearInterval(timer);
      for (const one of all) one.close();
    },
  };
  return network;
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : String(error);
}
