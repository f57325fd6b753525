/** How a witness stands, for its operator, for monitors and for anyone: as JSON, and as Prometheus metrics. */

import type { PublicationsState } from '../core/operator-state.ts';
import type { Publications } from '../publications/publications.ts';
import { parseVerifierKey } from '../verify/note.ts';
import { type Alarm, type Alarms, alarmPath } from './alarms.ts';
import type { Cosigner } from './cosigner.ts';
import type { Derivation, DerivationStatus } from './derive.ts';

export interface WitnessStatus {
  readonly name: string;
  /** Verifier key of type 0x04. */
  readonly key: string;
  readonly origin: string;
  readonly cosigned: { readonly size: number; readonly root: string; readonly atSec: number } | null;
  readonly derived: DerivationStatus;
  /** `evidence`: where it is, on the same server. */
  readonly alarms: readonly Alarm[];
  readonly publications: PublicationsState;
}

export interface Status {
  json(): Promise<WitnessStatus>;
  metrics(): Promise<string>;
}

export interface CreateStatus {
  readonly origin: string;
  readonly key: string;
  readonly cosigner: Pick<Cosigner, 'latest'>;
  readonly derivation: Pick<Derivation, 'status'>;
  readonly alarms: Pick<Alarms, 'list'>;
  readonly publications: Pick<Publications, 'status'>;
}

export function createStatus(options: CreateStatus): Status {
  const { origin, key, cosigner, derivation, alarms, publications } = options;
  const { name } = parseVerifierKey(key);
  const json = async (): Promise<WitnessStatus> => {
    const latest = await cosigner.latest();
    const cosigned =
      latest === undefined ? null : { size: latest.size, root: latest.root, atSec: latest.atSec };
    const derived = derivation.status();
    return {
      name,
      key,
      origin,
      cosigned,
      derived,
      alarms: alarms.list().map(withoutEvidence),
      publications: publications.status(),
    };
  };
  return {
    json,
    async metrics() {
      const { cosigned, derived, alarms: raised, publications: copies } = await json();
      const lines = [
        gauge('cosigned_size', 'Size of the newest checkpoint that was cosigned.', cosigned?.size ?? 0),
        gauge('cosigned_time_seconds', 'When it was cosigned, Unix time.', cosigned?.atSec ?? 0),
        gauge('derived_size', 'Leaves derived from the own node.', derived.size),
        gauge('chain_head', 'Newest block the own node showed.', derived.head),
        gauge('chain_next', 'Next block to be read.', derived.block),
        gauge(
          'node_trouble',
          '1 while the own node cannot be followed.',
          derived.trouble === undefined ? 0 : 1,
        ),
        gauge('alarms', 'Differences that were found and are kept as evidence.', raised.length),
        gauge('publications', 'Copies of what the chain names by a digest.', copies.held),
        gauge('publications_lacking', 'What the chain names and is not here yet.', copies.lacking),
        gauge(
          'publications_late',
          'Of those, lacking for more than five minutes: withheld, or lost.',
          copies.late,
        ),
      ];
      return lines.join('');
    },
  };
}

/** A thousand signed notes would be more than anybody reads. */
function withoutEvidence(alarm: Alarm): Alarm {
  const { evidence, ...shown } = alarm;
  return evidence === undefined ? shown : { ...shown, evidence: alarmPath(alarm) };
}

function gauge(name: string, help: string, value: number): string {
  const full = `sillok_witness_${name}`;
  return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${full} ${value}\n`;
}
