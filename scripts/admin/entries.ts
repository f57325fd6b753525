/** Entries that are not final, and originals. */
import type { Command, Commands } from './command.ts';

export const ENTRIES: Commands = {
  'entry show': {
    usage: 'entry show ENTRY-ID',
    does: 'where an entry stands',
    min: 1,
    run: ([id]) => ({ path: `/v1/entries/${id}` }),
  },
  'entry hold': act('hold', 'keep a waiting entry from being signed'),
  'entry release': act('release', 'let a held entry go'),
  'entry cancel': {
    ...act('cancel', 'refuse an entry that is not mined; --whole: and all that its signature covers'),
    usage: 'entry cancel ENTRY-ID REASON [--whole]',
  },
  'entry retry': act('retry', 'take up at once what waits, and give what is signed to every node'),
  erase: {
    usage: 'erase ENTRY-ID',
    does: 'erase the original of an entry; its commitment stays',
    min: 1,
    run: ([id]) => ({ method: 'POST', path: `/v1/admin/entries/${id}/erase`, body: {} }),
  },
};

function act(name: string, does: string): Command {
  return {
    usage: `entry ${name} ENTRY-ID REASON`,
    does,
    min: 2,
    run: ([id, ...reason], { whole }) => ({
      method: 'POST',
      path: `/v1/admin/entries/${id}/${name}`,
      body: { reason: reason.join(' '), ...(whole === true && { whole }) },
    }),
  };
}
