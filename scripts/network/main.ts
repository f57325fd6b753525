/** `npm run network`: a network of validators, witnesses and gateways, each its own process. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isWrongOption } from '../../server/core/arguments.ts';
import { startupLine } from '../../server/http/startup-lines.ts';
import { takeLock } from '../lib/lock.ts';
import { renderTable } from '../lib/table.ts';
import { addHost, changeLogKey, changeWitness, removeHost, settingsAgain } from './carry.ts';
import { addStandbyHere, addStandbyHost } from './copies.ts';
import { NetworkFailure } from './failure.ts';
import { hasLayout, type Layout, readLayout } from './layout.ts';
import { type Flags, make, mustBePrivate, Usage } from './making.ts';
import { addValidator, removeValidator } from './members.ts';
import { moveHere, moveHost } from './move.ts';
import { openNetwork, type Part, startNetwork } from './network.ts';
import { castVote, socketHere, whenFollowing } from './operator.ts';
import { MAKING, MEANINGS, OPTIONS } from './options.ts';
import { overview } from './overview.ts';
import { askStarting } from './rpc.ts';
import { carryAll } from './ssh.ts';
import { statusRows } from './status.ts';

interface Command {
  readonly usage: string;
  readonly does: string;
  readonly options?: readonly (keyof typeof OPTIONS)[];
  /** With parts named, or always: it makes nothing in the folder, and may be what another command there is waiting for. */
  readonly leavesFolder?: true | 'named';
  /** Names that may follow: none, up to many, or exactly one. */
  readonly names: 'none' | 'some' | 'one';
  run(folder: string, flags: Flags, names: readonly string[]): Promise<void>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  up: {
    usage: 'npm run network',
    does: 'makes the network if there is none, and starts what does not run',
    options: MAKING,
    names: 'none',
    run: up,
  },
  init: {
    usage: 'npm run network -- init',
    does: 'makes keys, genesis and settings; starts nothing',
    options: [...MAKING, 'hosts', 'gateway-hosts'],
    names: 'none',
    run: init,
  },
  start: {
    usage: 'npm run network -- start [PART …]',
    does: 'starts what does not run, or the named parts',
    leavesFolder: 'named',
    names: 'some',
    run: async (folder, _, names) => {
      readLayout(folder);
      if (names.length === 0) await up(folder, {});
      else await each(folder, names, 'started', (part) => part.start());
    },
  },
  stop: {
    usage: 'npm run network -- stop [PART …]',
    does: 'ends everything, or the named parts, as an operator would',
    leavesFolder: true,
    names: 'some',
    run: (folder, _, names) =>
      names.length === 0 ? stopAll(folder) : each(folder, names, 'stopped', (part) => part.stop()),
  },
  kill: {
    usage: 'npm run network -- kill PART …',
    does: 'ends the named parts as a power cut would (kill -9)',
    leavesFolder: true,
    names: 'some',
    run: (folder, _, names) => each(folder, names, 'killed', (part) => part.kill()),
  },
  restart: {
    usage: 'npm run network -- restart PART …',
    does: 'stops and starts the named parts',
    leavesFolder: true,
    names: 'some',
    run: (folder, _, names) =>
      each(folder, names, 'restarted', async (part) => {
        await part.stop();
        await part.start();
      }),
  },
  status: {
    usage: 'npm run network -- status',
    does: 'validators, heads, rounds, peers, witnesses; exit code 1 when one does not run',
    leavesFolder: true,
    names: 'none',
    run: status,
  },
  add: {
    usage: 'npm run network -- add',
    does: 'makes a further city server and has it voted in *',
    options: ['host'],
    names: 'none',
    run: add,
  },
  remove: {
    usage: 'npm run network -- remove CITY',
    does: 'votes a city server out and stops it; its folder stays *',
    names: 'one',
    async run(folder, _, [name]) {
      const layout = readLayout(folder);
      if (layout.hosts === 'separate') console.log(removeHost(folder, layout, name!));
      else await removeValidator(folder, name!, say);
    },
  },
  carry: {
    usage: 'npm run network -- carry',
    does: 'sends what lies below hosts/ to root@NAME over ssh, and deletes it here **',
    names: 'none',
    run: (folder) => carryAll(folder, separate(folder), say),
  },
  settings: {
    usage: 'npm run network -- settings NAME',
    does: 'the folder of a host that lost its disk again, without its keys **',
    names: 'one',
    run: async (folder, _, [name]) => console.log(settingsAgain(folder, separate(folder), name!)),
  },
  witness: {
    usage: 'npm run network -- witness CITY KEY',
    does: 'the verifier key that a witness has from now on **',
    names: 'some',
    async run(folder, _, names) {
      const [name, key] = exactly(2, names, 'witness');
      console.log(changeWitness(folder, separate(folder), name!, key!));
    },
  },
  'log-key': {
    usage: 'npm run network -- log-key rotate KEY | finish',
    does: 'tells the witnesses of the log’s next key, or that it is the only one **',
    names: 'some',
    async run(folder, _, names) {
      const [way, key] = exactly(names[0] === 'rotate' ? 2 : 1, names, 'log-key');
      if (way !== 'rotate' && way !== 'finish') throw new Usage(`usage: ${COMMANDS['log-key']!.usage}`);
      console.log(changeLogKey(folder, separate(folder), key));
    },
  },
  'move-gateway': {
    usage: 'npm run network -- move-gateway GATEWAY CITY',
    does: 'after a promotion on a city server: the gateway goes on there *',
    names: 'some',
    run: (folder, _, names) => place(folder, names, 'move-gateway', moveHost, moveHere),
  },
  standby: {
    usage: 'npm run network -- standby GATEWAY CITY',
    does: 'one city server more keeps a copy of the gateway’s store *',
    names: 'some',
    run: (folder, _, names) => place(folder, names, 'standby', addStandbyHost, addStandbyHere),
  },
  vote: {
    usage: 'npm run network -- vote add|remove ACCOUNT [SOCKET]',
    does: 'on a city server: has its node vote',
    leavesFolder: true,
    names: 'some',
    async run(_, __, [way, account = '', socket, ...more]) {
      const isVote = (way === 'add' || way === 'remove') && /^0x[\da-f]{40}$/i.test(account);
      if (!isVote || more.length > 0) throw new Usage(`usage: ${COMMANDS.vote!.usage}`);
      console.log(await castVote(socket ?? socketHere(), way, account));
    },
  },
  wait: {
    usage: 'npm run network -- wait [SOCKET]',
    does: 'on a city server: returns when its node follows the chain',
    leavesFolder: true,
    names: 'some',
    async run(_, __, [socket, ...more]) {
      if (more.length > 0) throw new Usage(`usage: ${COMMANDS.wait!.usage}`);
      console.log(await whenFollowing(() => socket ?? socketHere()));
    },
  },
  ask: {
    usage: 'npm run network -- ask SOCKET METHOD [JSON …]',
    does: 'asks a node what only its operator may, through its socket',
    leavesFolder: true,
    names: 'some',
    run: askSocket,
  },
};

