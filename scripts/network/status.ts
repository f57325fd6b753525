/** How every process of a network is doing, asked from outside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Layout, receiptRule } from './layout.ts';
import type { Part, RunningNetwork } from './network.ts';
import { ask } from './rpc.ts';

export interface NodeStatus {
  readonly name: string;
  readonly pid: number | undefined;
  readonly head?: number;
  readonly hash?: string;
  /** Peers it is connected to. */
  readonly peers?: number;
  /** Rounds that the newest block took beyond the first. */
  readonly round?: number;
  readonly validators?: readonly string[];
}

interface Block {
  readonly number: string;
  readonly hash: string;
  readonly extraData: string;
}

export async function nodeStatus({ name, pid, url }: Part): Promise<NodeStatus> {
  if (pid === undefined) return { name, pid };
  try {
    const [block, peers, validators] = await Promise.all([
      ask<Block>(url, 'kaia_getBlockByNumber', 'latest', false),
      ask<string>(url, 'net_peerCount'),
      ask<string[]>(url, 'istanbul_getValidators', 'latest'),
    ]);
    return {
      name,
      pid,
      head: Number(block.number),
      hash: block.hash,
      peers: Number(peers),
      // The last byte of the vanity, outside of the block's hash.
      round: Number.parseInt(block.extraData.slice(2 + 62, 2 + 64), 16),
      validators,
    };
  } catch {
    return { name, pid };
  }
}

/** Rows for a table: process, pid, and what there is to say. */
export async function statusRows(network: RunningNetwork): Promise<string[][]> {
  const { folder, layout, nodes, witnesses, standbys, gateways } = network;
  return Promise.all([
    ...nodes.map(async (part) => [
      part.name,
      pidText(part),
      nodeText(await nodeStatus(part), part.validator),
    ]),
    ...witnesses.map(async (part) => [part.name, pidText(part), await witnessText(part)]),
    ...standbys.map(async (part) => [part.name, pidText(part), await standbyText(part, folder)]),
    ...gateways.map(async (part) => [part.name, pidText(part), await gatewayText(part, layout)]),
  ]);
}

const pidText = ({ pid }: Part) => (pid === undefined ? '-' : String(pid));

function nodeText({ pid, head, peers, round, validators }: NodeStatus, own: string): string {
  if (pid === undefined) return 'does not run';
  if (head === undefined) return 'does not answer';
  const isMember = validators?.includes(own) ? `one of ${validators.length} validators` : 'NO VALIDATOR';
  return `block ${head}, ${peers} peers, ${isMember}${round === 0 ? '' : `, round ${round}`}`;
}

interface WitnessAnswer {
  readonly cosigned: { readonly size: number } | null;
  readonly derived: { readonly size: number };
  readonly alarms: readonly unknown[];
}

async function witnessText({ pid, url }: Part): Promise<string> {
  if (pid === undefined) return 'does not run';
  try {
    const { cosigned, derived, alarms } = await fetchJson<WitnessAnswer>(`${url}/status`);
    const alarm = alarms.length === 0 ? '' : `, ${alarms.length} ALARMS`;
    return `derived ${derived.size} entries, cosigned ${cosigned?.size ?? 0}${alarm}`;
  } catch {
    return 'does not answer';
  }
}

interface StandbyAnswer {
  readonly epoch: number;
  readonly number: number;
}

async function standbyText({ name, pid, url }: Part, folder: string): Promise<string> {
  if (pid === undefined) return 'does not run';
  try {
    const token = readFileSync(join(folder, 'hosts', name, 'token'), 'utf8').trim();
    const headers = { authorization: `Bearer ${token}` };
    const { epoch, number } = await fetchJson<StandbyAnswer>(`${url}/head`, headers);
    return `copy of commit ${number}, epoch ${epoch}`;
  } catch {
    return 'does not answer';
  }
}

async function gatewayText({ pid, url }: Part, layout: Layout): Promise<string> {
  if (pid === undefined) return 'does not run';
  try {
    const response = await fetch(`${url}/log/checkpoint`, { signal: AbortSignal.timeout(3_000) });
    if (!response.ok) return 'nothing published yet';
    const note = await response.text();
    const cosigned = layout.cities.filter(({ witness }) => note.includes(`— ${witness.split('+')[0]} `));
    return `${note.split('\n')[1]} entries published, cosigned by ${cosigned.length} (${receiptRule(layout)} make a receipt)`;
  } catch {
    return 'does not answer';
  }
}

async function fetchJson<T>(url: string, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(3_000) });
  return (await response.json()) as T;
}
