/** What a ledger needs before anybody comes: the city as an organisation, with a key and its accreditations. */
import type { Context } from '../context.ts';
import { keyIdOf, organisationOf } from './organisations.ts';
import { readerOf } from './reading.ts';

export const CITY = 'city';

/** Does what is missing, so that an interrupted first start is finished and a new service's folder is taken up. */
export async function bootstrap(context: Context, cityName: string): Promise<void> {
  const { administer, vault, services } = context;
  const { acts } = context.chain;
  const city = () => organisationOf(CITY, readerOf('organisations', context));
  if ((await city()) === undefined) await administer(acts.register(CITY, 'city', cityName));
  const { address } = await vault.signer(`organisation.${CITY}`);
  if ((await city())?.keys[keyIdOf(address)] === undefined)
    await administer(acts.addKey(CITY, address, 0, 0));
  for (const { id } of services)
    if ((await city())?.accreditations[id] === undefined) await administer(acts.accredit(CITY, id, 0, 0));
}
