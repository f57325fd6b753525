/**
 * Final events -> rows: each service's fold, the organisations, the public figures, and where each entry stands.
 * `recorded:<entryId>` = {leafIndex, block, timeSec, name, service?, organisation?}.
 */
import type { EventName, RecordedEvent } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { bytes32ToName } from '../core/ids.ts';
import type { Service } from '../services/define.ts';
import type { Op, Store } from '../store/level.ts';
import { createTally } from './figures.ts';
import { foldOrganisations } from './organisations.ts';
import { foldReaderOf, overlaid, run } from './reading.ts';
import { createBreather } from './turns.ts';

export interface RecordedRow {
  readonly leafIndex: number;
  readonly block: number;
  readonly timeSec: number;
  readonly name: EventName;
  readonly service?: string;
  readonly organisation?: string;
}

export const recordedKey = (entryId: string) => `recorded:${entryId}`;

/** The same events give the same rows, at this gateway after a crash and at every other one. */
export async function projectEvents(
  events: readonly RecordedEvent[],
  services: readonly Service[],
  store: Pick<Store, 'get' | 'range'>,
): Promise<readonly Op[]> {
  // Later events of the block read what earlier ones changed.
  const changes = new Map<string, unknown>();
  const tally = createTally();
  const organisations = overlaid(foldReaderOf('organisations', store), changes);
  const breathe = createBreather();
  for (const event of events) {
    await breathe();
    for (const [key, value] of await foldOrganisations(event, organisations)) changes.set(key, value);
    const serviceId = await serviceOf(event, services, store, changes);
    if ('entryId' in event.args) changes.set(recordedKey(event.args.entryId), recordedRow(event, serviceId));
    const service = services.find(({ id }) => id === serviceId);
    const reader = service === undefined ? organisations : overlaid(foldReaderOf(service.id, store), changes);
    await tally.add(event, service, reader);
    if (service === undefined) continue;
    for (const { key, value } of await run(service.fold(event), reader)) changes.set(key, value);
  }

  const rows = [...changes].map(
    ([key, value]): Op => (value === undefined ? { type: 'del', key } : { type: 'put', key, value }),
  );
  return [...rows, ...(await tally.ops(store))];
}

async function serviceOf(
  event: RecordedEvent,
  services: readonly Service[],
  store: Pick<Store, 'get'>,
  changes: ReadonlyMap<string, unknown>,
): Promise<string | undefined> {
  if (event.name === 'AttestationStatusChanged') {
    const key = recordedKey(event.args.batchId);
    return ((changes.get(key) ?? (await store.get(key))) as RecordedRow | undefined)?.service;
  }
  if ('service' in event.args) return nameOf(event.args.service);
  return services.find(({ contract }) => contract === event.contract)?.id;
}

function recordedRow(event: RecordedEvent, service: string | undefined): RecordedRow {
  const { leafIndex, block, timeSec, name, args } = event;
  const author = 'organisation' in args ? args.organisation : 'issuer' in args ? args.issuer : undefined;
  const organisation = author === undefined ? undefined : nameOf(author);
  return {
    leafIndex,
    block,
    timeSec,
    name,
    ...(service !== undefined && { service }),
    ...(organisation !== undefined && { organisation }),
  };
}

/** Anybody accredited may write any 32 bytes on chain; what is no name belongs to no service here. */
function nameOf(bytes: Hex): string | undefined {
  try {
    return bytes32ToName(bytes);
  } catch {
    return undefined;
  }
}
