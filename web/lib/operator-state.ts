/** What GET /v1/admin/status answers: how everything stands, and what is wrong in words. */
import type { OperatorState } from '../../server/core/operator-state.ts';
import type { Text } from '../../server/services/define.ts';

export interface ShownAlert {
  readonly code: string;
  readonly about?: string;
  readonly severity: 'critical' | 'warning';
  readonly sinceMs: number;
  readonly title: Text;
  readonly remedy: Text;
}

export interface ShownState extends OperatorState {
  readonly alerts: readonly ShownAlert[];
}
