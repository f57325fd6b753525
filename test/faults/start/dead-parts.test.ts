import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { freePorts } from '../../../scripts/network/ports.ts';
import { startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import { ask, sender, sign } from '../embedded/harness.ts';
import { childRunning, cleanUp, expectNobodyLeft, newData, newFolder, type Process, run } from './harness.ts';

const EMBEDDED_CHAIN_ID = 1413;
const CHAIN = 'chain/embedded/main.ts';
const WITNESS = 'witness/main.ts';

describe('A gateway ends with all its parts', () => {
  const isLinux = existsSync('/proc/self/stat');
  after(cleanUp);

  async function open(): Promise<Process & { readonly url: string }> {
    const gateway = run({ SILLOK_DATA: await newData() });
    return { ...gateway, url: (await gateway.says(/is open at (\S+)/))[1]! };
  }

  for (const [part, script, line] of [
    ['chain', CHAIN, /^sillok: The embedded chain has stopped\..* \[CHAIN_STOPPED\]$/],
    ['witness', WITNESS, /^sillok: The witness has stopped\..* \[WITNESS_STOPPED\]$/],
  ] as const)
    it(`says that its ${part} has died, and stops`, async function () {
      if (!isLinux) this.skip();
      const gateway = await open();
      process.kill(childRunning(gateway, script), 'SIGKILL');
      const { code, lines } = await gateway.ended;
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(line);
      expect(code).to.equal(1);
      await expectNobodyLeft(gateway);
    });

  it('leaves nobody behind when it is killed itself', async () => {
    const gateway = await open();
    gateway.child.kill('SIGKILL');
    await expectNobodyLeft(gateway);
  });

  it('stops once and without a word when Ctrl-C reaches every process, twice', async () => {
    const gateway = await open();
    process.kill(-gateway.child.pid!, 'SIGINT');
    process.kill(-gateway.child.pid!, 'SIGINT');
    const { code, lines } = await gateway.ended;
    expect({ code, lines }).to.deep.equal({ code: 0, lines: [] });
    await expectNobodyLeft(gateway);
  });

  it('stops without a word when its terminal closes', async () => {
    const gateway = await open();
    process.kill(-gateway.child.pid!, 'SIGHUP');
    const { code, lines } = await gateway.ended;
    expect({ code, lines }).to.deep.equal({ code: 0, lines: [] });
    await expectNobodyLeft(gateway);
  });

  it('answers the request under way before it stops, and takes no other', async () => {
    const gateway = await open();
    const body = JSON.stringify({});
    const outgoing = request(`${gateway.url}/v1/vehicles/look-up`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    });
    const answered = new Promise<number | undefined>((resolve, reject) => {
      outgoing.on('response', (response) => resolve(response.statusCode)).on('error', reject);
    });
    outgoing.write(body.slice(0, 1));
    await new Promise<void>((resolve) =>
      outgoing.once('socket', (socket) => {
        if (socket.connecting) socket.once('connect', resolve);
        else resolve();
      }),
    );
    // The server has the first half when it has answered a later request.
    await fetch(`${gateway.url}/livez`);
    gateway.child.kill('SIGTERM');
    while (
      await fetch(`${gateway.url}/livez`, { headers: { connection: 'close' } }).then(
        (r) => r.ok,
        () => false,
      )
    );
    outgoing.end(body.slice(1));
    expect(await answered).to.be.oneOf([200, 400, 404, 422]);
    expect(await gateway.ended).to.include({ code: 0 });
    await expectNobodyLeft(gateway);
  });

  it('says how far it has come while it replays a long chain, is alive meanwhile and ready afterwards', async () => {
    const folder = await newFolder();
    await makeBlocks(join(folder, 'chain'), 400);
    const said = new Set<string>();
    // It may be through between two looks: then it starts once more upon the same blocks.
    for (let start = 1; !/replaying \d+ of 400\b/.test([...said].join('\n')); start++) {
      const data = join(folder, `data-${start}`);
      await cp(join(folder, 'chain'), join(data, 'chain'), { recursive: true });
      const [free] = await freePorts(1);
      const port = String(free);
      const gateway = run({ SILLOK_DATA: data, SILLOK_PORT: port });
      let hasEnded = false;
      void gateway.ended.then(() => {
        hasEnded = true;
      });
      const url = `http://127.0.0.1:${port}`;
      const look = async (path: string) => {
        const response = await fetch(url + path).catch(() => undefined);
        return response && { status: response.status, body: await response.text() };
      };
      for (;;) {
        const ready = await look('/readyz');
        expect(hasEnded).to.equal(false);
        if (ready === undefined) continue;
        said.add(ready.body);
        expect((await look('/livez'))?.status).to.equal(200);
        if (ready.status === 200) break;
        expect(ready.status).to.equal(503);
      }
      gateway.child.kill('SIGTERM');
      expect(await gateway.ended).to.include({ code: 0 });
    }
  });
});

async function makeBlocks(folder: string, count: number): Promise<void> {
  const chain = await startEmbeddedChain({ folder, chainId: EMBEDDED_CHAIN_ID });
  await chain.ready;
  const wallet = sender('long chain');
  for (let nonce = 0; nonce < count; nonce++) {
    const raw = await sign(wallet, nonce, { chainId: EMBEDDED_CHAIN_ID });
    const hash = await ask(chain.url, 'eth_sendRawTransaction', raw);
    while ((await ask(chain.url, 'eth_getTransactionReceipt', hash)) === null);
  }
  await chain.stop();
}
