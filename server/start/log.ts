/** The log at the start: its key, the witnesses that cosign, and the trust file that tells verifiers of both. */
import { writeJsonFile } from '../actions/data-folder.ts';
import type { Deployment } from '../chain/deploy.ts';
import type { Network } from '../chain/network.ts';
import { AppError } from '../core/errors.ts';
import type { WitnessEndpoint } from '../log/cosigners.ts';
import { openKey } from '../log/key.ts';
import { type Log, openLog } from '../log/log.ts';
import { ED25519 } from '../verify/note.ts';
import type { Trust } from '../verify/trust.ts';
import { startWitness, type WitnessOptions } from '../witness/start.ts';
import type { Start } from './start.ts';

interface Names {
  readonly origin: string;
  readonly operator: string;
}

interface LedgerLog {
  readonly log: Log;
  readonly trust: Trust;
}

type NamedWitness = WitnessEndpoint & { readonly operator: string };

/** @throws AppError CONFIG_MALFORMED | LOG_* | KEY_* | WITNESS_* */
export async function openLedgerLog(
  start: Start,
  names: Names,
  network: Network,
  { chainId, contracts, fromBlock }: Deployment,
): Promise<LedgerLog> {
  const { config, folder, passphrase, stops } = start;
  const { origin, operator } = names;
  start.say('opening the log');
  const key = await openKey({ path: folder.logKey, name: origin, type: ED25519, passphrase });
  const witnesses: readonly NamedWitness[] =
    config.witnesses.length > 0
      ? config.witnesses.map(({ vkey, url }) => ({ key: vkey, url, operator: vkey.split('+')[0]! }))
      : [
          await openWitness(start, operator, {
            folder: folder.witness,
            name: `${origin}/witness-1`,
            rpcUrl: network.url,
            chainId,
            contracts,
            fromBlock,
            logKey: key.verifierKey,
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
  const log = await openLog({ folder: folder.log, key, witnesses, threshold });
  stops.add(log.close);
  const trust: Trust = {
    origin,
    logKey: key.verifierKey,
    operator,
    witnesses: witnesses.map(({ key: vkey, operator: name }) => ({ key: vkey, operator: name })),
    threshold,
    chainId,
    contracts,
  };
  await writeJsonFile(folder.trust, trust);
  return { log, trust };
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
