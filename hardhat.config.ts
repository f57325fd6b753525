import { fileURLToPath } from 'node:url';
import ethers from '@nomicfoundation/hardhat-ethers';
import matchers from '@nomicfoundation/hardhat-ethers-chai-matchers';
import mocha from '@nomicfoundation/hardhat-mocha';
import helpers from '@nomicfoundation/hardhat-network-helpers';
import { defineConfig } from 'hardhat/config';

// The compiler comes from npm, so that building needs no download; Kaia's service chain speaks Cancun.
export default defineConfig({
  plugins: [mocha, ethers, matchers, helpers],
  paths: {
    sources: './contracts',
    tests: { mocha: './test/contracts', solidity: './test/contracts' },
  },
  solidity: {
    version: '0.8.37',
    path: fileURLToPath(import.meta.resolve('solc/soljson.js')),
    settings: { evmVersion: 'cancun', optimizer: { enabled: true, runs: 200 } },
    // Deployed beside ours, unchanged.
    npmFilesToBuild: [
      '@openzeppelin/contracts/access/manager/AccessManager.sol',
      '@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol',
      '@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol',
      '@semaphore-protocol/contracts/base/SemaphoreVerifier.sol',
    ],
  },
  networks: {
    default: { type: 'edr-simulated', chainType: 'l1', hardfork: 'cancun', chainId: 31337 },
  },
  test: {
    mocha: { timeout: 300_000 },
    solidity: {
      fuzz: { runs: 512, seed: '0x53696c6c6f6b' },
      invariant: { runs: 32, depth: 64, failOnRevert: true },
    },
  },
});
