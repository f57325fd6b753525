/** The gateway itself. */
import type { Commands } from './command.ts';

export const GATEWAY: Commands = {
  status: {
    usage: 'status',
    does: 'queue, lanes, chain and log',
    min: 0,
    run: () => ({ path: '/v1/admin/status' }),
  },
  trail: {
    usage: 'trail',
    does: 'what administrators did, newest first',
    min: 0,
    run: () => ({ path: '/v1/admin/trail' }),
  },
};
