/** What most applications do: sign one record, send it, wait for its receipt, go on with the next. */
import { Contract, JsonRpcProvider, Wallet } from 'ethers';
import { interfaces } from '../../server/core/abi.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import { digestOf, entryStruct, typedDataOf } from '../../server/core/typed-data.ts';
import { benchSigner, type City, makeCity, ORGANISATION } from './city.ts';
import { record } from './entries.ts';
import { type Bench, type Measure, percentiles, type Row, timed } from './measure.ts';

const POLL_EVERY_MS = 100;

export const NAIVE = 'naive.ethers';

export const naive: Measure = {
  id: 'naive',
  what: 'the naive client: ethers, one signed record per transaction, send, wait, repeat',
  run: async (bench) => [await naiveRow(bench, await makeCity(bench), bench.counts.naive)],
};

export async function naiveRow(bench: Bench, city: City, count: number): Promise<Row> {
  const { network, contracts, author } = city;
  // Without its cache of 250 ms, which would hand out a used nonce.
  const provider = new JsonRpcProvider(network.url, undefined, { cacheTimeout: -1, staticNetwork: true });
  // Its own 4 s would hide blocks that come every second.
  provider.pollingInterval = POLL_EVERY_MS;
  bench.defer(() => provider.destroy());
  const wallet = new Wallet(benchSigner('naive').secret, provider);
  const records = new Contract(contracts.Records, interfaces.Records, wallet);
  const finalMs: number[] = [];
  let recorded = 0;
  const { seconds } = await timed(async () => {
    for (let i = 0; i < count; i++) {
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
  return {
    id: NAIVE,
    what: 'naive client: send, wait, repeat',
    count: recorded,
    value: recorded / seconds,
    unit: '/s',
    finalMs: percentiles(finalMs),
    naive: NAIVE,
  };
}
