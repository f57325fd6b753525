/** Thieves of pictures: strangers, the disk, and whoever would fill it. */
import { expect } from 'chai';
import { fromBase64, toHex } from '../../../server/core/bytes.ts';
import { sha256 } from '../../../server/core/hash.ts';
import { EXAMPLES } from '../../../server/services/vehicles/examples.ts';
import { type Actor, administer, makeActor, record, someVin } from '../../helpers/actors.ts';
import { gateway, send, type TestGateway } from '../../helpers/gateway.ts';
import { filesHolding } from '../../helpers/traces.ts';

const image = EXAMPLES.photograph;
const base64 = image.slice(image.indexOf(',') + 1);
const digest = toHex(sha256(fromBase64(base64))).slice(2);
const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format();

describe('photographs of an inspection', () => {
  let running: TestGateway;
  let station: Actor;
  let strangers: Actor;
  let path: string;

  const add = (key: string | undefined, body: unknown) =>
    send(`${running.url}/v1/vehicles/add-photograph`, { key, body });
  const see = (key: string | undefined) => send<{ image: string; originalId: string }>(path, { key });

  before(async () => {
    running = await gateway();
    station = await makeActor(running, ['vehicles.inspection.1']);
    strangers = await makeActor(running, ['vehicles.purchase.1']);
    expect((await add(station.key, { image })).body).include({ state: 'done', digest });
    const form = { ...EXAMPLES.inspection, vin: someVin(), inspectedOn: today, photographs: [digest] };
    const entryId = await record(running, 'vehicles/register-inspection', form, station.key);
    path = `${running.url}/v1/vehicles/records/${entryId}/photographs/${digest}`;
  });

  it('are seen by their author, and neither by strangers nor without a key', async () => {
    expect((await see(station.key)).body.image).equal(image);
    expect((await see(strangers.key)).status).equal(404);
    expect((await see(undefined)).status).equal(401);
    expect((await see(station.key)).headers.get('cache-control')).equal('no-store');
  });

  it('are taken from inspectors only, as small as any other request', async () => {
    expect((await add(strangers.key, { image })).body.code).equal('NOT_ACCREDITED');
    expect((await add(undefined, { image })).status).equal(401);
    const large = await add(station.key, { image: `data:image/jpeg;base64,${'A'.repeat(1_000_001)}` });
    expect(large.body.code).equal('BODY_TOO_LARGE');
    const other = await add(station.key, { image: image.replace('jpeg', 'svg+xml') });
    expect(other.body.code).equal('INPUT_INVALID');
    expect(JSON.stringify(other.body)).not.contain(base64.slice(0, 60));
  });

  it('stand nowhere on the disk in clear, and are gone once erased', async () => {
    const plain = [base64.slice(0, 60), Buffer.from(fromBase64(base64)).subarray(20, 90).toString('latin1')];
    expect(await filesHolding(running.folder, plain)).deep.equal([]);
    const { body } = await see(station.key);
    await administer(running, `entries/${body.originalId}/erase`);
    expect((await see(station.key)).body).include({ image: null });
  });
});
