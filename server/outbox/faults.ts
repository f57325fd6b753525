/** Moments between two durable steps. Tests kill the process there; in production the hook does nothing. */
export type FaultPoint =
  | 'before-accept-commit'
  | 'after-accept-commit'
  | 'after-signing'
  | 'after-transaction-commit'
  | 'after-send'
  | 'after-sent-commit'
  | 'before-settle-commit'
  | 'after-settle-commit'
  | 'before-manage-commit'
  | 'after-manage-commit';

export type Fault = (point: FaultPoint) => void;
