/** A fresh embedded chain with the contracts and one organisation, for measures that need no gateway. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { computeAddress, SigningKey } from 'ethers';
import { administration } from '../../server/chain/contracts.ts';
import { deployContracts } from '../../server/chain/deploy.ts';
import { startEmbeddedChain } from '../../server/chain/embedded/start.ts';
import { type Network, openNetwork } from '../../server/chain/network.ts';
import { transact } from '../../server/chain/transact.ts';
import type { ContractAddresses } from '../../server/core/abi.ts';
import { fromHex, type Hex, toHex, utf8 } from '../../server/core/bytes.ts';
import { keccak256 } from '../../server/core/hash.ts';
import type { Signer } from '../../server/core/signer.ts';
import type { Bench } from './measure.ts';

const ARTIFACTS = fileURLToPath(new URL('../../artifacts', import.meta.url));
const CHAIN_ID = 1413;

export const ORGANISATION = 'bench';
/** Services that it is accredited for. */
export const SCOPES: readonly string[] = ['vehicles', 'credentials', 'voting'];

export interface City {
  readonly network: Network;
  readonly contracts: ContractAddresses;
  readonly author: BenchSigner;
  /** Upper bounds on this chain, for transactions signed beforehand. */
  readonly gas: { readonly transaction: number; readonly record: number; readonly cast: number };
}

/** As the outbox reckons them: a transaction above the cap of the embedded chain would not be taken. */
export const EMBEDDED_GAS = { transaction: 200_000, record: 45_000, cast: 320_000 };

export interface BenchSigner extends Signer {
  readonly secret: Hex;
  /** Its ERC-7913 key id. */
  readonly key: Hex;
}

/** Anybody can compute these keys: for a chain that is thrown away. */
export function benchSigner(name: string): BenchSigner {
  const secret = hashOf(`sillok bench ${name}`);
  const signing = new SigningKey(secret);
  const address = computeAddress(signing).toLowerCase() as Hex;
  return {
    secret,
    address,
    key: toHex(keccak256(fromHex(address))),
    sign: async (digest) => signing.sign(digest).serialized as Hex,
  };
}

export function hashOf(text: string): Hex {
  return toHex(keccak256(utf8(text)));
}

export async function makeCity(bench: Bench): Promise<City> {
  const folder = await bench.folder('chain');
  const network = await startChain(bench, join(folder, 'chain'));
  const administrator = benchSigner('administrator');
  const author = benchSigner('author');
  const { contracts } = await deployContracts({
    network,
    deployer: benchSigner('deployer'),
    administrator: administrator.address,
    artifacts: ARTIFACTS,
  });
  const acts = administration(contracts);
  for (const act of [
    acts.register(ORGANISATION, 'company', 'Bench'),
    acts.addKey(ORGANISATION, author.address, 0, 0),
    ...SCOPES.map((scope) => acts.accredit(ORGANISATION, scope, 0, 0)),
  ])
    await transact(network, administrator, act);
  return { network, contracts, author, gas: EMBEDDED_GAS };
}

/** @param folder of a chain, new or left by another process */
export async function startChain(bench: Bench, folder: string): Promise<Network> {
  const chain = await startEmbeddedChain({ folder, chainId: CHAIN_ID });
  bench.defer(chain.stop);
  await chain.ready;
  const network = await openNetwork({ url: chain.url, timeoutMs: 60_000 });
  bench.defer(network.close);
  return network;
}
