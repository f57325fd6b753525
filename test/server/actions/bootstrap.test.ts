import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readConfig } from '../../../server/config.ts';
import { startGateway } from '../../../server/main.ts';
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

  it('shows another key as long as nobody may have seen one, and those of before open nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sillok-first-'));
    const config = readConfig({ SILLOK_DATA: folder, SILLOK_PORT: '0', SILLOK_LOG_LEVEL: 'silent' });
    const keys: string[] = [];
    for (let start = 0; start < 3; start++) {
      const running = await startGateway(config);
      keys.push(running.adminKey!);
      const asked = keys.map((key) => send(`${running.url}/v1/admin/api-keys`, { key }));
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      expect(statuses).to.deep.equal([...Array(start).fill(401), 200]);
      if (start === 2) await running.adminKeySeen();
      await running.stop();
    }
    const running = await startGateway(config);
    expect(running.adminKey).to.equal(undefined);
    await running.stop();
    await rm(folder, { recursive: true });
  });
});
