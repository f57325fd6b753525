import { expect } from 'chai';
import { VARIABLES } from '../../../server/config.ts';
import { cleanUp, expectNobodyLeft, expectRefusal, newData, run } from './harness.ts';

describe('npm start', () => {
  after(cleanUp);

  it('prints every variable when asked for help', async () => {
    const help = run({}, ['npm', 'start', '--silent', '--', '--help']);
    const { code, stdout } = await help.ended;
    expect(code).to.equal(0);
    for (const name of Object.keys(VARIABLES)) expect(stdout).to.contain(name);
    await expectNobodyLeft(help);
  });

  it('hands a signal through to the gateway, waits for its end and has its exit code', async () => {
    const gateway = run({ SILLOK_DATA: await newData() }, ['npm', 'start', '--silent']);
    await gateway.says(/is open at/);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).to.include({ code: 0 });
    await expectNobodyLeft(gateway);
  });

  it('fails with the gateway’s own line', async () => {
    const gateway = run({ SILLOK_PROT: '8080' }, ['npm', 'start', '--silent']);
    await expectRefusal(gateway, 'CONFIG_UNKNOWN', 'SILLOK_PROT');
  });

  it('leaves no gateway behind when npm itself is killed', async () => {
    const gateway = run({ SILLOK_DATA: await newData() }, ['npm', 'start', '--silent']);
    await gateway.says(/is open at/);
    gateway.child.kill('SIGKILL');
    await expectNobodyLeft(gateway);
  });
});
