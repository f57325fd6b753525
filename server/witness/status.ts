/** How a witness stands, for its operator, for monitors and for anyone: as JSON, and as Prometheus metrics. */
import { parseVerifierKey } from '../verify/note.ts';
import type { Alarm, Alarms } from './alarms.ts';
import type { Cosigner } from './cosigner.ts';
import type { Derivation, DerivationStatus } from './derive.ts';

export interface WitnessStatus {
  readonly name: string;
  /** Verifier key of type 0x04. */
  readonly key: string;
  readonly origin: string;
  readonly cosigned: { readonly size: number; readonly root: string; readonly atSec: number } | null;
  readonly derived: DerivationStatus;
  readonly alarms: readonly Alarm[];
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
}

export function createStatus({ origin, key, cosigner, derivation, alarms }: CreateStatus): Status {
  const { name } = parseVerifierKey(key);
  const json = async (): Promise<WitnessStatus> => {
    const latest = await cosigner.latest();
    const cosigned =
      latest === undefined ? null : { size: latest.size, root: latest.root, atSec: latest.atSec };
    return { name, key, origin, cosigned, derived: derivation.status(), alarms: alarms.list() };
  };
  return {
    json,
    async metrics() {
      const { cosigned, derived, alarms: raised } = await json();
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
      ];
      return lines.join('');
    },
  };
}

function gauge(name: string, help: string, value: number): string {
  const full = `sillok_witness_${name}`;
  return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${full} ${value}\n`;
}
