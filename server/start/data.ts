/** The data folder at the start: whole or refused, then the store and the vault in it. */
import { type DataFolder, mustBeComplete, openDataFolder, readPassphrase } from '../actions/data-folder.ts';
import type { Config } from '../config.ts';
import { mirrorFiles } from '../store/files.ts';
import { openVault } from '../vault/vault.ts';
import type { Trust } from '../verify/trust.ts';
import type { Outset, Start } from './start.ts';
import { openGatewayStore } from './store.ts';
import { knownTrust, takeTrust } from './trust.ts';

export interface Place {
  readonly folder: DataFolder;
  /** Of an earlier start. */
  readonly known: Trust | undefined;
  /** When another gateway signs the log. */
  readonly followed: Followed | undefined;
}

export interface Followed {
  readonly trust: Trust;
  readonly source: string;
}

/** @throws AppError DATA_* | TRUST_* */
export async function openPlace(config: Config): Promise<Place> {
  const folder = await openDataFolder(config.data);
  const known = await knownTrust(folder);
  if (known !== undefined) await mustHaveAllParts(config, folder, known);
  return { folder, known, followed: await follow(config, folder) };
}

async function follow({ logUrl, trust, trustFingerprint }: Config, folder: DataFolder) {
  if (logUrl === undefined) return undefined;
  const source = trust ?? new URL('/v1/trust', logUrl).href;
  return { source, trust: await takeTrust({ folder, source, fingerprint: trustFingerprint }) };
}

/** A folder that was started once holds what its trust file speaks of. */
async function mustHaveAllParts(
  config: Config,
  folder: DataFolder,
  { origin, witnesses }: Trust,
): Promise<void> {
  await mustBeComplete(folder, {
    chain: config.rpcUrls.length === 0,
    log: config.logUrl === undefined,
    witness:
      config.logUrl === undefined &&
      config.witnesses.length === 0 &&
      witnesses.some(({ key }) => key.startsWith(`${origin}/witness-1+`)),
  });
}

/** @throws AppError STORE_* | FENCED | STANDBY_AHEAD | CONFIG_MALFORMED | PASSPHRASE_* | VAULT_* */
export async function openData(outset: Outset, folder: DataFolder): Promise<Start> {
  const { config, nowMs, fail } = outset;
  const store = await openGatewayStore(outset, folder);
  store.prove().catch(fail);
  const passphrase = await readPassphrase(folder, config.passphraseFile);
  const vault = await openVault({
    ...{ folder: folder.vault, passphrase, store, nowMs },
    onNewFile: () => mirrorFiles(store, config.data),
  });
  return { ...outset, folder, store, passphrase, vault };
}
