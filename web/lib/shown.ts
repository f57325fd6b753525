/**
 * The gateway prepares what is signed and may lie. The page makes every value to sign again, from what the reader typed and from
 * the documents that it shows, and signs only its own.
 */
import type { Hex } from '../../server/core/bytes.ts';
import { commitmentOf, contentHash } from '../../server/core/hash.ts';
import type { PollSubmission, RecordSubmission } from '../../server/core/submission.ts';
import { digestOf, type TypedData, typedDataOf } from '../../server/core/typed-data.ts';
import { signedUnits } from '../../server/core/units.ts';
import { contentOf } from '../../server/services/voting/content.ts';
import { createPoll } from '../../server/services/voting/records.ts';
import type { Trust } from '../../server/verify/trust.ts';
import type { Act, Prepared, PreparedEntry } from './signing.ts';

const NOTHING: Hex = `0x${'00'.repeat(32)}`;

/** In whose name, for which act, on which ledger. */
export interface Asked {
  readonly organisation: string;
  readonly act: Act;
  readonly ledger: Pick<Trust, 'chainId' | 'contracts'>;
}

/** What the reader may sign; undefined when the gateway has prepared anything else. */
export function ownTypedData({ entries, toSign }: Prepared, asked: Asked): TypedData[] | undefined {
  const meant = entries.filter((entry): entry is PreparedEntry => !('error' in entry));
  if (!meant.every((entry) => entry.organisation === asked.organisation && isMeant(entry, asked.act)))
    return undefined;
  const { chainId, contracts } = asked.ledger;
  const own = signedUnits(meant, asked.ledger).map((unit) => typedDataOf(unit.toSign, chainId, contracts));
  const isSame = own.length === toSign.length && own.every((one, i) => digestOf(one) === toSign[i]!.digest);
  return isSame ? own : undefined;
}

function isMeant(entry: PreparedEntry, { service, body, roll }: Act): boolean {
  switch (entry.to) {
    case 'records':
      return entry.service === service && isNamed(entry.refersTo, body) && isCommitted(entry);
    case 'attestations':
      return entry.service === service && isCommitted(entry);
    case 'attestation-status':
      return entry.service === service;
    case 'polls':
      return service === 'voting' && isPollOf(entry, body);
    case 'rolls':
      return (
        service === 'voting' &&
        isNamed(entry.pollId, body) &&
        entry.root === roll?.root &&
        entry.size === roll.size
      );
  }
}

/** What an act changes was named by the reader, as whole value somewhere in what was typed. */
function isNamed(id: Hex, body: unknown): boolean {
  return id === NOTHING || JSON.stringify(body).toLowerCase().includes(`"${id}"`);
}

/** Without a document only what commits to nothing: the change of a status. */
function isCommitted({
  document,
  salt,
  commitment,
  ...entry
}: Pick<RecordSubmission, 'commitment'> & Pick<PreparedEntry, 'document' | 'salt'> & { refersTo?: Hex }) {
  if (document === undefined || salt === undefined)
    return commitment === NOTHING && entry.refersTo !== undefined && entry.refersTo !== NOTHING;
  return commitmentOf(document, salt) === commitment;
}

/** Title, text, options in their order, pictures, days and numbers: all as the official wrote them. */
function isPollOf(entry: PollSubmission, body: unknown): boolean {
  const typed = createPoll.safeParse(body);
  if (!typed.success) return false;
  const content = contentOf(typed.data, entry.organisation);
  const { options, minChoices, maxChoices, opensAtSec, closesAtSec, mode } = content;
  const own = { minChoices, maxChoices, opensAtSec, closesAtSec, mode };
  return (
    entry.content === contentHash(content) &&
    entry.options === options.length &&
    Object.entries(own).every(([name, value]) => entry[name as keyof typeof own] === value)
  );
}
