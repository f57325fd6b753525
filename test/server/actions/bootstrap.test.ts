import { expect } from 'chai';
import { send, startOwn, stopOwn } from '../../helpers/gateway.ts';

describe('the first start', () => {
  it('accredits the city for every service once: what is withdrawn stays withdrawn over a restart', async () => {
    const first = await startOwn();
    const { adminKey: key } = first;
    const scopes = async (url: string) => {
      const { body } = await send<{ organisations: { accreditations: object }[] }>(`${url}/v1/organisations`);
      return Object.keys(body.organisations[0]!.accreditations);
    };
    const all = first.context.services.map(({ id }) => id);
    expect(await scopes(first.url)).members(all);
    const path = `${first.url}/v1/admin/organisations/city/accreditations/voting`;
    expect((await send(path, { key, method: 'DELETE' })).status).equal(200);
    await first.stop();

    const second = await startOwn({}, first.folder);
    expect(await scopes(second.url)).members(all.filter((id) => id !== 'voting'));
    expect(second.adminKey).equal(undefined);
    await stopOwn(second);
  });
});
