/** Flags of the command line -> a network made. */
import { findEngine } from './engine.ts';
import { initNetwork } from './init.ts';
import type { Layout } from './layout.ts';
import { MAX_VALIDATORS } from './programs.ts';

export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** The command was called in another way than it takes. */
export class Usage extends Error {}

export async function make(folder: string, flags: Flags, say: (line: string) => void): Promise<Layout> {
  const addresses = list(flags.hosts);
  if (flags['gateway-hosts'] !== undefined && addresses === undefined)
    throw new Usage('--gateway-hosts goes with --hosts');
  if (flags.namespaces === true && addresses !== undefined)
    throw new Usage('--namespaces and --hosts exclude each other');
  if (flags.gateways !== undefined && addresses !== undefined)
    throw new Usage('--gateways says nothing with --hosts: name the addresses with --gateway-hosts');
  const gatewayHosts = list(flags['gateway-hosts']) ?? addresses?.slice(0, 1);
  const validators = number(flags, 'validators', 1, MAX_VALIDATORS) ?? addresses?.length ?? 4;
  if (addresses !== undefined && addresses.length !== validators)
    throw new Usage(`--hosts names ${addresses.length} hosts for ${validators} validators`);
  mustBeHosts('--hosts', addresses ?? []);
  mustBeHosts('--gateway-hosts', gatewayHosts ?? []);
  const chainId = number(flags, 'chain-id', 1, 2 ** 40);
  const portBase = number(flags, 'port-base', 0, 65_000);
  const gatewayPort = number(flags, 'gateway-port', 0, 65_000);
  const standbys =
    number(flags, 'standbys', 0, validators) ??
    Math.min(2, otherHosts(addresses, gatewayHosts) ?? validators);
  // Whoever has no engine should hear it before anything is made.
  if (addresses === undefined) await findEngine();
  say(`making keys and genesis in ${folder}`);
  return initNetwork({
    folder,
    validators,
    standbys,
    gateways: gatewayHosts?.length ?? number(flags, 'gateways', 1, 8) ?? 1,
    ...(addresses !== undefined && {
      hosts: 'separate' as const,
      addresses: [...addresses, ...gatewayHosts!],
    }),
    ...(flags.namespaces === true && { hosts: 'namespaces' as const }),
    ...(chainId !== undefined && { chainId }),
    ...(portBase !== undefined && { portBase }),
    ...(gatewayPort !== undefined && { gatewayPort }),
    ...(typeof flags.origin === 'string' && { origin: originOf(flags.origin) }),
  });
}

function list(value: string | boolean | undefined): string[] | undefined {
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : undefined;
}

function number(flags: Flags, name: string, min: number, max: number): number | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  const value = /^\d{1,13}$/.test(String(text)) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new Usage(`--${name} takes a whole number from ${min} to ${max}`);
  return value;
}

/** Each part of a kind has the ports and the units of a host of its own. */
function mustBeHosts(option: string, addresses: readonly string[]): void {
  for (const [i, address] of addresses.entries()) {
    mustBePrivate(option, address);
    if (addresses.indexOf(address) !== i)
      throw new Usage(`${option} names ${address} twice: name another host, or leave it out`);
  }
}

/** City servers on other hosts than a gateway, of the gateway that has fewest; at least the one that is then asked for. */
function otherHosts(addresses?: readonly string[], gatewayHosts?: readonly string[]): number | undefined {
  if (addresses === undefined || gatewayHosts === undefined) return undefined;
  const counts = gatewayHosts.map((host) => addresses.filter((address) => address !== host).length);
  return Math.max(1, Math.min(...counts));
}

/** A node's RPC has no door of its own: on a public address everybody could write to the chain. */
export function mustBePrivate(option: string, address: string): void {
  const isPrivate =
    /^(127|10)\.\d+\.\d+\.\d+$|^192\.168\.\d+\.\d+$|^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+$|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+\.\d+$/;
  if (!isPrivate.test(address) || address.split('.').some((part) => Number(part) > 255))
    throw new Usage(
      `${option}: ${address || 'nothing'} is no private IPv4 address (10.…, 172.16.…, 192.168.…, 100.64.…)`,
    );
}

/** It stands in verifier keys, lists of witnesses and env files, each with signs of its own. */
function originOf(text: string): string {
  if (!/^[A-Za-z0-9][\w.:/~-]{0,79}$/.test(text))
    throw new Usage(
      '--origin takes 1 to 80 letters, digits and . : / ~ _ -, a letter or digit first, as in ledger.example/log',
    );
  return text;
}
