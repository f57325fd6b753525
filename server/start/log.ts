/** The log at the start: signed here, with the witnesses that cosign and the trust file that tells verifiers of both, or followed. */
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJsonFile } from '../actions/data-folder.ts';
import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import type { WitnessEndpoint } from '../log/cosigners.ts';
import { openFollower } from '../log/follower.ts';
import { type LogKey, openKey } from '../log/key.ts';
import { type Log, openLog } from '../log/log.ts';
import { signedSize } from '../log/publisher.ts';
import { signTrust, succeed } from '../log/succession.ts';
import { ED25519 } from '../verify/note.ts';
import { parseTrust, type Trust } from '../verify/trust.ts';
import { startWitness, type WitnessOptions } from '../witness/start.ts';
import type { Chain } from './chain.ts';
import type { Followed } from './data.ts';
import type { Names } from './names.ts';
import type { Start } from './start.ts';
import { knownTrust, renewTrust } from './trust.ts';

interface LedgerLog {
  readonly log: Log;
  /** A gateway that follows learns of newer ones while it runs. */
  readonly trustNow: () => Trust;
  /** Base addresses of who has copies of what the chain names by a digest. */
  readonly sources: readonly string[];
}

type NamedWitness = WitnessEndpoint & { readonly operator: string };

/** @throws AppError CONFIG_MALFORMED | LOG_* | KEY_* | WITNESS_* */
export function openLedgerLog(
  start: Start,
  names: Names,
  chain: Pick<Chain, 'network' | 'deployment'>,
  followed: Followed | undefined,
): Promise<LedgerLog> {
  start.say('opening the log');
  return followed === undefined ? signLog(start, names, chain) : followLog(start, followed);
}

async function signLog(
  start: Start,
  names: Names,
  { network, deployment }: Pick<Chain, 'network' | 'deployment'>,
): Promise<LedgerLog> {
  const { config, folder, passphrase, stops } = start;
  const { origin, operator } = names;
  const { key, retiring, retired } = await openKeys(folder.logKey, origin, passphrase);
  const { chainId, contracts, fromBlock, ...rest } = deployment;
  const witnesses: readonly NamedWitness[] =
    config.witnesses.length > 0
      ? config.witnesses.map(({ vkey, url, operator: name }) => ({
          ...{ key: vkey, url, operator: operatorOf(vkey, name, names, config) },
        }))
      : [
          await openWitness(start, operator, {
            folder: folder.witness,
            name: `${origin}/witness-1`,
            rpcUrl: network.url,
            chainId,
            contracts,
            fromBlock,
            logKey: key.verifierKey,
            sources: [start.ownUrl],
            passphrase,
            port: 0,
          }),
        ];
  const threshold = config.witnessThreshold ?? Math.max(1, witnesses.length - 1);
  if (threshold > witnesses.length)
    throw new AppError('CONFIG_MALFORMED', {
      name: 'SILLOK_WITNESS_THRESHOLD',
      expected: `at most the number of witnesses (${witnesses.length})`,
    });
  const known = await knownTrust(folder);
  const unsigned = succeed({
    known,
    now: {
      origin,
      logKey: key.verifierKey,
      operator,
      witnesses: witnesses.map(({ key: vkey, operator: name }) => ({ key: vkey, operator: name })),
      threshold,
      chainId,
      contracts,
      deployment: { fromBlock, ...rest },
    },
    retiring: retiring?.verifierKey,
    signedSize: await signedSize(folder.log),
  });
  const keys = [retired, retiring, key].filter((one) => one !== undefined);
  // Parsed, so that its members stand in one order, whoever serves it.
  const trust =
    unsigned === known && known.signatures !== undefined ? known : parseTrust(signTrust(unsigned, keys));
  await writeJsonFile(folder.trust, trust);
  await writeJsonFile(join(folder.trusts, `${trust.version}.json`), trust);
  // It has signed its own retirement: nobody can steal it any more.
  if (retired !== undefined) await rm(keyPaths(folder.logKey).retired);
  const log = await openLog({
    folder: folder.log,
    key,
    ...(retiring !== undefined && { retiring }),
    witnesses,
    threshold,
    nowMs: start.nowMs,
  });
  stops.add(log.close);
  return { log, trustNow: () => trust, sources: witnesses.map(({ url }) => url) };
}

/** The log that another gateway signs. */
async function followLog(
  { config, folder, stops, logger }: Start,
  { trust, source }: Followed,
): Promise<LedgerLog> {
  const logUrl = config.logUrl!;
  let current = trust;
  const witnessUrls = config.witnesses.map(({ url }) => url);
  const log = await openFollower({
    folder: folder.log,
    trust,
    logUrl,
    witnessUrls,
    renewTrust: async (known) => {
      current = await renewTrust({ folder, source }, known);
      return current;
    },
    onFork: (fork) => logger.error({ error: String(fork) }, 'the log shows other entries than the node'),
  });
  stops.add(log.close);
  return { log, trustNow: () => current, sources: [new URL(logUrl).origin, ...witnessUrls] };
}

/** The log's own operator under one name, whether the setting names it in one language or in both. */
function operatorOf(
  vkey: string,
  name: string | undefined,
  { operator, shown }: Names,
  { operatorName }: Config,
): string {
  if (name === undefined) return vkey.split('+')[0]!;
  return [operatorName, shown.ko, shown.en].includes(name) ? operator : name;
}

/** Names of the log's key files beside the one that signs; see scripts/log-key.ts. */
export function keyPaths(logKey: string): { next: string; retiring: string; retired: string } {
  const named = (suffix: string) => logKey.replace(/\.json$/, `-${suffix}.json`);
  return { next: named('next'), retiring: named('retiring'), retired: named('retired') };
}

async function openKeys(
  path: string,
  name: string,
  passphrase: string,
): Promise<{ key: LogKey; retiring: LogKey | undefined; retired: LogKey | undefined }> {
  const open = (file: string) => openKey({ path: file, name, type: ED25519, passphrase });
  const openIfThere = async (file: string) =>
    (await access(file).then(
      () => true,
      () => false,
    ))
      ? open(file)
      : undefined;
  const { retiring, retired } = keyPaths(path);
  return {
    key: await open(path),
    retiring: await openIfThere(retiring),
    retired: await openIfThere(retired),
  };
}

/** One witness on this machine. */
async function openWitness(
  { say, stops, fail }: Start,
  operator: string,
  options: WitnessOptions,
): Promise<NamedWitness> {
  say('starting the witness');
  const witness = await startWitness(options);
  stops.add(witness.stop);
  void witness.exited.then(({ reason }) => reason !== undefined && fail(reason));
  return { key: witness.key, url: witness.url, operator };
}
