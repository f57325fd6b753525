/** The running network as the bench uses it: a chain to write to directly, and a gateway on the same chain. */
import { readFileSync } from 'node:fs';
import { openNetwork } from '../../server/chain/network.ts';
import { createClient } from '../../web/lib/client/client.ts';
import { type Part, startNetwork } from '../network/network.ts';
import { benchSigner, type City, ORGANISATION } from './city.ts';
import { join, VARIABLES } from './gateway.ts';
import { type Load, openLoad } from './load.ts';
import type { Bench, Row } from './measure.ts';

export interface NetworkPlace {
  readonly city: City;
  readonly gateway: { readonly url: string; readonly key: string };
  readonly gatewayPart: Part;
  readonly load: Load;
  /** What its processes have used so far. */
  used(): Used;
}

/** By all processes of a kind together. */
type Used = ReadonlyMap<Part['kind'], { readonly cpuSec: number; readonly memoryMB: number }>;

/** Kaia takes 100 gas for a byte of calldata. */
const GAS = { transaction: 200_000, record: 70_000, cast: 380_000 };
/** Of the kernel's clock in /proc: 100 on every Linux of today. */
const TICKS_PER_SEC = 100;

export async function openNetworkPlace(bench: Bench): Promise<NetworkPlace> {
  const folder = await bench.folder('network');
  const network = await startNetwork({
    folder,
    ports: 'free',
    isOwned: true,
    variables: VARIABLES,
    onProgress: bench.say,
  });
  bench.defer(network.stop);
  const [gateway] = network.gateways;
  const [node] = network.nodes;
  const admin = createClient({ url: gateway!.url, apiKey: gateway!.adminKey() });
  const key = await join(admin);
  const author = benchSigner('author');
  await admin.request('POST', `/v1/admin/organisations/${ORGANISATION}/keys`, { address: author.address });
  const { contracts } = await admin.trust();
  const chain = await openNetwork({ url: node!.rpcUrl, timeoutMs: 60_000 });
  bench.defer(chain.close);
  const load = openLoad(gateway!.url, key);
  bench.defer(load.close);
  return {
    city: { network: chain, contracts, author, gas: GAS },
    gateway: { url: gateway!.url, key },
    gatewayPart: gateway!,
    load,
    used: () => usedBy(network.parts),
  };
}

function usedBy(parts: readonly Part[]): Used {
  const kinds = Map.groupBy(parts, ({ kind }) => kind);
  return new Map(
    [...kinds].map(([kind, list]) => {
      const each = list.map(({ pid }) =>
        pid === undefined ? { cpuSec: 0, memoryMB: 0 } : usedByProcess(pid),
      );
      return [
        kind,
        {
          cpuSec: each.reduce((sum, { cpuSec }) => sum + cpuSec, 0),
          memoryMB: each.reduce((sum, { memoryMB }) => sum + memoryMB, 0),
        },
      ];
    }),
  );
}

function usedByProcess(pid: number): { cpuSec: number; memoryMB: number } {
  // Fields 14 and 15 of proc_pid_stat(5); what stands before may hold spaces within its brackets.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const memory = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return {
    cpuSec: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SEC,
    memoryMB: Number(memory?.[1]) / 1024,
  };
}

export function rowsOfUse(before: Used, now: Used, entries: number): readonly Row[] {
  return [
    ...processorRows({ id: 'cpu', noun: 'record', before, now, entries }),
    ...[...now].map(
      ([kind, { memoryMB }]): Row => ({
        id: `memory.${kind}`,
        what: `memory of all ${kind} processes after them`,
        count: entries,
        value: memoryMB,
        unit: 'MB',
      }),
    ),
  ];
}

interface Usage {
  readonly id: string;
  /** What one of these entries is. */
  readonly noun: string;
  readonly before: Used;
  readonly now: Used;
  readonly entries: number;
}

export function processorRows({ id, noun, before, now, entries }: Usage): readonly Row[] {
  return [...now].map(
    ([kind, { cpuSec }]): Row => ({
      id: `${id}.${kind}`,
      what: `processor time of all ${kind} processes per ${noun} of these`,
      count: entries,
      value: (1000 * (cpuSec - before.get(kind)!.cpuSec)) / entries,
      unit: 'ms',
    }),
  );
}
