/** A real Chromium on the real gateway. Every page it opens must stay at home and keep the accessibility rules. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'chai';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/lib/chromium.ts';
import { filmOfQr } from './film.ts';
import { gateway, type TestGateway } from './gateway.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Of a wait for what the page shows; far above what it takes, since a machine may be busy with other things. */
const PATIENCE_MS = 90_000;

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Stage {
  readonly browser: Browser;
  readonly running: TestGateway;
  /** Where screenshots go; printed once, so that people can look at them. */
  readonly shots: string;
  /** What the browser's camera films (Y4M); read again each time the camera is switched on. */
  readonly film: string;
}

let staged: Promise<Stage> | undefined;

function stage(): Promise<Stage> {
  staged ??= (async () => {
    build();
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error('no Chromium on this machine');
    const shots = process.env.JOURNEY_SHOTS ?? (await mkdtemp(join(tmpdir(), 'sillok-journeys-')));
    const film = join(shots, 'camera.y4m');
    await writeFile(film, filmOfQr(''));
    const camera = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`];
    const [browser, running] = await Promise.all([
      chromium.launch({ executablePath, args: [...FLAGS, ...camera] }),
      gateway(),
    ]);
    console.log(`    screenshots: ${shots}`);
    return { browser, running, shots, film };
  })();
  return staged;
}

/** The pages as they are now, not as somebody built them last week; what is fresh stays, another gateway may be serving it. */
function build(): void {
  const sources = globSync(['web/**/*', 'server/{services,verify,core}/**/*.ts'], { cwd: root });
  const changedMs = Math.max(...sources.map((path) => statSync(join(root, path)).mtimeMs));
  const built = join(root, 'dist/web/index.html');
  if (existsSync(built) && statSync(built).mtimeMs > changedMs) return;
  for (const args of [
    ['scripts/generate/artifacts.ts'],
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'error'],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${args[0]}: ${stderr}`);
  }
}

/** What the screens showed when a promise was broken. */
afterEach(async function () {
  if (this.currentTest?.state !== 'failed' || staged === undefined) return;
  const { browser, shots } = await staged;
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [i, page] of pages.entries()) {
    await page.screenshot({ path: join(shots, `failed-${i}.png`), fullPage: true }).catch(() => undefined);
    const alerts = await page.locator('[role=alert], .wrong').allInnerTexts();
    if (alerts.length > 0) console.log(`      ${page.url()}: ${alerts.join(' | ').replaceAll('\n', ' ')}`);
  }
});

after(async () => {
  if (staged !== undefined) await (await staged).browser.close();
});

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly running: TestGateway;
  /** The camera is allowed and shows a sheet of paper with this QR on it. */
  film(text: string): Promise<void>;
  open(path: string): Promise<void>;
  /** Axe without a violation, nothing wider than the screen, and a picture of it. */
  look(name: string): Promise<void>;
  /** Fails when anything went out to another host or broke inside the page. */
  leave(): Promise<void>;
}

export interface VisitorOptions {
  readonly width?: number;
  readonly height?: number;
  readonly lang?: 'ko' | 'en';
}

export async function visitor({
  width = 1280,
  height = 900,
  lang = 'ko',
}: VisitorOptions = {}): Promise<Visitor> {
  const { browser, running, shots, film } = await stage();
  const context = await browser.newContext({
    viewport: { width, height },
    locale: lang === 'ko' ? 'ko-KR' : 'en-GB',
    timezoneId: 'America/New_York',
    acceptDownloads: true,
    // Colours on their way to another colour would be judged as they are half way.
    reducedMotion: 'reduce',
  });
  if (lang === 'en') await context.addInitScript(() => localStorage.setItem('sillok.lang', 'en'));
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const foreign: string[] = [];
  const broken: string[] = [];
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(running.url) && !/^(data|blob):/.test(url)) foreign.push(url);
  });
  page.on('pageerror', (error) => broken.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|violates/.test(message.text()))
      broken.push(message.text());
  });
  return {
    page,
    context,
    running,
    film: async (text) => {
      await writeFile(film, filmOfQr(text));
      await context.grantPermissions(['camera'], { origin: running.url });
    },
    open: async (path) => {
      await page.goto(running.url + path);
      await page.locator('main h1').first().waitFor();
    },
    look: async (name) => {
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: join(shots, `${name}-${width}.png`), fullPage: true });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      expect(found, name).to.deep.equal([]);
      const wide = await page.evaluate(() => {
        const over = document.documentElement.scrollWidth - innerWidth;
        const all = over > 0 ? [...document.querySelectorAll('main *, header *, footer *')] : [];
        const isFree = (one: Element) => one.closest('.krds-table-wrap, pre, svg') === null;
        const widest = all.filter((one) => isFree(one) && one.getBoundingClientRect().right > innerWidth);
        return { over, by: widest.map((one) => one.outerHTML.slice(0, 200)).join('\n') };
      });
      expect(wide.over, `${name} is wider than the screen by ${wide.by}`).to.be.at.most(0);
    },
    leave: async () => {
      await context.close();
      expect(foreign, 'requests to other hosts').to.deep.equal([]);
      expect(broken, 'errors inside the page').to.deep.equal([]);
    },
  };
}
