/** How the gateway stands, as GET /v1/admin/status tells the operator. */
import type { Text } from '../../server/services/define.ts';

export interface ShownAlert {
  readonly code: string;
  readonly about?: string;
  readonly severity: 'critical' | 'warning';
  readonly sinceMs: number;
  readonly title: Text;
  readonly remedy: Text;
}

export interface LaneState {
  readonly address: string;
  readonly nextNonce: number;
  readonly inFlight: number;
  readonly gaps: number;
  readonly pausedBecause?: string;
}

export interface NodeState {
  readonly url: string;
  readonly isCurrent: boolean;
  readonly standing: 'good' | 'behind' | 'ahead' | 'silent' | 'foreign' | 'lying';
  readonly head: number;
  readonly headAgeMs: number;
  readonly peers?: number;
  readonly validators?: number;
  readonly round?: number;
  readonly error?: string;
}

export interface WitnessState {
  readonly name: string;
  readonly size: number;
  readonly cosignedAtMs?: number;
  readonly error?: string;
}

export interface StandbyState {
  readonly url: string;
  readonly number?: number;
  readonly lag?: number;
  readonly epoch?: number;
  readonly error?: string;
}

export interface OperatorState {
  readonly nowMs: number;
  readonly alerts: readonly ShownAlert[];
  readonly outbox: {
    readonly waiting: number;
    readonly open: number;
    readonly limit: number;
    readonly oldestAgeMs: number;
    readonly lanes: readonly LaneState[];
  };
  readonly chain: {
    readonly id: number;
    readonly kind: 'embedded' | 'network';
    readonly head: number;
    readonly next: number;
    readonly heardAgoMs: number;
    readonly endpoints: readonly NodeState[];
  };
  readonly log: {
    readonly size: number;
    readonly published: number;
    readonly threshold: number;
    readonly cosigned: readonly string[];
    readonly witnesses: readonly WitnessState[];
  };
  readonly standbys: readonly StandbyState[];
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
}
