/** What most applications do: sign one record, send it, wait for its receipt, go on with the next. */
import { Contract, JsonRpcProvider, Wallet } from 'ethers';
import { interfaces } from '../../server/core/abi.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import { digestOf, entryStruct, typedDataOf } from '../../server/core/typed-data.ts';
import { benchSigner, makeCity, ORGANISATION } from './city.ts';
import { record } from './entries.ts';
import { type Measure, percentiles, timed } from './measure.ts';

export const NAIVE = 'naive.ethers';

export const naive: Measure = {
  id: 'naive',
  what: 'the naive client: ethers, one signed record per transaction, send, wait, repeat',
  async run(bench) {
    const { network, contracts, author } = await makeCity(bench);
    // Without its cache of 250 ms, which would hand out a used nonce.
    const provider = new JsonRpcProvider(network.url, undefined, { cacheTimeout: -1, staticNetwork: true });
    bench.defer(() => provider.destroy());
    const wallet = new Wallet(benchSigner('naive').secret, provider);
    const records = new Contract(contracts.Records, interfaces.Records, wallet);
    const finalMs: number[] = [];
    let recorded = 0;
    const { seconds } = await timed(async () => {
      for (let i = 0; i < bench.counts.naive; i++) {
        const startMs = performance.now();
        const entry = record(`naive ${i}`);
        const item = { to: 'bundle', organisation: ORGANISATION, entries: [entry] } as const;
        const signature = await author.sign(digestOf(typedDataOf(item, network.chainId, contracts)));
        const bundle = {
          organisation: nameToBytes32(ORGANISATION),
          key: author.key,
          entries: [entryStruct(entry)],
          signature,
        };
        const sent = await records.getFunction('submit').send([bundle]);
        const receipt = await sent.wait();
        const event = receipt?.logs[0] && interfaces.Records.parseLog(receipt.logs[0]);
        if (event?.name === 'EntryRecorded') recorded++;
        finalMs.push(performance.now() - startMs);
      }
    });
    return [
      {
        id: NAIVE,
        what: 'naive client: send, wait, repeat',
        count: recorded,
        value: recorded / seconds,
        unit: '/s',
        finalMs: percentiles(finalMs),
        naive: NAIVE,
      },
    ];
  },
};
