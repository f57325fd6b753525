/** The API as others' tools see it: its description, and a running gateway held to that description. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type StartedGateway, startGatewayProcess } from '../../scripts/lib/gateway.ts';
import { findSchemathesis } from '../../scripts/lib/schemathesis.ts';

const run = promisify(execFile);
const CONFIG = fileURLToPath(new URL('schemathesis.toml', import.meta.url));

describe('the API', () => {
  let folder: string;
  let gateway: StartedGateway;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-api-'));
    gateway = await startGatewayProcess({
      data: join(folder, 'data'),
      // Limits answer 429 to everything once they are reached, and nothing else would be seen.
      variables: { SILLOK_ANONYMOUS_PER_MINUTE: '10000000', SILLOK_SIGN_INS_PER_MINUTE: '1000000' },
    });
  });
  after(async () => {
    await gateway?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const tool = (name: string) => join(dirname(findSchemathesis()!), name);

  it('is described in valid OpenAPI 3.1', async () => {
    const description = join(folder, 'openapi.json');
    await writeFile(description, await (await fetch(`${gateway.url}/openapi.json`)).text());
    await run(tool('openapi-spec-validator'), ['--schema', '3.1', description]);
  });

  it('answers thousands of made-up requests as it describes, and takes none that it forbids', async () => {
    const args = ['--config-file', CONFIG, 'run', `${gateway.url}/openapi.json`, '--no-color'];
    const asAdministrator = ['--header', `Authorization: Bearer ${gateway.adminKey}`];
    // What staff prepare needs a session: without one it only answers 401.
    const { stdout } = await run(
      tool('schemathesis'),
      [...args, ...asAdministrator, '--exclude-path-regex', '/prepare$'],
      {
        cwd: folder,
        maxBuffer: 2 ** 26,
      },
    ).catch((error: { stdout: string; message: string }) => {
      throw new Error(`${error.stdout.slice(-20_000)}\n${error.message.slice(0, 500)}`);
    });
    console.log(`        ${/\d+ generated/.exec(stdout)?.[0]}`);
  });
});
