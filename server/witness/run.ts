/** A whole witness: own store, own key, own derivation from its own node, and the door to it. */
import { join } from 'node:path';
import { openNetwork } from '../chain/network.ts';
import type { ContractAddresses } from '../core/abi.ts';
import type { AppError } from '../core/errors.ts';
import { openKey } from '../log/key.ts';
import { openTree } from '../log/tree.ts';
import { openPublications } from '../publications/publications.ts';
import { services } from '../services/index.ts';
import { openStore } from '../store/level.ts';
import { COSIGNATURE, parseVerifierKey } from '../verify/note.ts';
import { openAlarms } from './alarms.ts';
import { openCosigner } from './cosigner.ts';
import { openDerivation } from './derive.ts';
import { openDoor } from './server.ts';
import { createStatus } from './status.ts';

export interface WitnessOptions {
  /** Own data folder: store, derived log, key. */
  readonly folder: string;
  /** Key name of the witness, for instance `sillok.example/witness-1`. */
  readonly name: string;
  /** JSON-RPC address of the witness's own node. */
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  /** Block of the first contract's deployment, or any before it. */
  readonly fromBlock: number;
  /** Verifier key of the log it cosigns for; its name is the origin. */
  readonly logKey: string;
  /** The log's next key, while the log changes from one to the other. */
  readonly nextLogKey?: string;
  /** Base addresses of gateways and other witnesses, from which it takes copies of what the chain names by a digest. */
  readonly sources?: readonly string[];
  readonly passphrase: string;
  /** Loopback when absent. */
  readonly host?: string;
  /** 0 = any free port. */
  readonly port: number;
}

export interface RunningWitness {
  readonly url: string;
  /** Verifier key of type 0x04. */
  readonly key: string;
  stop(): Promise<void>;
}

/** @throws AppError as openStore, openKey and openNetwork do */
export async function runWitness(
  options: WitnessOptions,
  report: (error: unknown) => void,
): Promise<RunningWitness> {
  const { folder, name, contracts, fromBlock, logKey, nextLogKey } = options;
  const key = await openKey({
    path: join(folder, 'witness-key.json'),
    name,
    type: COSIGNATURE,
    passphrase: options.passphrase,
  });
  // First what may fail for a while: it leaves nothing open.
  const network = await openNetwork({ url: options.rpcUrl, chainId: options.chainId });
  const store = await openStore(join(folder, 'store'));
  const tree = await openTree(join(folder, 'log'));
  const nowSec = () => Math.floor(Date.now() / 1000);
  const alarms = await openAlarms(store, nowSec);
  const onConflict = ({ code, details }: AppError) => {
    const { index, known } = details;
    alarms.raise({ code, size: Number(index ?? tree.size), root: String(known ?? '') }).catch(report);
  };
  const publications = await openPublications({
    ...{ services, contracts, store, nowSec, report, sources: options.sources ?? [] },
    leaves: { size: () => tree.size, leaf: (index) => tree.entry(index) },
  });
  const derivation = await openDerivation({
    ...{ network, contracts, fromBlock, store, tree, report, onConflict },
    onLeaves: publications.nudge,
  });
  publications.nudge();
  const logKeys = nextLogKey === undefined ? [logKey] : [logKey, nextLogKey];
  const cosigner = openCosigner({ key, logKeys, store, tree, derivation, nowSec, alarms, report });
  const origin = parseVerifierKey(logKey).name;
  const { host = '127.0.0.1', port } = options;
  const status = createStatus({ origin, key: key.verifierKey, cosigner, derivation, alarms, publications });
  const shown = { cosigner, origin, tree, publications, alarms, status };
  const door = await openDoor({ ...shown, host, port, report });
  return {
    url: door.url,
    key: key.verifierKey,
    async stop() {
      await door.close();
      await derivation.stop();
      await publications.stop();
      network.close();
      await tree.close();
      await store.close();
    },
  };
}
