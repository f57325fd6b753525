/** A gateway in a process of its own, told by its parent what to accept and where to die. Parent and child speak in messages. */
import { eip1559 } from '../../../server/chain/fees.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { entryIdOfSubmission } from '../../../server/core/submission-id.ts';
import type { FaultPoint } from '../../../server/outbox/faults.ts';
import type { Limits } from '../../../server/outbox/outbox.ts';
import { type City, openGateway, record } from '../../helpers/outbox.ts';

export interface GatewayArguments {
  readonly city: Pick<City, 'folder' | 'deployment'>;
  readonly name: string;
  readonly url: string;
  readonly lanes: number;
  readonly limits?: Partial<Limits>;
  /** Most wei per unit of gas, where it costs something. */
  readonly feeBound?: string;
  /** Dies by SIGKILL the `nth` time it comes here. */
  readonly fault?: { readonly point: FaultPoint; readonly nth: number };
}

export type ToGateway =
  | { readonly accept: readonly string[]; readonly request: number }
  | { readonly watch: readonly string[] }
  | { readonly manage: 'hold' | 'release' | 'cancel' | 'retry'; readonly name: string }
  | { readonly stop: true };

export type FromGateway =
  | { readonly ready: true }
  /** Sent after accept resolved: what the client would have as its 2xx. */
  | { readonly acknowledged: number; readonly ids: readonly Hex[] }
  | { readonly refused: number; readonly code: string }
  | { readonly managed: string; readonly code: string }
  | { readonly moved: Hex; readonly state: string };

const options = JSON.parse(process.argv[2]!) as GatewayArguments;
const tell = (message: FromGateway) => process.connected && process.send!(message);
const watch = (names: readonly string[]) => {
  for (const name of names) watched.set(entryIdOfSubmission(record(name)), '');
};

let isStopping = false;
let visits = 0;
const fault = (point: FaultPoint) => {
  if (point === options.fault?.point && ++visits === options.fault.nth) process.kill(process.pid, 'SIGKILL');
};
const { feeBound } = options;
const gateway = await openGateway({
  ...options,
  fault,
  limits: { gatherBusyMs: 5, ...options.limits },
  ...(feeBound !== undefined && { fees: (network) => eip1559(network, BigInt(feeBound)) }),
});
const watched = new Map<Hex, string>();

async function look(): Promise<void> {
  for (const [id, before] of watched) {
    if (isStopping) return;
    const state = (await gateway.outbox.entry(id))?.state;
    if (state === undefined || state === before) continue;
    watched.set(id, state);
    tell({ moved: id, state });
  }
}

async function accept(names: readonly string[], request: number): Promise<void> {
  try {
    const submissions = names.map((name) => record(name));
    const ids = await gateway.outbox.accept({
      groups: [{ submissions }],
      ops: [{ type: 'put', key: `local:${request}`, value: names }],
    });
    watch(names);
    tell({ acknowledged: request, ids });
  } catch (error) {
    const code = error instanceof AppError ? error.code : String(error);
    if (code === 'ENTRY_EXISTS') watch(names);
    tell({ refused: request, code });
  }
}

async function manage(act: 'hold' | 'release' | 'cancel' | 'retry', name: string): Promise<void> {
  const id = entryIdOfSubmission(record(name));
  const ops = [{ type: 'put' as const, key: `trail:${act} ${name}`, value: act }];
  const code = await gateway.outbox[act](id, { ops }).then(
    () => '',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
  tell({ managed: `${act} ${name}`, code });
}

const timer = setInterval(() => void look(), 10);
process.on('message', async (message: ToGateway) => {
  if ('accept' in message) return accept(message.accept, message.request);
  if ('watch' in message) return watch(message.watch);
  if ('manage' in message) return manage(message.manage, message.name);
  isStopping = true;
  clearInterval(timer);
  await gateway.close();
  process.disconnect();
});
tell({ ready: true });
