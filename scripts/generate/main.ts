/** `npm run generate`: what is made from other sources and kept in the repository. */
import { parseArgs } from 'node:util';
import { startupLine } from '../../server/http/startup-lines.ts';

const HELP = `npm run generate -- [--check]

Writes server/core/contracts.generated.ts from the interfaces of the contracts, and web/lib/client/services.generated.ts,
the client of the API, from the registry of services. Run it after a change of either.

  --check  writes nothing; exit code 1 when a file is not as its sources say`;

try {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) console.log(HELP);
  else {
    await import('./abi.ts');
    await import('./client.ts');
    console.log(values.check ? 'Both files are as their sources say.' : 'Both files are written.');
  }
} catch (error) {
  console.error(`generate: ${startupLine(error)}`);
  process.exitCode = 2;
}
