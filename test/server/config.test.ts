import { expect } from 'chai';
import { describeVariables, readConfig, VARIABLES } from '../../server/config.ts';
import type { AppError } from '../../server/core/errors.ts';
import { startupLine } from '../../server/http/startup-lines.ts';

function refusal(environment: Record<string, string>): AppError {
  try {
    readConfig(environment);
  } catch (error) {
    return error as AppError;
  }
  throw new Error('taken');
}

describe('configuration', () => {
  it('needs no variable at all', () => {
    const config = readConfig({ PATH: '/bin', HOME: '/root' });
    expect(config).include({ port: 8080, host: '127.0.0.1', lanes: 4 });
    expect(config.rpcUrls).to.deep.equal([]);
    expect(Object.isFrozen(config)).equal(true);
  });

  it('refuses a variable that it does not know, naming it', () => {
    const error = refusal({ SILLOK_PROT: '80' });
    expect(error.code).equal('CONFIG_UNKNOWN');
    expect(startupLine(error)).contains('SILLOK_PROT');
  });

  const malformed: readonly (readonly [string, string])[] = [
    ['SILLOK_PORT', '80a'],
    ['SILLOK_ROLE', 'watcher'],
    ['SILLOK_LOG_URL', 'ftp://ledger.example/log'],
    ['SILLOK_TRUST_FINGERPRINT', '12 34'],
    ['SILLOK_PORT', '65536'],
    ['SILLOK_PORT', '-1'],
    ['SILLOK_HOST', ' '],
    ['SILLOK_PUBLIC_URL', 'ledger.example'],
    ['SILLOK_PUBLIC_URL', 'https://ledger.example/path'],
    ['SILLOK_PUBLIC_URL', 'javascript:alert(1)'],
    ['SILLOK_RPC_URL', 'ws://node'],
    ['SILLOK_LANES', '0'],
    ['SILLOK_LOG_ORIGIN', 'a b'],
    ['SILLOK_LOG_LEVEL', 'loud'],
    ['SILLOK_WITNESSES', 'https://w.example'],
    ['SILLOK_WITNESSES', ': a+a2d7de6a+BKg1@https://w.example'],
    ['SILLOK_OPERATOR_NAME', 'a\nb'],
  ];
  for (const [name, value] of malformed)
    it(`refuses ${name}=${JSON.stringify(value)} in one line that says what is expected`, () => {
      const line = startupLine(refusal({ [name]: value }));
      expect(line).contains(name).and.contains('must be');
      expect(line).not.contains('\n');
    });

  it('reads witnesses with their addresses', () => {
    const vkey = 'ledger.example/witness+a2d7de6a+BKg1dghvqhfJEAaiFc5+Z/uGhiLKFVf4khlDyclYzF7i';
    const { witnesses } = readConfig({ SILLOK_WITNESSES: `${vkey}@https://w.example/` });
    expect(witnesses).deep.equal([{ vkey, url: 'https://w.example' }]);
    const named = readConfig({ SILLOK_WITNESSES: `종로구: ${vkey}@https://w.example, ${vkey}@http://b:1` });
    expect(named.witnesses).deep.equal([
      { vkey, url: 'https://w.example', operator: '종로구' },
      { vkey, url: 'http://b:1' },
    ]);
  });

  it('asks for what a gateway that does not sign the log needs', () => {
    const log = { SILLOK_LOG_URL: 'https://ledger.example/log/' };
    expect(refusal({ SILLOK_ROLE: 'reader' }).details.name).equal('SILLOK_LOG_URL');
    expect(refusal(log).details.name).equal('SILLOK_RPC_URL');
    const config = readConfig({ ...log, SILLOK_RPC_URL: 'http://127.0.0.1:8551', SILLOK_ROLE: 'reader' });
    expect(config).include({ logUrl: 'https://ledger.example/log', isReader: true });
  });

  it('describes every variable', () => {
    for (const name of Object.keys(VARIABLES)) expect(describeVariables()).contains(name);
  });
});
