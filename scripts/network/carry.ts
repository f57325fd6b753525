/**
 * Changes of a network on machines of their own: here the files are made, there they are put in place, in the order that is
 * returned as text. Nothing here needs a secret of a machine that is set up already.
 */
import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import { parseVerifierKey } from '../../server/verify/note.ts';
import { NetworkFailure } from './failure.ts';
import { type CityServer, type Layout, machineOf, standbysOf } from './layout.ts';
import { dropMember, keep, makeMember, memberNamed, withoutMember } from './members.ts';
import { cityFolder, hostFolder, standbyName, systemFolder } from './programs.ts';
import { writeSettingsOf } from './settings.ts';

interface Step {
  readonly at: readonly string[];
  readonly inTurn?: boolean;
  /** Whether what was carried there has to be put in place first. */
  readonly isCarried?: boolean;
  readonly commands: readonly string[];
}

const WAIT = 'npm run network -- wait';
/** Both read the others' addresses at their start. */
const RESTART_CITY = ['systemctl restart sillok-node', WAIT, 'systemctl restart sillok-witness'];

export async function addHost(folder: string, before: Layout, host: string): Promise<string> {
  const taken = before.cities.find((city) => city.host === host);
  if (taken !== undefined) throw new NetworkFailure(`${host} is the address of ${taken.name}.`);
  const { city, layout, written } = await makeMember(folder, before, host);
  const others = namesOf(before.cities);
  const says = `${city.name} is made, for ${host}: validator ${city.validator}.`;
  return procedure({ folder, layout, says, written }, [
    { at: others, inTurn: true, isCarried: true, commands: RESTART_CITY },
    { at: [city.name], isCarried: true, commands: ['systemctl enable --now sillok-node'] },
    { at: others, commands: [`npm run network -- vote add ${city.validator}`] },
    // It is let in with the vote, and catches up then.
    { at: [city.name], commands: [WAIT, 'systemctl enable --now sillok-witness'] },
    newTrust(layout),
  ]);
}

export function removeHost(folder: string, layout: Layout, name: string): string {
  const { city, others } = withoutMember(layout, name);
  const written = dropMember(folder, layout, name);
  rmSync(cityFolder(folder, city), { recursive: true, force: true });
  const units = [
    'sillok-node',
    'sillok-witness',
    ...standbysOf({ cities: [city] }).map((standby) => `sillok-${standbyName(standby)}`),
  ];
  return procedure({ folder, layout, says: `${name} goes: validator ${city.validator}.`, written }, [
    { at: namesOf(others), commands: [`npm run network -- vote remove ${city.validator}`] },
    { at: [name], commands: [`systemctl disable --now ${units.join(' ')}`] },
    newTrust(layout),
    { at: namesOf(others), inTurn: true, isCarried: true, commands: RESTART_CITY },
    { at: [name], commands: cleared(layout, city, units) },
  ]);
}

/** Whatever comes to that machine next finds nothing of the one that was there. */
function cleared({ gateways }: Layout, city: CityServer, units: readonly string[]): string[] {
  const files = units.map((unit) => `/etc/systemd/system/${unit}.service`);
  const isShared = gateways.some(({ host }) => host === city.host);
  return [
    `rm -rf ${[hostFolder(city), systemFolder(city), ...files].join(' ')} && systemctl daemon-reload`,
    ...(isShared ? [] : ['systemctl disable --now nftables && rm -f /etc/nftables.conf']),
  ];
}

/** For a machine that lost its disk; its keys come from where they are kept. */
export function settingsAgain(folder: string, layout: Layout, name: string): string {
  const known = [...layout.cities, ...layout.gateways].map((one) => one.name);
  if (!known.includes(name)) throw new NetworkFailure(`There is no ${name}. There are: ${known.join(', ')}.`);
  writeSettingsOf(folder, layout, name);
  return `${carry(folder, layout, [name])}\nIt is everything but its keys.`;
}

/** A witness that signs with another key from now on. */
export function changeWitness(folder: string, layout: Layout, name: string, key: string): string {
  const city = memberNamed(layout, name);
  mustBeKeyOf(key, parseVerifierKey(city.witness).name);
  const cities = layout.cities.map((one) => (one === city ? { ...one, witness: key } : one));
  const written = keep(folder, { ...layout, cities }, layout);
  return procedure({ folder, layout, says: `${name} cosigns with ${key}.`, written }, [newTrust(layout)]);
}

/**
 * Tells the witnesses of a key of the log.
 * @param key the next one, beside the present one; when absent, the next one alone from now on
 */
export function changeLogKey(folder: string, layout: Layout, key: string | undefined): string {
  const { nextLogKey: next, ...rest } = layout;
  if (key !== undefined) mustBeKeyOf(key, layout.origin);
  else if (next === undefined) throw new NetworkFailure('The log has no next key: nothing to finish.');
  const after = key === undefined ? { ...rest, logKey: next! } : { ...rest, nextLogKey: key };
  const written = keep(folder, after, layout);
  const says = key === undefined ? `The log signs with ${next} alone.` : `The log signs with ${key} too.`;
  const commands = ['systemctl restart sillok-witness'];
  return procedure({ folder, layout, says, written }, [
    { at: namesOf(layout.cities), inTurn: true, isCarried: true, commands },
  ]);
}

function mustBeKeyOf(key: string, name: string): void {
  let found: string | undefined;
  try {
    found = parseVerifierKey(key).name;
  } catch {
    found = undefined;
  }
  if (found !== name) throw new NetworkFailure(`${key} is no verifier key of ${name}.`);
}

const namesOf = (cities: readonly CityServer[]) => cities.map(({ name }) => name);

/** Gateways read the witnesses at their start, and make the next version of the trust file. */
function newTrust({ gateways }: Layout): Step {
  return {
    at: gateways.map(({ name }) => name),
    inTurn: true,
    isCarried: true,
    commands: ['systemctl restart sillok-gateway'],
  };
}

interface Change {
  readonly folder: string;
  readonly layout: Layout;
  readonly says: string;
  /** Names of the parts for which something is to be carried. */
  readonly written: readonly string[];
}

/** @param ending what is left to do elsewhere */
export function procedure(
  { folder, layout, says, written }: Change,
  steps: readonly Step[],
  ending = 'Then publish the new trust file: npm run log-key -- status shows its fingerprint.',
): string {
  const lines = steps.flatMap(({ at, inTurn = false, isCarried = false, commands }, i) => [
    `${i + 1}. ${placesOf(layout, at)}${inTurn && at.length > 1 ? ', each when the one before is done' : ''}:`,
    ...(isCarried ? ['     put in place what was carried there'] : []),
    ...commands.map((command) => `     ${command}`),
  ]);
  return [says, carry(folder, layout, written), 'Then, as root in /opt/sillok:', ...lines, ending].join('\n');
}

function carry(folder: string, layout: Layout, names: readonly string[]): string {
  const command = `npm run network -- carry --folder ${relative('.', folder) || '.'}`;
  return `Carry to ${placesOf(layout, names)}: ${command}`;
}

function placesOf(layout: Layout, names: readonly string[]): string {
  const place = (name: string) => {
    const machine = machineOf(layout, name);
    return machine === name ? name : `${name} (on the machine of ${machine})`;
  };
  return names.map(place).join(', ');
}
