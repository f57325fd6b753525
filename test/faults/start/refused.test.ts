import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { type EmbeddedChain, startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import { VARIABLES } from '../../../server/config.ts';
import { cleanUp, digestOf, expectNobodyLeft, expectRefusal, newData, newFolder, run } from './harness.ts';

/** Chain id of embedded chains, see server/start/chain.ts. */
const EMBEDDED_CHAIN_ID = 1413;

describe('A gateway that cannot start says why in one line and ends', () => {
  const undo: (() => unknown)[] = [];

  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  after(cleanUp);

  it('when a variable is none of ours', async () => {
    const data = join(await newFolder(), 'data');
    await expectRefusal(
      run({ SILLOK_DATA: data, SILLOK_PROT: '8080' }),
      'CONFIG_UNKNOWN',
      'SILLOK_PROT',
      '--help',
    );
  });

  it('when a variable is malformed', async () => {
    const data = join(await newFolder(), 'data');
    const gateway = run({ SILLOK_DATA: data, SILLOK_LANES: 'many' });
    await expectRefusal(gateway, 'CONFIG_MALFORMED', 'SILLOK_LANES', 'a whole number from 1 to 64');
  });

  it('when the port is busy', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    undo.push(() => squatter.close());
    const port = String((squatter.address() as AddressInfo).port);
    const data = join(await newFolder(), 'data');
    await expectRefusal(run({ SILLOK_DATA: data, SILLOK_PORT: port }), 'PORT_BUSY', port, 'SILLOK_PORT');
  });

  it('when the address is not of this machine', async () => {
    const data = join(await newFolder(), 'data');
    // A documentation address (RFC 5737).
    const gateway = run({ SILLOK_DATA: data, SILLOK_HOST: '192.0.2.1' });
    await expectRefusal(gateway, 'HOST_UNKNOWN', '192.0.2.1', 'SILLOK_HOST');
  });

  it('when the data folder is a file, and leaves the file', async () => {
    const file = join(await newFolder(), 'data');
    await writeFile(file, 'letters');
    await expectRefusal(run({ SILLOK_DATA: file }), 'DATA_NOT_FOLDER', file, 'SILLOK_DATA');
    expect(execFileSync('cat', [file], { encoding: 'utf8' })).to.equal('letters');
  });

  it('when the data folder cannot be written', async function () {
    const data = await newData();
    if (!(await makeReadOnly(data))) this.skip();
    const before = await digestOf(data);
    await expectRefusal(run({ SILLOK_DATA: data }), 'DATA_READ_ONLY', data, 'SILLOK_DATA');
    expect(await digestOf(data)).to.equal(before);
  });

  it('when another gateway has the data, which goes on undisturbed', async () => {
    const data = await newData();
    const first = run({ SILLOK_DATA: data });
    const url = (await first.says(/is open at (\S+)/))[1]!;
    await expectRefusal(run({ SILLOK_DATA: data }), 'STORE_LOCKED', data);
    expect((await fetch(`${url}/readyz`)).status).to.equal(200);
    first.child.kill('SIGTERM');
    expect(await first.ended).to.include({ code: 0 });
  });

  it('when the passphrase file named is missing or empty', async () => {
    const data = await newData();
    const file = join(data, '..', 'passphrase');
    const variables = { SILLOK_DATA: data, SILLOK_PASSPHRASE_FILE: file };
    await expectRefusal(run(variables), 'PASSPHRASE_MISSING', file);
    await writeFile(file, '\n');
    await expectRefusal(run(variables), 'PASSPHRASE_EMPTY', file);
  });

  it('when the passphrase it made itself is lost, and does not make another', async () => {
    const data = await newData();
    await rm(join(data, 'keys/passphrase'));
    await expectRefusal(run({ SILLOK_DATA: data }), 'PASSPHRASE_MISSING', join(data, 'keys/passphrase'));
    await expectRefusal(run({ SILLOK_DATA: data }), 'PASSPHRASE_MISSING');
  });

  it('when the passphrase is another one', async () => {
    const data = await newData();
    await writeFile(join(data, 'keys/passphrase'), `${'0'.repeat(64)}\n`);
    await expectRefusal(run({ SILLOK_DATA: data }), 'VAULT_PASSPHRASE_WRONG', /passphrase/i);
  });

  it('when the node does not answer', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const data = join(await newFolder(), 'data');
    const gateway = run({ SILLOK_DATA: data, SILLOK_RPC_URL: `http://127.0.0.1:${port}/secret` });
    await expectRefusal(
      gateway,
      'CHAIN_UNREACHABLE',
      `127.0.0.1:${port}`,
      'SILLOK_RPC_URL',
      /^((?!secret).)*$/,
    );
  });

  it('when the node has another chain id than asked for', async () => {
    const { url } = await startChain(EMBEDDED_CHAIN_ID);
    const data = join(await newFolder(), 'data');
    const gateway = run({ SILLOK_DATA: data, SILLOK_RPC_URL: url, SILLOK_CHAIN_ID: '8217' });
    await expectRefusal(gateway, 'CHAIN_MISMATCH', 'chainId', '8217', '1413');
  });

  it('when the node serves another chain than the data belongs to', async () => {
    const data = await newData();
    // Same id and first block, but our contracts are not there.
    const { url } = await startChain(EMBEDDED_CHAIN_ID);
    await expectRefusal(run({ SILLOK_DATA: data, SILLOK_RPC_URL: url }), 'CHAIN_MISMATCH', 'another chain');
  });

  it('but not when it is only asked for its variables: it prints them all and touches nothing', async () => {
    const data = join(await newFolder(), 'data');
    const help = run({ SILLOK_DATA: data }, [process.execPath, 'server/main.ts', '--help']);
    const { code, lines, stdout } = await help.ended;
    expect({ code, lines }).to.deep.equal({ code: 0, lines: [] });
    for (const name of Object.keys(VARIABLES)) expect(stdout).to.contain(name);
    expect(execFileSync('ls', [join(data, '..')], { encoding: 'utf8' })).to.equal('');
    await expectNobodyLeft(help);
  });

  async function startChain(chainId: number): Promise<EmbeddedChain> {
    const chain = await startEmbeddedChain({ folder: await newFolder(), chainId });
    undo.push(() => chain.stop());
    await chain.ready;
    return chain;
  }

  /** The superuser may write what permissions forbid, so there it takes a mount; false where none is allowed. */
  async function makeReadOnly(folder: string): Promise<boolean> {
    if (process.getuid?.() !== 0) {
      await chmod(folder, 0o500);
      undo.push(() => chmod(folder, 0o700));
      return true;
    }
    try {
      execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' });
      undo.push(() => execFileSync('umount', [folder]));
      execFileSync('mount', ['-o', 'remount,ro,bind', folder], { stdio: 'ignore' });
      return true;
    } catch {
      console.log('      skipped: no right to mount');
      return false;
    }
  }
});
