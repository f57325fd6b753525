/** A wallet of the reader's browser (EIP-1193). */

import { type Hex, toHex, utf8 } from '../../server/core/bytes.ts';
import type { TypedData } from '../../server/core/typed-data.ts';
import { t } from './lang.ts';

interface Provider {
  request(call: { method: string; params?: readonly unknown[] }): Promise<unknown>;
}

export function hasWallet(): boolean {
  return provider() !== undefined;
}

export async function connectWallet(): Promise<Hex> {
  const accounts = (await wallet().request({ method: 'eth_requestAccounts' })) as readonly Hex[];
  const [account] = accounts;
  if (account === undefined) throw new Error(t('wallet.none'));
  return checksummed(account);
}

/** ERC-55: capitals by the hash of the address, as sign-in messages (ERC-4361) demand. */
async function checksummed(address: Hex): Promise<Hex> {
  const { keccak256 } = await import('../../server/core/hash.ts');
  const digits = address.toLowerCase().slice(2);
  const hash = toHex(keccak256(utf8(digits))).slice(2);
  const cased = Array.from(digits, (digit, i) =>
    Number.parseInt(hash[i]!, 16) >= 8 ? digit.toUpperCase() : digit,
  );
  return `0x${cased.join('')}`;
}

export async function signText(address: Hex, text: string): Promise<Hex> {
  return (await wallet().request({ method: 'personal_sign', params: [toHex(utf8(text)), address] })) as Hex;
}

export async function signTyped(address: Hex, data: TypedData): Promise<Hex> {
  const domainTypes = [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
  ];
  const full = { ...data, types: { EIP712Domain: domainTypes, ...data.types } };
  return (await wallet().request({
    method: 'eth_signTypedData_v4',
    params: [address, JSON.stringify(full)],
  })) as Hex;
}

function provider(): Provider | undefined {
  return (globalThis as { ethereum?: Provider }).ethereum;
}

function wallet(): Provider {
  const found = provider();
  if (!found) throw new Error(t('wallet.none'));
  return found;
}
