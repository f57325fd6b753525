/** A page of the machine's own Chromium with one of our files bundled into it. No request leaves the machine. */
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { findChromium } from '../lib/chromium.ts';
import { readProverFile } from '../lib/prover-files.ts';
import { type Bench, Skipped } from './measure.ts';

/** Nobody listens there: the page's requests are answered here. */
const ORIGIN = 'http://localhost:1';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];

/** Where the prover's files are answered. */
export const PROVER_ADDRESSES = { wasm: `${ORIGIN}/wasm`, zkey: `${ORIGIN}/zkey` } as const;

/** @param file beside this one, run in the page. @throws Skipped without a browser */
export async function openPage(bench: Bench, file: string): Promise<Page> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Skipped('no Chromium on this machine (the variable CHROMIUM may name one)');
  const script = await bundle(file);
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  bench.defer(() => browser.close());
  const page = await browser.newPage();
  await page.route('**/*', async (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === '/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html>' });
    if (path !== '/wasm' && path !== '/zkey') return route.abort();
    const bytes = await readProverFile(path === '/wasm' ? 'wasm' : 'zkey');
    return route.fulfill({ contentType: 'application/octet-stream', body: Buffer.from(bytes) });
  });
  await page.goto(ORIGIN);
  await page.addScriptTag({ content: script, type: 'module' });
  return page;
}

async function bundle(file: string): Promise<string> {
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry, formats: ['es'] },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('nothing was bundled');
  return output.output[0].code;
}
