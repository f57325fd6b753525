/** The contracts' storage against their own events: a second account of the same acts, kept by the chain itself. */
import type { Network } from '../../server/chain/network.ts';
import {
  type ContractAddresses,
  type ContractName,
  type EventArgs,
  interfaces,
  type RecordedEvent,
} from '../../server/core/abi.ts';
import type { Hex } from '../../server/core/bytes.ts';
import {
  ENTRY_KINDS,
  RECORD_STATUSES,
  type RecordStatus,
  STATUS_AFTER,
} from '../../server/core/submission.ts';
import { type CheckReport, Comparison } from './finding.ts';

const AT_ONCE = 100;

interface Question {
  readonly contract: ContractName;
  readonly call: string;
  readonly args: readonly unknown[];
  readonly where: string;
  readonly expected: unknown;
  /** The part of the answer that is compared. */
  readonly read: (answer: never) => unknown;
}

export async function compareContracts(
  network: Network,
  contracts: ContractAddresses,
  events: readonly RecordedEvent[],
): Promise<CheckReport> {
  const comparison = new Comparison('contract-state');
  const questions = [...recordQuestions(events), ...pollQuestions(events), ...attestationQuestions(events)];
  for (let at = 0; at < questions.length; at += AT_ONCE) {
    const some = questions.slice(at, at + AT_ONCE);
    const answers = await network.sendAll<Hex>(
      some.map(({ contract, call, args }) => {
        const data = interfaces[contract].encodeFunctionData(call, [...args]);
        return { method: 'eth_call', params: [{ to: contracts[contract], data }, 'latest'] };
      }),
    );
    for (const [i, { contract, call, where, expected, read }] of some.entries()) {
      const answer = interfaces[contract].decodeFunctionResult(call, answers[i]!);
      comparison.equal(where, expected, read(answer[0] as never));
    }
  }
  return comparison.report();
}

function recordQuestions(events: readonly RecordedEvent[]): Question[] {
  const statuses = new Map<Hex, RecordStatus>();
  for (const event of events) {
    if (event.name !== 'EntryRecorded') continue;
    const { entryId, refersTo, kind } = event.args;
    const name = ENTRY_KINDS[kind - 1]!;
    statuses.set(entryId, ['create', 'amend', 'supersede'].includes(name) ? 'active' : 'change');
    if (name !== 'create') statuses.set(refersTo, STATUS_AFTER[name]);
  }
  return [...statuses].map(([entryId, expected]) => ({
    contract: 'Records',
    call: 'recordOf',
    args: [entryId],
    where: `Records ${entryId} status`,
    expected,
    read: ({ status }: { status: bigint }) => RECORD_STATUSES[Number(status)],
  }));
}

function pollQuestions(events: readonly RecordedEvent[]): Question[] {
  const tallies = new Map<Hex, { turnout: number; counts: number[] }>();
  for (const event of events) {
    if (event.name === 'PollCreated') {
      tallies.set(event.args.entryId, { turnout: 0, counts: Array<number>(event.args.options).fill(0) });
    } else if (event.name === 'BallotCast') count(tallies.get(event.args.pollId)!, event.args);
  }
  return [...tallies].flatMap(([pollId, { turnout, counts }]): Question[] => [
    {
      contract: 'Ballots',
      call: 'pollOf',
      args: [pollId],
      where: `Ballots ${pollId} turnout`,
      expected: turnout,
      read: (poll: { turnout: bigint }) => Number(poll.turnout),
    },
    {
      contract: 'Ballots',
      call: 'tallyOf',
      args: [pollId],
      where: `Ballots ${pollId} tally`,
      expected: counts,
      read: (tally: Iterable<bigint>) => [...tally].map(Number),
    },
  ]);
}

function count(tally: { turnout: number; counts: number[] }, { choices }: EventArgs['BallotCast']): void {
  tally.turnout += 1;
  for (const option of tally.counts.keys())
    if ((BigInt(choices) >> BigInt(option)) & 1n) tally.counts[option]! += 1;
}

function attestationQuestions(events: readonly RecordedEvent[]): Question[] {
  const batches = new Map<Hex, { root: Hex; count: number; status: number; leaves: Map<number, number> }>();
  for (const event of events) {
    if (event.name === 'BatchAnchored') {
      const { entryId, root, count } = event.args;
      batches.set(entryId, { root, count, status: 1, leaves: new Map() });
    } else if (event.name === 'AttestationStatusChanged') {
      const batch = batches.get(event.args.batchId)!;
      if (event.args.indexes.length === 0) batch.status = event.args.status;
      for (const index of event.args.indexes) batch.leaves.set(index, event.args.status);
    }
  }
  return [...batches].flatMap(([batchId, { root, count, status, leaves }]): Question[] => [
    {
      contract: 'Attestations',
      call: 'batchOf',
      args: [batchId],
      where: `Attestations ${batchId}`,
      expected: { root, count, status },
      read: (batch: { root: string; count: bigint; status: bigint }) => ({
        root: batch.root,
        count: Number(batch.count),
        status: Number(batch.status),
      }),
    },
    ...[...leaves].map(
      ([index, leaf]): Question => ({
        contract: 'Attestations',
        call: 'statusOf',
        args: [batchId, index],
        where: `Attestations ${batchId} leaf ${index} status`,
        // The worse of the leaf's own status and the whole batch's.
        expected: Math.max(leaf, status),
        read: (answer: bigint) => Number(answer),
      }),
    ),
  ]);
}
