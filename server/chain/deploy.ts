/** Brings the contracts onto a chain, once, and knows them again. */
import { Interface } from 'ethers';
import type { ContractAddresses } from '../core/abi.ts';
import { fromHex, type Hex, toHex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { keccak256 } from '../core/hash.ts';
import type { Signer } from '../core/signer.ts';
import { creationCode } from './artifacts.ts';
import type { Fees } from './fees.ts';
import { blockTag, type Network } from './network.ts';
import { type Act, transact } from './transact.ts';
import { createdAddress } from './transaction.ts';

/** JSON; the gateway keeps it in its data folder. Addresses lower case. */
export interface Deployment {
  readonly chainId: number;
  readonly genesisHash: Hex;
  /** Block of the first contract: no event is older. */
  readonly fromBlock: number;
  readonly contracts: ContractAddresses;
  /** OpenZeppelin AccessManager. */
  readonly authority: Hex;
  /** ERC-7913 verifiers of P-256 and WebAuthn keys. */
  readonly verifiers: { readonly p256: Hex; readonly webauthn: Hex };
  /** keccak256 of the code by address. */
  readonly codeHashes: Readonly<Record<string, Hex>>;
}

export interface DeployContracts {
  readonly network: Network;
  /** Does the work and holds no role afterwards. A key used for nothing else: its nonces name the addresses. */
  readonly deployer: Signer;
  /** Gets the AccessManager's admin role. */
  readonly administrator: Hex;
  /** Folder of Hardhat's artifacts. */
  readonly artifacts: string;
  /** Free when absent. */
  readonly fees?: Fees;
}

const MANAGER = new Interface([
  'function grantRole(uint64 roleId, address account, uint32 executionDelay)',
  'function renounceRole(uint64 roleId, address callerConfirmation)',
  'function hasRole(uint64 roleId, address account) view returns (bool isMember, uint32 executionDelay)',
]);
const VERIFIERS = new Interface(['function allowVerifier(address verifier, bool allowed)']);
const ADMIN_ROLE = 0;
/** Four contracts of ours, the authority, two verifiers. */
const DEPLOYED = 7;
const OPENZEPPELIN = '@openzeppelin/contracts/utils/cryptography/verifiers';

/**
 * Every step is one transaction of the deployer, and the number of the step is its nonce: the chain itself says how far an
 * interrupted deployment came, and calling again continues there.
 * @throws AppError DEPLOYMENT_FAILED | CONTRACT_REFUSED | CHAIN_*
 */
export async function deployContracts(options: DeployContracts): Promise<Deployment> {
  const { network, deployer, fees } = options;
  const plan = planOf(options);
  const count = await network.send<Hex>('eth_getTransactionCount', [deployer.address, 'latest']);
  for (const [nonce, act] of plan.acts.entries())
    if (nonce >= Number(count)) await transact(network, deployer, act(), { nonce, ...(fees && { fees }) });
  const { acts, created, ...addresses } = plan;
  const codeHashes = await network.agreed(async (node) => {
    await mustHaveReached(node, deployer.address, acts.length);
    await mustBeAdministered(node, plan.authority, deployer.address, options.administrator);
    return hashCodes(node, created);
  }, 0);
  network.pin(codeHashes);
  const fromBlock = await firstBlockOf(network, plan.authority);
  return { chainId: network.chainId, genesisHash: network.genesisHash, fromBlock, ...addresses, codeHashes };
}

/** Chain, genesis and code are what they were at deployment; pins the code for later breaks. @throws AppError CHAIN_MISMATCH | CHAIN_* */
export async function checkDeployment(network: Network, deployment: Deployment): Promise<void> {
  for (const what of ['chainId', 'genesisHash'] as const)
    if (network[what] !== deployment[what])
      throw new AppError('CHAIN_MISMATCH', { what, is: network[what], expected: deployment[what] });
  const addresses = Object.keys(deployment.codeHashes);
  const codeHashes = await network.agreed((node) => hashCodes(node, addresses, 'CHAIN_MISMATCH'), 0);
  for (const [address, expected] of Object.entries(deployment.codeHashes))
    if (codeHashes[address] !== expected)
      throw new AppError('CHAIN_MISMATCH', { what: address, is: codeHashes[address], expected });
  network.pin(deployment.codeHashes);
}

/** Whether a file can be what {@link deployContracts} answered: every address it names is one whose code is known. */
export function isDeployment(value: unknown): value is Deployment {
  const { chainId, fromBlock, contracts, authority, verifiers, codeHashes } = (value ??
    {}) as Partial<Deployment>;
  const addresses = [...Object.values(contracts ?? {}), authority, ...Object.values(verifiers ?? {})];
  return (
    typeof chainId === 'number' &&
    typeof fromBlock === 'number' &&
    typeof codeHashes === 'object' &&
    addresses.length === DEPLOYED &&
    addresses.every((address) => address !== undefined && address in codeHashes)
  );
}

type Addresses = Pick<Deployment, 'contracts' | 'authority' | 'verifiers'>;
type PlannedBy = Omit<DeployContracts, 'network' | 'deployer'> & {
  readonly deployer: Pick<Signer, 'address'>;
};

/** Where {@link deployContracts} of this deployer will put everything: known before there is a chain. */
export function plannedContracts(deployer: Hex): ContractAddresses {
  return planOf({ deployer: { address: deployer }, administrator: deployer, artifacts: '' }).contracts;
}

function planOf({
  deployer,
  administrator,
  artifacts,
}: PlannedBy): Addresses & { acts: (() => Act)[]; created: Hex[] } {
  const acts: (() => Act)[] = [];
  const created: Hex[] = [];
  const create = (source: string, name: string, ...addresses: Hex[]): Hex => {
    acts.push(() => ({ data: creationCode(artifacts, source, name, addresses) }));
    const address = createdAddress(deployer.address, acts.length - 1);
    created.push(address);
    return address;
  };
  const ask = (to: Hex, coder: Interface, name: string, ...values: unknown[]) =>
    acts.push(() => ({ to, data: coder.encodeFunctionData(name, values) as Hex }));

  const authority = create(
    '@openzeppelin/contracts/access/manager/AccessManager.sol',
    'AccessManager',
    deployer.address,
  );
  const p256 = create(`${OPENZEPPELIN}/ERC7913P256Verifier.sol`, 'ERC7913P256Verifier');
  const webauthn = create(`${OPENZEPPELIN}/ERC7913WebAuthnVerifier.sol`, 'ERC7913WebAuthnVerifier');
  const semaphore = create('@semaphore-protocol/contracts/base/SemaphoreVerifier.sol', 'SemaphoreVerifier');
  const Organisations = create('contracts/Organisations.sol', 'Organisations', authority);
  const Records = create('contracts/Records.sol', 'Records', Organisations);
  const Attestations = create('contracts/Attestations.sol', 'Attestations', Organisations);
  const Ballots = create('contracts/Ballots.sol', 'Ballots', Organisations, semaphore);
  ask(Organisations, VERIFIERS, 'allowVerifier', p256, true);
  ask(Organisations, VERIFIERS, 'allowVerifier', webauthn, true);
  // What is restricted in Organisations belongs to the admin role unless somebody maps it to another one.
  ask(authority, MANAGER, 'grantRole', ADMIN_ROLE, administrator, 0);
  ask(authority, MANAGER, 'renounceRole', ADMIN_ROLE, deployer.address);
  return {
    acts,
    created,
    authority,
    verifiers: { p256, webauthn },
    contracts: { Organisations, Records, Attestations, Ballots },
  };
}

/** By halving; 0, which only costs time, when the node has thrown away the states between. */
async function firstBlockOf(network: Network, address: Hex): Promise<number> {
  let [without, having] = [0, Number(await network.send<Hex>('eth_blockNumber', []))];
  try {
    while (having - without > 1) {
      const middle = (without + having) >> 1;
      const code = await network.send<Hex>('eth_getCode', [address, blockTag(middle)]);
      if (code === '0x') without = middle;
      else having = middle;
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'CHAIN_ERROR') return 0;
    throw error;
  }
  return having;
}

/** A node that is a block behind shows a deployment that is not finished. */
async function mustHaveReached(node: Network, deployer: Hex, acts: number): Promise<void> {
  const count = await node.send<Hex>('eth_getTransactionCount', [deployer, 'latest']);
  if (Number(count) < acts) throw new AppError('CHAIN_LAGS', { account: deployer, nonce: Number(count) });
}

/** A deployment by another key, or to another administrator, would look finished by its nonces alone. */
async function mustBeAdministered(
  network: Network,
  authority: Hex,
  deployer: Hex,
  administrator: Hex,
): Promise<void> {
  for (const [account, expected] of [
    [administrator, true],
    [deployer, false],
  ] as const) {
    const answer = await network.call(
      authority,
      MANAGER.encodeFunctionData('hasRole', [ADMIN_ROLE, account]) as Hex,
    );
    if (answer === '0x' || MANAGER.decodeFunctionResult('hasRole', answer)[0] !== expected)
      throw new AppError('DEPLOYMENT_FAILED', { account, expected: expected ? 'administrator' : 'no role' });
  }
}

async function hashCodes(
  network: Network,
  addresses: readonly string[],
  codeOfFailure = 'DEPLOYMENT_FAILED',
): Promise<Record<string, Hex>> {
  const codes = await network.sendAll<Hex>(
    addresses.map((address) => ({ method: 'eth_getCode', params: [address, 'latest'] })),
  );
  return Object.fromEntries(
    addresses.map((address, i) => {
      if (codes[i] === '0x')
        throw new AppError(codeOfFailure, { what: address, is: 'without code', expected: 'a contract' });
      return [address, toHex(keccak256(fromHex(codes[i]!)))];
    }),
  );
}
