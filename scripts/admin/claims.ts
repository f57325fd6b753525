/** Entries for batches that other gateways have claimed here. */
import type { Commands } from './command.ts';

const claim = (id: string | undefined, rest = '') => `/v1/admin/claims/${id}${rest}`;

export const CLAIMS: Commands = {
  'claim show': {
    usage: 'claim show ENTRY-ID',
    does: 'which other gateway an entry belongs to, and since when',
    min: 1,
    run: ([id]) => ({ path: claim(id) }),
  },
  'claim release': {
    usage: 'claim release ENTRY-ID REASON',
    does: 'free an entry of a gateway that will never record it; if it has, there may be two',
    min: 2,
    run: ([id, ...reason]) => ({
      method: 'POST',
      path: claim(id, '/release'),
      body: { reason: reason.join(' ') },
    }),
  },
};
