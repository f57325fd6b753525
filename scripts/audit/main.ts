/** `npm run audit`: exit 0 when nothing differs, 1 with the evidence when something does, 2 when it cannot tell. */
import { parseArgs } from 'node:util';
import { AppError } from '../../server/core/errors.ts';
import { startupLine } from '../../server/http/startup-lines.ts';
import { services } from '../../server/services/index.ts';
import { renderTable } from '../lib/table.ts';
import { auditData } from './audit.ts';
import { AUDIT_CHECKS, type CheckReport } from './finding.ts';

const HELP = `npm run audit -- [--data FOLDER] [--rpc URL] [--passphrase-file FILE] [--json]

Reads every event of the chain again, recomputes every state, tile and checkpoint from them, and compares all of it
with what the stopped gateway of FOLDER kept. Exit 0: nothing differs. 1: something does, shown as evidence. 2: cannot tell.

  --data FOLDER           data folder of a gateway that is not running (default: ./data)
  --rpc URL               a node you trust; default: the embedded chain of the folder
  --passphrase-file FILE  if the gateway uses one of its own (SILLOK_PASSPHRASE_FILE)
  --json                  report as JSON`;

/** Where an audit has another remedy than a start. */
const CANNOT_TELL: Readonly<Record<string, (details: Readonly<Record<string, unknown>>) => string>> = {
  DATA_MISSING: ({ folder }) => `there is no ledger in ${folder}: name its data folder with --data.`,
  STORE_LOCKED: () => 'a gateway is running on this data: stop it first, or audit a copy.',
  CHAIN_FOLDER_LOCKED: () => 'a chain is running on this data: stop it first, or name a node with --rpc.',
};
const SHOWN = 20;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: './data' },
      rpc: { type: 'string' },
      'passphrase-file': { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const reports = await auditData({
    data: values.data,
    rpcUrl: values.rpc,
    passphraseFile: values['passphrase-file'],
    services,
    onProgress: (block, of) => {
      if (process.stderr.isTTY) process.stderr.write(`\rreading block ${block} of ${of}`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\n');
  if (values.json) console.log(JSON.stringify(reports, undefined, 2));
  else show(reports);
  return reports.some(({ findings }) => findings.length > 0) ? 1 : 0;
}

function show(reports: readonly CheckReport[]): void {
  const rows = reports.map(({ check, compared, findings }) => [
    check,
    compared,
    findings.length === 0 ? 'same' : `${findings.length} differ`,
    AUDIT_CHECKS[check],
  ]);
  console.log(renderTable(['check', 'compared', 'outcome', 'what it means'], rows));
  for (const { findings } of reports) {
    for (const { check, where, expected, found } of findings.slice(0, SHOWN)) {
      console.log(`\n${check}: ${where}\n  the chain says: ${expected}\n  kept here:      ${found}`);
    }
    if (findings.length > SHOWN) console.log(`\n… and ${findings.length - SHOWN} more.`);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const told = error instanceof AppError ? CANNOT_TELL[error.code]?.(error.details) : undefined;
    console.error(`audit: ${told ?? startupLine(error)}`);
    process.exit(2);
  },
);
