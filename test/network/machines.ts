/**
 * Machines of their own on one: each has a disk (an overlay over this machine's), processes, a card with an address, and a systemd
 * that runs its units. What is done on one goes through its namespaces, as through ssh.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SYSTEMD = '/usr/lib/systemd/systemd';
const SPACES = ['--mount', '--pid', '--fork', '--net', '--uts', '--ipc', '--cgroup'];
/** Of root, on each of them. */
const HOME = '/root';
const OUTPUT_BYTES = 16 * 1024 * 1024;

/** Nothing of this machine's own services is started on it; the journal is, by its socket. */
const BOOT = `
set -eu
mount --make-rprivate /
mkdir -p "$DISK/up" "$DISK/work" "$DISK/units" "$DISK/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$DISK/up,workdir=$DISK/work" "$DISK/root"
cd "$DISK/root"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
for place in run tmp usr/lib/systemd/system-generators usr/lib/systemd/system/timers.target.wants \\
  usr/lib/systemd/system/multi-user.target.wants usr/lib/systemd/system/sysinit.target.wants; do
  if [ -d $place ]; then mount -t tmpfs tmpfs $place; fi
done
mount --bind "$DISK/units" etc/systemd/system
umount -l sys/fs/cgroup
if [ "$CGROUPS" = 2 ]; then mount -t cgroup2 cgroup2 sys/fs/cgroup; else
  mount -t tmpfs tmpfs sys/fs/cgroup
  mkdir sys/fs/cgroup/systemd
  mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
fi
mkdir -p opt/sillok usr/local/bin && touch opt/node usr/local/bin/kscn
mount --bind "$CODE" opt/sillok
mount --bind "$NODE" opt/node
mount --bind "$KSCN" usr/local/bin/kscn
ln -sf /opt/node usr/bin/node
ln -sf /opt/node usr/local/bin/node
rm -f etc/nftables.conf
exec chroot . env -i container=lxc ${SYSTEMD} --unit=multi-user.target --log-target=null --show-status=0
`;

interface Machine {
  readonly host: string;
  readonly process: ChildProcess;
  /** Of its systemd. */
  readonly pid: number;
  readonly cgroup: string;
  readonly card: string;
}

export class Machines {
  readonly subnet = `10.${128 + (randomBytes(1)[0]! % 96)}.${randomBytes(1)[0]!}`;
  readonly #id = randomBytes(2).toString('hex');
  readonly #bridge = `sk${this.#id}m`;
  readonly #machines = new Map<string, Machine>();
  readonly #folder: string;
  readonly #programs: { readonly CODE: string; readonly NODE: string; readonly KSCN: string };
  readonly #end = () => this.#killAll();