const say = (line: string) => console.error(`network: ${line} …`);

function help(): string {
  const commands = Object.values(COMMANDS).map(({ usage, does }) => `  ${usage.padEnd(52)} ${does}`);
  return `${commands.join('\n')}

  PART is a name of the table, for instance city-2/node, city-2/witness or gateway-1.
  *    on hosts of their own it makes what is to be carried to them, and says the steps
  **   the same, on hosts of their own only; see scripts/network/README.md
  Each command tells its options with --help; all take --folder PATH.`;
}

function helpOf({ usage, does, options = [] }: Command): string {
  const lines = [...options, 'folder'].map((name) => `  ${MEANINGS[name]}`);
  return `${usage} [OPTION …]\n${does.replace(/ \*+$/, '')}\n\n${lines.join('\n')}`;
}

async function up(folder: string, flags: Flags): Promise<void> {
  if (!hasLayout(folder)) await make(folder, flags, say);
  else if (Object.keys(flags).some((name) => flags[name] !== undefined))
    throw new Usage(`${folder} holds a network already: options of its making say nothing any more`);
  const network = await startNetwork({ folder, onProgress: say });
  console.log(overview(network));
}

async function init(folder: string, flags: Flags): Promise<void> {
  const { cities, hosts } = await make(folder, flags, say);
  const next =
    hosts === 'separate'
      ? 'Carry each folder below hosts/ to its machine as scripts/network/README.md says: npm run network -- carry'
      : 'Start it with: npm run network -- start';
  console.log(`${cities.length} validators, ${cities.length} witnesses: ${folder}\n${next}`);
}

async function add(folder: string, { host }: Flags): Promise<void> {
  const layout = readLayout(folder);
  if (layout.hosts === 'separate') {
    if (typeof host !== 'string') throw new Usage('--host names the address of the further host');
    mustBePrivate('--host', host);
    console.log(await addHost(folder, layout, host));
    return;
  }
  if (host !== undefined) throw new Usage(`--host: the parts of ${folder} run on this machine`);
  const { name } = await addValidator(folder, say);
  console.log(`${name} is one of the validators. The trust file of the gateway names its witness.`);
}

function separate(folder: string): Layout {
  const layout = readLayout(folder);
  if (layout.hosts !== 'separate') throw new Usage(`the parts of ${folder} run on this machine`);
  return layout;
}

