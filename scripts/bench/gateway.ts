/** A real gateway in a process of its own with an empty data folder, and an organisation with an API key. */
import { type Client, createClient } from '../../web/lib/client/client.ts';
import { type StartedGateway, startGatewayProcess } from '../lib/gateway.ts';
import { ORGANISATION, SCOPES } from './city.ts';
import { type Load, openLoad } from './load.ts';
import type { Bench } from './measure.ts';

export interface BenchGateway {
  readonly url: string;
  readonly data: string;
  readonly key: string;
  readonly load: Load;
  /** The same data folder, after whatever happened to the process. */
  restart(): Promise<StartedGateway>;
  process(): StartedGateway;
}

/** Limits are for strangers; the bench is none. */
export const VARIABLES = { SILLOK_ANONYMOUS_PER_MINUTE: '10000000' };

/** The bench's organisation with an API key. */
export async function join(admin: Client): Promise<string> {
  await admin.request('POST', '/v1/admin/organisations', {
    organisation: ORGANISATION,
    name: 'Bench',
    kind: 'company',
    accreditations: SCOPES,
  });
  const { key } = await admin.request<{ key: string }>('POST', '/v1/admin/api-keys', {
    organisation: ORGANISATION,
    label: 'bench',
    scopes: ['*'],
    perMinute: 10_000_000,
  });
  return key;
}

export async function benchGateway(bench: Bench): Promise<BenchGateway> {
  const data = await bench.folder('gateway');
  let running = await startGatewayProcess({ data, variables: VARIABLES });
  bench.defer(() => running.stop());
  const { adminKey } = running;
  if (adminKey === undefined) throw new Error('the gateway did not print its administrator’s key');
  const key = await join(createClient({ url: running.url, apiKey: adminKey }));
  const load = openLoad(running.url, key);
  bench.defer(load.close);
  const port = Number(new URL(running.url).port);
  return {
    url: running.url,
    data,
    key,
    load,
    process: () => running,
    async restart() {
      running = await startGatewayProcess({ data, port, variables: VARIABLES });
      return running;
    },
  };
}
