/** Copies the prover's files to web/public/semaphore/, where the gateway serves them; refuses any other bytes than the pinned ones. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PROVER_FILES, type ProverFileKind } from '../../web/lib/artifacts.ts';
import { readProverFile } from '../lib/prover-files.ts';

const target = new URL('../../web/public/semaphore/', import.meta.url);
await mkdir(target, { recursive: true });
for (const kind of Object.keys(PROVER_FILES) as ProverFileKind[]) {
  await writeFile(fileURLToPath(new URL(PROVER_FILES[kind].name, target)), await readProverFile(kind));
}
