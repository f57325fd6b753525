import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import hre from 'hardhat';
import { REFUSAL } from '../helpers/ledger.ts';

const CONTRACTS = new URL('../../contracts/', import.meta.url);
/** EIP-170: what a chain still deploys. */
const MAX_CODE_BYTES = 24_576;

interface Compiled {
  output: { errors?: { message: string; sourceLocation?: { file: string } }[] };
}

/** What the compiler said about our own sources, from the build that made the artifacts in use. */
async function complaints(name: string): Promise<string[]> {
  const buildInfo = await hre.artifacts.getBuildInfoOutputPath((await hre.artifacts.getBuildInfoId(name))!);
  const { output } = JSON.parse(readFileSync(buildInfo!, 'utf8')) as Compiled;
  return (output.errors ?? [])
    .filter(({ sourceLocation }) => sourceLocation?.file.startsWith('project/contracts/'))
    .map(({ message, sourceLocation }) => `${sourceLocation!.file}: ${message}`);
}

describe('The contracts', () => {
  const names = readdirSync(CONTRACTS).flatMap((file) => (file.endsWith('.sol') ? file.slice(0, -4) : []));

  for (const name of names) {
    it(`compile without a warning and fit a block chain: ${name}`, async () => {
      expect(await complaints(name)).to.deep.equal([]);
      const { deployedBytecode } = await hre.artifacts.readArtifact(name);
      expect((deployedBytecode.length - 2) / 2).to.be.at.most(MAX_CODE_BYTES);
    });
  }

  it('keep the numbers of refusals: new ones come after the last', () => {
    const source = readFileSync(new URL('types/Refusal.sol', CONTRACTS), 'utf8');
    const listed = source.slice(source.indexOf('{') + 1, source.indexOf('}')).match(/\w+/g);
    expect(listed?.slice(0, Object.keys(REFUSAL).length)).to.deep.equal(Object.keys(REFUSAL));
  });
});
