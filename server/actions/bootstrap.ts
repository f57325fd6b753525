/** What a ledger needs before anybody comes: the city as an organisation, with a key and its accreditations. */
import type { Context } from '../context.ts';
import { keyIdOf, organisationOf } from './organisations.ts';
import { readerOf } from './reading.ts';

export const CITY = 'city';

/** Services that the city was accredited for once: what an administrator withdrew later stays withdrawn. */
const ACCREDITED = 'bootstrap';

/** Does what is missing, so that an interrupted first start is finished and a new service's folder is taken up. */
export async function bootstrap(context: Context, cityName: string): Promise<void> {
  const { administer, vault, services, store } = context;
  const { acts } = context.chain;
  const city = () => organisationOf(CITY, readerOf('organisations', context));
  if ((await city()) === undefined) await administer(acts.register(CITY, 'city', cityName));
  const { address } = await vault.signer(`organisation.${CITY}`);
  if ((await city())?.keys[keyIdOf(address)] === undefined)
    await administer(acts.addKey(CITY, address, 0, 0));
  const done = new Set(await store.get<string[]>(ACCREDITED));
  for (const { id } of services) {
    if (done.has(id)) continue;
    if ((await city())?.accreditations[id] === undefined) await administer(acts.accredit(CITY, id, 0, 0));
    await store.commit([{ type: 'put', key: ACCREDITED, value: [...done.add(id)] }]);
  }
}
