/** What a leaf of the log says, in words. */
import type { ComponentChildren } from 'preact';
import type { RecordedEvent } from '../../server/core/abi.ts';
import { bytes32ToName } from '../../server/core/ids.ts';
import { dateTime, number } from '../lib/format.ts';
import { knownServices } from '../lib/known-services.ts';
import { say, t, wordOr } from '../lib/lang.ts';
import { Hash } from './hash.tsx';
import { Organisation } from './organisation.tsx';
import { Facts } from './table.tsx';

export function EventFacts({ event }: { event: RecordedEvent }) {
  const key = `event.${event.name}`;
  const args = event.args as Readonly<Record<string, unknown>>;
  const facts: [string, ComponentChildren][] = [
    [t('receipt.kind'), wordOr(key, event.name)],
    [t('receipt.recorded'), dateTime(event.timeSec)],
    [t('receipt.place'), t('receipt.place.value', { index: number(event.leafIndex) })],
  ];
  const service = nameOf(args.service);
  if (service) facts.push([t('receipt.service'), serviceTitle(service)]);
  const organisation = nameOf(args.organisation ?? args.issuer);
  if (organisation) facts.push([t('receipt.organisation'), <Organisation id={organisation} />]);
  if (typeof args.entryId === 'string')
    facts.push([t('receipt.number'), <Hash what={t('receipt.number')} code={args.entryId} />]);
  const print = args.commitment ?? args.content ?? args.root;
  if (typeof print === 'string')
    facts.push([t('receipt.fingerprint'), <Hash what={t('receipt.fingerprint')} code={print} />]);
  return (
    <section class="part">
      <h2>{t('receipt.event')}</h2>
      <Facts facts={facts} />
    </section>
  );
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return bytes32ToName(value);
  } catch {
    return undefined;
  }
}

function serviceTitle(id: string): string {
  return say(knownServices().find((service) => service.id === id)?.title) || id;
}
