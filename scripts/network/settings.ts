/** Everything that follows from the layout alone and holds no secret: again after each change of it. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hostFilesOf } from './hosts.ts';
import { type Layout, peerUrlOf, writeWhole } from './layout.ts';
import { cityFolder, gatewayFolder, gatewayVariables, hostFolder, witnessOptions } from './programs.ts';

/** Of one machine anew, whose disk is lost: all but its secrets. */
export function writeSettingsOf(folder: string, layout: Layout, name: string): void {
  const own = `${join(folder, 'hosts', name)}/`;
  write([...settingsOf(folder, layout)].filter(([path]) => path.startsWith(own)));
}

/**
 * On machines of their own only what differs from `before`: what each machine has is what it was given last, and its folder here
 * may have been deleted since.
 * @returns names of the machines for which something was written
 */
export function writeSettings(folder: string, layout: Layout, before?: Layout): string[] {
  const known = before?.hosts === 'separate' ? settingsOf(folder, before) : new Map<string, string>();
  const changed = [...settingsOf(folder, layout)].filter(([path, text]) => known.get(path) !== text);
  write(changed);
  const names = [...layout.cities, ...layout.gateways].map(({ name }) => name);
  return names.filter((name) => changed.some(([path]) => path.startsWith(`${join(folder, 'hosts', name)}/`)));
}

function write(files: readonly (readonly [path: string, text: string])[]): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeWhole(path, text);
  }
}

/** Text by path. */
function settingsOf(folder: string, layout: Layout): Map<string, string> {
  const isSeparate = layout.hosts === 'separate';
  const files = new Map<string, string>();
  const peers = json(layout.cities.map(peerUrlOf));
  for (const city of layout.cities) {
    const own = cityFolder(folder, city);
    const options = witnessOptions(layout, city, isSeparate ? hostFolder(city) : own);
    files.set(join(own, 'node/klay/static-nodes.json'), peers);
    files.set(join(own, 'witness/options.json'), json(options));
  }
  for (const gateway of layout.gateways) {
    const placeOf = isSeparate ? hostFolder : (one: { readonly name: string }) => gatewayFolder(folder, one);
    const lines = Object.entries(gatewayVariables(layout, gateway, placeOf)).map(
      ([name, value]) => `${name}=${value}\n`,
    );
    files.set(join(gatewayFolder(folder, gateway), 'gateway.env'), lines.join(''));
  }
  if (!isSeparate) return files;
  const genesis = readFileSync(join(folder, 'genesis.json'), 'utf8');
  for (const [path, text] of Object.entries(hostFilesOf(layout, genesis)))
    files.set(join(folder, 'hosts', path), text);
  return files;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