function exactly(count: number, names: readonly string[], command: string): readonly string[] {
  if (names.length !== count) throw new Usage(`usage: ${COMMANDS[command]!.usage}`);
  return names;
}

/** A gateway, or a copy of its store, on a city server: on hosts of their own the steps are told, here they are taken. */
async function place(
  folder: string,
  names: readonly string[],
  command: string,
  tell: (folder: string, layout: Layout, gateway: string, city: string) => string | Promise<string>,
  take: (
    folder: string,
    gateway: string,
    city: string,
    onProgress: (line: string) => void,
  ) => Promise<string>,
): Promise<void> {
  const [gateway, city] = exactly(2, names, command) as [string, string];
  const layout = readLayout(folder);
  const isSeparate = layout.hosts === 'separate';
  console.log(
    isSeparate ? await tell(folder, layout, gateway, city) : await take(folder, gateway, city, say),
  );
}

async function each(
  folder: string,
  names: readonly string[],
  done: string,
  act: (part: Part) => Promise<void>,
): Promise<void> {
  const network = await openNetwork(folder);
  if (names.length === 0) throw new Usage(`name a part: ${network.parts.map(({ name }) => name).join(', ')}`);
  const parts = names.map((name) => {
    const part = network.parts.find((one) => one.name === name);
    if (part === undefined)
      throw new Usage(`no part "${name}". There are: ${network.parts.map((one) => one.name).join(', ')}`);
    return part;
  });
  for (const part of parts) {
    await act(part);
    console.log(`${part.name}: ${done}${part.pid === undefined ? '' : `, process ${part.pid}`}`);
  }
}

/** Below the time that systemd gives a unit to start. */
const LISTEN_MS = 80_000;

async function askSocket(_: string, __: Flags, names: readonly string[]): Promise<void> {
  const [socket, method, ...values] = names;
  if (socket === undefined || method === undefined) throw new Usage(`usage: ${COMMANDS.ask!.usage}`);
  const params = values.map((text) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new Usage(`${text} is no JSON; words stand in quotes: '"${text}"'`);
    }
  });
  if (!existsSync(socket)) say(`${socket} is not there yet; waiting for its node`);
  const answer = await askStarting(LISTEN_MS, resolve(socket), method, ...params);
  console.log(JSON.stringify(answer, undefined, 2));
}

async function stopAll(folder: string): Promise<void> {
  const network = await openNetwork(folder);
  const running = network.parts.filter(({ pid }) => pid !== undefined).length;
  await network.stop();
  console.log(running === 0 ? 'Nothing ran.' : `${running} processes ended.`);
}

async function status(folder: string): Promise<void> {
  const network = await openNetwork(folder);
  console.log(renderTable(['process', 'pid', 'state'], await statusRows(network)));
  if (network.parts.some(({ pid }) => pid === undefined)) process.exitCode = 1;
}

async function main(): Promise<void> {
  const [first = ''] = process.argv.slice(2);
  const isNamed = first !== '' && !first.startsWith('-');
  const command = COMMANDS[isNamed ? first : 'up'];
  if (command === undefined || first === 'up') throw new Usage(`no command "${first}"; see --help`);
  const args = process.argv.slice(isNamed ? 3 : 2);
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  if (values.help) return console.log(isNamed ? helpOf(command) : `${help()}\n\n${helpOf(command)}`);
  const { folder, help: _, ...flags } = values;
  const foreign = Object.keys(flags).find((name) => !command.options?.includes(name as keyof typeof OPTIONS));
  if (foreign !== undefined) throw new Usage(`--${foreign} says nothing here; see --help`);
  const fits = { none: positionals.length === 0, one: positionals.length === 1, some: true }[command.names];
  if (!fits) throw new Usage(`usage: ${command.usage}`);
  const path = resolve(folder);
  const run = () => command.run(path, flags, positionals);
  if (command.leavesFolder === true || (command.leavesFolder && positionals.length > 0)) return run();
  const isMaking = command.options?.includes('validators');
  // Whoever mistyped the folder leaves no lock beside it.
  if (!isMaking) readLayout(path);
  await alone(path, run);
}

/** One that comes to another's work on the same folder waits, and goes on with what is there then. */
async function alone(folder: string, run: () => Promise<void>): Promise<void> {
  const release = await takeLock(`${folder}.lock`, (pid) =>
    say(`another command (process ${pid}) is at work on ${folder}; waiting for it`),
  );
  process.once('exit', release);
  await run();
  release();
}

main().catch((error: Error) => {
  const isUsage = error instanceof Usage || isWrongOption(error);
  const isPlain = error instanceof Usage || error instanceof NetworkFailure;
  const line = isPlain ? error.message : startupLine(error);
  console.error(`network: ${line}`);
  process.exit(isUsage ? 2 : 1);
});
