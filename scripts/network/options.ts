/** Options of `npm run network`, and what each of them means. */
import type { ParseArgsConfig } from 'node:util';
import { GATEWAY_PORT, PORT_BASE } from './init.ts';
import { MAX_VALIDATORS } from './programs.ts';

export const OPTIONS = {
  folder: { type: 'string', default: './network' },
  validators: { type: 'string' },
  gateways: { type: 'string' },
  standbys: { type: 'string' },
  hosts: { type: 'string' },
  'gateway-hosts': { type: 'string' },
  host: { type: 'string' },
  namespaces: { type: 'boolean' },
  'port-base': { type: 'string' },
  'gateway-port': { type: 'string' },
  'chain-id': { type: 'string' },
  origin: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

export const MEANINGS: Readonly<Record<string, string>> = {
  folder: '--folder PATH          folder of the network [./network]',
  validators: `--validators N         how many validators, 1 to ${MAX_VALIDATORS} [4]`,
  gateways: '--gateways N           how many gateways, 1 to 8 [1]',
  standbys: '--standbys N           city servers that keep a copy of each gateway’s store [2]',
  hosts:
    '--hosts A,B,…          addresses of hosts of their own, one per validator; makes folders to carry there',
  'gateway-hosts':
    '--gateway-hosts A,…    addresses of the gateways’ hosts, with --hosts [the first validator’s host]',
  host: '--host A               address of the further host, where the others are hosts of their own too',
  namespaces: '--namespaces           each server behind a network card of its own (Linux, root)',
  'port-base': `--port-base N          ports from here on; 0 takes free ones [${PORT_BASE}]`,
  'gateway-port': `--gateway-port N       port of the first gateway; 0 takes a free one [${GATEWAY_PORT}]`,
  'chain-id': '--chain-id N           [1445]',
  origin: '--origin NAME          name of the log in its checkpoints [localhost/log]',
};

/** Of the commands that make a network. */
export const MAKING = [
  'validators',
  'gateways',
  'standbys',
  'namespaces',
  'port-base',
  'gateway-port',
  'chain-id',
  'origin',
] as const;