  /** @param folder becomes a disk in memory */
  constructor(folder: string, programs: { code: string; node: string; kscn: string }) {
    this.#folder = folder;
    this.#programs = { CODE: programs.code, NODE: programs.node, KSCN: programs.kscn };
    must('mount', '-t', 'tmpfs', 'tmpfs', folder);
    must('ip', 'link', 'add', this.#bridge, 'type', 'bridge');
    must('ip', 'addr', 'add', `${this.subnet}.254/24`, 'dev', this.#bridge);
    must('ip', 'link', 'set', this.#bridge, 'up');
    process.once('exit', this.#end);
  }

  /** Why there can be none here. */
  static lack(): string | undefined {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'Linux and root';
    for (const program of ['ip', 'nft', 'nsenter', 'runuser', 'useradd', SYSTEMD])
      if (spawnSync(program, ['--version']).error !== undefined) return program;
    const tried = `mount -t tmpfs tmpfs /mnt && mkdir /mnt/up /mnt/work /mnt/root
      mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/up,workdir=/mnt/work /mnt/root`;
    return spawnSync('unshare', [...SPACES, 'sh', '-ec', tried]).status === 0 ? undefined : 'namespaces';
  }

  /** Switched on, with the disk that it had, or a new one. */
  async start(name: string, number: number): Promise<void> {
    const host = `${this.subnet}.${number}`;
    const isUnified = existsSync('/sys/fs/cgroup/cgroup.procs');
    const cgroup = join('/sys/fs/cgroup', isUnified ? '' : 'systemd', `sillok-${this.#id}-${name}`);
    mkdirSync(cgroup, { recursive: true });
    const line = `echo $$ > ${cgroup}/cgroup.procs && exec unshare ${SPACES.join(' ')} --kill-child sh -c "$BOOT"`;
    const child = spawn('sh', ['-c', line], {
      env: {
        ...{ PATH: process.env.PATH, ...this.#programs, BOOT },
        ...{ DISK: join(this.#folder, name), CGROUPS: isUnified ? '2' : '1' },
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
    const pid = await this.#bootedPid(child, () => words);
    const card = `sk${this.#id}c${number}`;
    this.#machines.set(name, { host, process: child, pid, cgroup, card });
    must('ip', 'link', 'add', card, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
    must('ip', 'link', 'set', card, 'master', this.#bridge, 'up');
    await this.on(name, `ip link set lo up; ip addr add ${host}/24 dev eth0; ip link set eth0 up`);
    await this.on(
      name,
      'until systemctl is-system-running | grep -qE "running|degraded"; do sleep 0.1; done',
    );
  }

  async #bootedPid(child: ChildProcess, words: () => string): Promise<number> {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`a machine does not start: ${words()}`);
      const [first] = childrenOf(child.pid!);
      if (first !== undefined && nameOf(first) === 'systemd') return first;
      await pause(20);
    }
  }

  /** Those that are on. */
  get names(): string[] {
    return [...this.#machines.keys()];
  }

  /** A file there, as it is seen from here. */
  path(name: string, path: string): string {
    return `/proc/${this.#machines.get(name)?.pid}/root${path}`;
  }

  /** A file in the home of its root, as it is seen from here. */
  home(name: string, file: string): string {
    return this.path(name, join(HOME, file));
  }

  isOn(name: string): boolean {
    return this.#machines.has(name);
  }

  /** As root in a shell there. @returns what it said on stdout. @throws Error with what it said when it fails */
  async on(name: string, script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const machine = this.#machines.get(name);
    if (machine === undefined) throw new Error(`${name} is off`);
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    return this.#run(name, script, [
      ...['nsenter', '-t', String(machine.pid), '-m', '-p', '-n', '-u', '-i', '-C', '-r', '-w'],
      ...['env', '-i', `PATH=${path}`, `HOME=${HOME}`, ...Object.entries(env).map((pair) => pair.join('='))],
    ]);
  }

  /** On this machine, where `ssh root@NAME` reaches the others. */
  office(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const cases = [...this.#machines].map(([name, { pid }]) => `root@${name}) pid=${pid};;`);
    const enter = 'exec nsenter -t $pid -m -p -n -u -i -C -r -w sh -c "$*"';
    const ssh = `#!/bin/sh\ncase $1 in ${cases.join(' ')} *) exit 255;; esac\nshift\n${enter}\n`;
    mkdirSync(join(this.#folder, 'bin'), { recursive: true });
    writeFileSync(join(this.#folder, 'bin/ssh'), ssh, { mode: 0o755 });
    const path = `PATH=${join(this.#folder, 'bin')}:${process.env.PATH}`;
    const own = Object.entries(env).map((pair) => pair.join('='));
    return this.#run('office', script, ['env', '-C', this.#programs.CODE, path, ...own]);
  }

  async #run(name: string, script: string, [program, ...args]: readonly string[]): Promise<string> {
    try {
      const { stdout } = await run(program!, [...args, 'sh', '-ec', script], { maxBuffer: OUTPUT_BYTES });
      return stdout;
    } catch (error) {
      const { code, stdout = '', stderr = '' } = error as { code: unknown; stdout?: string; stderr?: string };
      throw new Error(`${name}: ${code}\n${script}\n${stdout.slice(-2_000)}${stderr.slice(-2_000)}`);
    }
  }

  /** A power cut. */
  async cut(name: string): Promise<void> {
    const machine = this.#machines.get(name);
    if (machine === undefined) return;
    this.#machines.delete(name);
    process.kill(machine.pid, 'SIGKILL');
    while (machine.process.exitCode === null && machine.process.signalCode === null) await pause(20);
    removeCgroup(machine.cgroup);
    // It goes with its namespace, but later; the next start needs its name.
    spawnSync('ip', ['link', 'del', machine.card]);
  }

  /** Of a machine that is off. */
  loseDisk(name: string): void {
    rmSync(join(this.#folder, name), { recursive: true });
  }

  async close(): Promise<void> {
    process.off('exit', this.#end);
    for (const name of [...this.#machines.keys()]) await this.cut(name);
    this.#killAll();
  }

  #killAll(): void {
    for (const { pid } of this.#machines.values()) process.kill(pid, 'SIGKILL');
    spawnSync('ip', ['link', 'del', this.#bridge]);
    spawnSync('umount', ['-l', this.#folder]);
  }
}

function must(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** With those that its systemd made; a process that is just ending holds one for a moment, and then it stays. */
function removeCgroup(path: string): void {
  try {
    for (const { name } of readdirSync(path, { withFileTypes: true }).filter((one) => one.isDirectory()))
      removeCgroup(join(path, name));
    rmdirSync(path);
  } catch {
    // The kernel keeps nothing in it but its name.
  }
}
