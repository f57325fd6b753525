/** What the operator of a city server asks of the node on that machine, through its socket. */
import { globSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkFailure } from './failure.ts';
import { hostFolder } from './programs.ts';
import { askOperator } from './rpc.ts';

/** A block that is older than this is none of now; one is made each second, and one of a dead proposer's takes four. */
const FRESH_SEC = 15;
const FOLLOW_MS = 600_000;
/** Each of sixteen validators proposes within so long, also when some are dead. */
const VOTE_MS = 180_000;

interface Block {
  readonly number: string;
  readonly timestamp: string;
}

/** Of the only node below /var/lib/sillok. @throws NetworkFailure when there is none, or more than one */
export function socketHere(): string {
  const pattern = `${hostFolder({ name: '*' })}/node/ipc`;
  const sockets = globSync(pattern);
  if (sockets.length !== 1)
    throw new NetworkFailure(
      `${sockets.length} running nodes at ${pattern}. Start it, or name the socket of the one that is meant.`,
    );
  return sockets[0]!;
}

interface Vote {
  readonly Key: string;
  /** Whether a block holds it. */
  readonly Casted: boolean;
}

/**
 * One vote. It goes into the next block that this node proposes; until then it is only in the node's memory, and a restart loses it.
 * @returns what to tell the operator, once it stands in a block
 * @throws NetworkFailure when it does not in time
 */
export async function castVote(
  socket: string,
  way: 'add' | 'remove',
  account: string,
  withinMs = VOTE_MS,
): Promise<string> {
  const validators = await validatorsOf(socket);
  const isIn = (members: readonly string[]) => members.includes(account.toLowerCase());
  const isDecided = (members: readonly string[]) => isIn(members) === (way === 'add');
  if (isDecided(validators))
    return `${account} is ${isIn(validators) ? 'a validator already' : 'no validator'}: nothing to vote on.`;
  const key = `governance.${way}validator`;
  await askOperator(socket, 'governance_vote', key, account);
  const needed = Math.floor(validators.length / 2) + 1;
  for (const until = Date.now() + withinMs; Date.now() < until; await sleep(500)) {
    if (isDecided(await validatorsOf(socket))) return 'Voted, and decided.';
    const votes = await askOperator<Vote[]>(socket, 'governance_myVotes');
    if (votes.some((vote) => vote.Key === key && vote.Casted))
      return `Voted. It is decided when ${needed} of the ${validators.length} validators have.`;
  }
  throw new NetworkFailure(
    `No block took the vote within ${withinMs / 60_000} minutes. See that blocks are made, leave the node running, and vote again.`,
  );
}

/** Resolves when it shows blocks of now, and new ones. @returns where it stands */
export async function whenFollowing(socketOf: () => string, withinMs = FOLLOW_MS): Promise<string> {
  let first: number | undefined;
  for (const until = Date.now() + withinMs; Date.now() < until; await sleep(500)) {
    try {
      const socket = socketOf();
      const { number, timestamp } = await askOperator<Block>(
        socket,
        'kaia_getBlockByNumber',
        'latest',
        false,
      );
      first ??= Number(number);
      const isFresh = Date.now() / 1000 - Number(timestamp) < FRESH_SEC;
      if (!isFresh || Number(number) === first) continue;
      const peers = Number(await askOperator<string>(socket, 'net_peerCount'));
      const validators = await validatorsOf(socket);
      return `block ${Number(number)}, ${peers} peers, ${validators.length} validators`;
    } catch {
      // It is just starting.
    }
  }
  throw new NetworkFailure(`The node does not follow the chain within ${withinMs / 60_000} minutes.`);
}

function validatorsOf(socket: string): Promise<string[]> {
  return askOperator<string[]>(socket, 'istanbul_getValidators', 'latest');
}
