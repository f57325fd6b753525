import { expect } from 'chai';
import { openNetwork } from '../../../server/chain/network.ts';
import { checkPool, profileOf } from '../../../server/chain/profile.ts';
import { AppError } from '../../../server/core/errors.ts';
import { startLyingNode } from '../../helpers/lying-node.ts';
import { type City, makeCity } from '../../helpers/outbox.ts';

describe('what is known of an engine', () => {
  let city: City;
  before(async () => {
    city = await makeCity();
  });
  after(() => city?.close());

  it('follows from how the node calls itself', async () => {
    const node = await startLyingNode(city.chain.url);
    const network = await openNetwork({ url: node.url });
    try {
      expect((await profileOf(network)).engine).to.equal('edr');
      for (const [name, engine, gasPerByte] of [
        ['Klaytn/v1.0.3/linux-amd64/go1.22.12', 'kaia', 100],
        ['Geth/v1.13.15-stable/linux-amd64/go1.21.6', 'geth', 16],
        ['besu/v24.1.0/linux-x86_64/openjdk-java-17', 'unknown', 16],
      ] as const) {
        node.lie = ({ method }) => (method === 'web3_clientVersion' ? { result: name } : 'pass');
        expect(await profileOf(network)).to.include({ engine, gasPerByte });
      }
      node.lie = ({ method }) =>
        method === 'web3_clientVersion' ? { error: { code: -32601, message: 'no such method' } } : 'pass';
      expect((await profileOf(network)).engine).to.equal('unknown');
    } finally {
      network.close();
      await node.close();
    }
  });

  it('keeps the lanes within the pool, as it is by default or as it is configured', () => {
    const profile = { engine: 'kaia', gasPerByte: 100, maxTxBytes: 131_072, perSender: 16, poolSlots: 4_096 };
    expect(checkPool(profile, { lanes: 4, inFlightPerLane: 16 })).to.equal(true);
    expect(checkPool(profile, { lanes: 64, inFlightPerLane: 16 })).to.equal(true);
    expect(checkPool(profile, { lanes: 65, inFlightPerLane: 16 })).to.equal(false);
    expect(() => checkPool(profile, { lanes: 1, inFlightPerLane: 17 })).to.throw(
      AppError,
      'LANE_EXCEEDS_POOL',
    );
    expect(checkPool(profile, { lanes: 1, inFlightPerLane: 17, perSender: 20_000 })).to.equal(true);
  });
});
