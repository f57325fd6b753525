import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { computeAddress, SigningKey } from 'ethers';
import { type Deployment, deployContracts } from '../../../server/chain/deploy.ts';
import { type EmbeddedChain, startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import { type Network, openNetwork } from '../../../server/chain/network.ts';
import { watchEvents } from '../../../server/chain/watcher.ts';
import { decodeEvent, isLeaf } from '../../../server/core/abi.ts';
import { type Hex, toHex, utf8 } from '../../../server/core/bytes.ts';
import { encodeLeaf } from '../../../server/core/event.ts';
import { keccak256 } from '../../../server/core/hash.ts';
import type { Signer } from '../../../server/core/signer.ts';
import { type Log, openLog } from '../../../server/log/log.ts';
import { startWitness, type Witness } from '../../../server/witness/start.ts';
import { CHAIN_ID, LOG_KEY } from '../../helpers/log.ts';

const ARTIFACTS = fileURLToPath(new URL('../../../artifacts/', import.meta.url));

describe('A witness in its own process, beside the embedded chain', () => {
  let folder: string;
  let chain: EmbeddedChain;
  let network: Network;
  let deployment: Deployment;
  let leaves: Uint8Array[];
  let witness: Witness | undefined;
  let log: Log | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-witness-'));
    chain = await startEmbeddedChain({ folder: join(folder, 'chain'), chainId: CHAIN_ID });
    await chain.ready;
    network = await openNetwork({ url: chain.url, chainId: CHAIN_ID });
    const administrator = account('administrator').address;
    deployment = await deployContracts({
      network,
      deployer: account('deployer'),
      administrator,
      artifacts: ARTIFACTS,
    });
    leaves = await leavesOnChain();
  });
  afterEach(async () => {
    await log?.close();
    await witness?.stop();
    log = witness = undefined;
  });
  after(async () => {
    network.close();
    await chain.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const options = (passphrase: string) => ({
    folder: join(folder, 'witness'),
    name: 'sillok.example/witness-1',
    rpcUrl: chain.url,
    chainId: CHAIN_ID,
    contracts: deployment.contracts,
    fromBlock: 0,
    logKey: LOG_KEY.verifierKey,
    passphrase,
    port: 0,
  });
  const start = (passphrase = 'correct horse') => startWitness(options(passphrase));

  it('derives the log from its node, cosigns it, and refuses what it did not derive', async () => {
    expect(leaves.length).to.be.greaterThan(1);
    witness = await start();
    log = await openLog({ folder: join(folder, 'log'), key: LOG_KEY, witnesses: [witness], threshold: 1 });
    await log.append(0, leaves);
    expect(await log.publish()).to.include({ size: leaves.length, complete: true });
    await log.append(leaves.length, [utf8('an entry the chain never had')]);
    const lie = await log.publish();
    expect(lie.complete).to.equal(false);
    expect(lie.missing[0]?.code).to.be.oneOf(['WITNESS_REFUSED', 'WITNESS_UNREACHABLE']);
  });

  it('keeps its key and its promise over a kill -9', async () => {
    const first = await start();
    process.kill(first.pid, 'SIGKILL');
    expect((await first.exited).reason?.code).to.equal('WITNESS_STOPPED');
    witness = await start();
    expect(witness.key).to.equal(first.key);
    log = await openLog({ folder: join(folder, 'other'), key: LOG_KEY, witnesses: [witness], threshold: 1 });
    await log.append(0, [utf8('another history'), ...leaves.slice(1)]);
    expect((await log.publish()).missing[0]?.details)
      .to.have.property('status')
      .that.is.oneOf([409, 422]);
  });

  it('is refused a second process on the same folder', async () => {
    witness = await start();
    expect(await reasonOf(start())).to.equal('STORE_LOCKED');
  });

  it('does not start with another passphrase, and leaves nothing running', async () => {
    expect(await reasonOf(start('wrong'))).to.equal('KEY_WRONG_PASSPHRASE');
  });

  it('ends when it is asked to, with exit code 0', async () => {
    const stopping = await start();
    await stopping.stop();
    expect(await stopping.exited).to.deep.equal({ code: 0, reason: undefined });
  });

  it('ends with its parent, even when that one is killed', async () => {
    const script = fileURLToPath(new URL('./orphan.ts', import.meta.url));
    const parent = spawn(process.execPath, [script, JSON.stringify(options('correct horse'))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    parent.kill('SIGKILL');
    const pid = Number(line.toString());
    while (isRunning(pid)) await setTimeout(20);
    witness = await start();
  });

  (process.platform === 'linux' ? it : it.skip)(
    'shows no secret in its arguments or environment',
    async () => {
      witness = await start();
      for (const part of ['cmdline', 'environ'])
        expect(await readFile(`/proc/${witness.pid}/${part}`, 'utf8')).to.not.contain('correct horse');
    },
  );

  async function leavesOnChain(): Promise<Uint8Array[]> {
    const found: Uint8Array[] = [];
    const head = Number(await network.send<Hex>('eth_blockNumber', []));
    const reached = Promise.withResolvers<void>();
    const watcher = watchEvents({
      network,
      contracts: deployment.contracts,
      fromBlock: 0,
      onBlock: async ({ number, events }) => {
        for (const ledger of events) {
          const event = decodeEvent(ledger, deployment.contracts);
          if (event !== undefined && isLeaf(event)) found.push(encodeLeaf(ledger));
        }
        if (number >= head) reached.resolve();
      },
    });
    await reached.promise;
    await watcher.stop();
    return found;
  }
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function reasonOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
}

function account(name: string): Signer {
  const key = new SigningKey(toHex(keccak256(utf8(`test ${name}`))));
  return {
    address: computeAddress(key.publicKey).toLowerCase() as Hex,
    sign: async (digest) => key.sign(digest).serialized as Hex,
  };
}
