/** What a network on this machine consists of, and how to end, kill and restart each part. */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { renderTable } from '../lib/table.ts';
import { receiptRule } from './layout.ts';
import type { RunningNetwork } from './network.ts';
import { pidFile } from './processes.ts';

export function overview({ folder, layout, parts, gateways }: RunningNetwork): string {
  const rows = parts.map(({ name, pid, url, log }) => [name, pid ?? '-', url, relative('.', log)]);
  const file = relative('.', pidFile(folder, 'PART'));
  const keys = gateways.map(({ adminKeyFile }) => adminKeyFile).filter((path) => existsSync(path));
  return `${renderTable(['process', 'pid', 'address', 'log'], rows)}

${layout.cities.length} validators; a receipt needs the cosignatures of ${receiptRule(layout)} witnesses.
Administrator's key: ${keys.map((path) => relative('.', path)).join(', ') || 'shown before, and not kept here'}

  end one           npm run network -- stop PART        for instance: stop ${parts[1]?.name}
  as a power cut    npm run network -- kill PART        or: kill -9 $(cat ${file.replace('PART', parts[0]!.name.replace('/', '-'))})
  and back          npm run network -- start PART       or restart PART
  how it goes       npm run network -- status
  end everything    npm run network -- stop

Sillok is open at ${gateways[0]?.url ?? '-'}`;
}
