/** Clocks that are a day off and jump: row R21. The order of entries is the chain's, and time proves nothing in a receipt. */
import { globSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openNetwork } from '../../../scripts/network/network.ts';
import { halt, launch, whenReady } from '../../../scripts/network/processes.ts';
import { programsOf, root } from '../../../scripts/network/programs.ts';
import { send } from '../../helpers/gateway.ts';
import { makeWallet, siweProof } from '../../helpers/staff.ts';
import { type City, city, statusOf, underLoad, until } from './city.ts';

const [library] = globSync('/usr/lib/*/faketime/libfaketime.so.1');

describe('clocks that are wrong under load', () => {
  let all: City;

  before(async function () {
    if (library === undefined && process.env.CI !== 'true') {
      console.log('      SKIPPED: needs libfaketime (Debian: apt-get install libfaketime)');
      this.skip();
    }
    expect(library).to.be.a('string');
    all = await city();
  });

  /** Where a test writes by how much the clock is wrong; read again every second by who runs with these variables. */
  const wrongClock = (file: string) => ({
    LD_PRELOAD: library!,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  });

  it('orders by the chain while the gateway is a day ahead and then a day behind, refuses sign-ins of now, and says so', async () => {
    const { network, variables } = all;
    const file = join(network.folder, 'gateway-clock');
    const [gateway] = network.gateways;
    const [wrong] = (await openNetwork(network.folder, { ...variables, ...wrongClock(file) })).gateways;
    const alerts = async () => (await statusOf(network)).alerts.map(({ code }) => code);
    const signIn = async () => {
      const wallet = makeWallet();
      const { port } = new URL(gateway!.url);
      const proof = { domain: `localhost:${port}`, uri: `http://localhost:${port}` };
      const body = await siweProof(gateway!, wallet, proof);
      return (await send(`${gateway!.url}/v1/session/wallet`, { body })).body.details.reason;
    };
    await underLoad(all, async (clients) => {
      await gateway!.stop();
      await writeFile(file, '+1d');
      await wrong!.start();
      for (const clock of ['+1d', '-1d']) {
        await writeFile(file, clock);
        await until(async () => (await signIn()) === 'time');
        await clients.receipted(12);
        await until(async () => (await alerts()).includes('CLOCK_WRONG'));
      }
      await writeFile(file, '+0');
      await until(async () => (await signIn()) !== 'time');
      await clients.receipted(12);
      await until(async () => !(await alerts()).includes('CLOCK_WRONG'));
      await gateway!.stop();
      await gateway!.start();
    });
  });

  it('takes the cosignature of a witness that is a day ahead or behind, and says so', async () => {
    const { network } = all;
    const file = join(network.folder, 'witness-clock');
    const [witness] = network.witnesses;
    const paths = { kscn: '', node: process.execPath, code: root };
    const program = programsOf(network.layout, network.folder, paths).find(
      ({ name }) => name === witness!.name,
    )!;
    const ahead = async () => (await statusOf(network)).log.witnesses[0]!.clockAheadSec ?? 0;
    await underLoad(all, async (clients) => {
      await witness!.stop();
      await writeFile(file, '+1d');
      await launch({ folder: network.folder, program, variables: wrongClock(file) });
      await whenReady(network.folder, program);
      await until(async () => (await ahead()) > 80_000);
      await writeFile(file, '-1d');
      await until(async () => (await ahead()) < -80_000);
      await clients.receipted(12);
      await halt(network.folder, program, 'SIGTERM');
      await witness!.start();
      await until(async () => (await ahead()) === 0);
    });
  });
});
