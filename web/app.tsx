/** Which page stands at which address. Each page is loaded when it is first asked for. */
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useFocus } from './lib/focus.ts';
import { t, useLang } from './lib/lang.ts';
import { matchPath, usePlace } from './lib/router.ts';
import { Busy } from './parts/busy.tsx';
import { Frame } from './parts/frame.tsx';
import { Notice } from './parts/notice.tsx';

export interface PageProps {
  /** Members of the address, by name. */
  readonly at: Readonly<Record<string, string>>;
}
type Page = ComponentType<PageProps>;

const PAGES: readonly (readonly [string, () => Promise<Page>])[] = [
  ['/', async () => (await import('./pages/start.tsx')).StartPage],
  ['/dashboard', async () => (await import('./pages/dashboard/dashboard.tsx')).DashboardPage],
  ['/work', async () => (await import('./pages/work.tsx')).WorkPage],
  ['/polls', async () => (await import('./pages/polls/list.tsx')).PollListPage],
  ['/polls/{pollId}', async () => (await import('./pages/polls/poll.tsx')).PollPage],
  ['/official', async () => (await import('./pages/official/official.tsx')).OfficialPage],
  ['/official/new', async () => (await import('./pages/official/create.tsx')).CreatePollPage],
  ['/official/{pollId}', async () => (await import('./pages/official/manage.tsx')).ManagePollPage],
  ['/vehicles', async () => (await import('./pages/vehicles/lookup.tsx')).VehiclePage],
  ['/dealer', async () => (await import('./pages/trade/dealer.tsx')).DealerPage],
  ['/cars/{subject}', async () => (await import('./pages/trade/car.tsx')).OwnCarPage],
  ['/disputes', async () => (await import('./pages/trade/disputes.tsx')).DisputesPage],
  ['/records/{entryId}', async () => (await import('./pages/trade/record.tsx')).RecordPage],
  ['/records/{entryId}/{action}', async () => (await import('./pages/trade/record-act.tsx')).RecordActPage],
  [
    '/records/{entryId}/disputes/{dispute}',
    async () => (await import('./pages/trade/record-act.tsx')).RecordActPage,
  ],
  ['/inspector', async () => (await import('./pages/trade/inspector.tsx')).InspectorPage],
  ['/issuer', async () => (await import('./pages/issuer/issuer.tsx')).IssuerPage],
  ['/c', async () => (await import('./pages/holder.tsx')).HolderPage],
  ['/verify', async () => (await import('./pages/verify.tsx')).VerifyPage],
  ['/r', async () => (await import('./pages/receipt.tsx')).ReceiptPage],
  ['/admin', async () => (await import('./pages/admin/admin.tsx')).AdminPage],
  ['/join', async () => (await import('./pages/join.tsx')).JoinPage],
  ['/services/{service}/{action}', async () => (await import('./pages/service-form.tsx')).ServiceFormPage],
];

interface Shown {
  readonly path: string;
  readonly page?: Page;
  readonly at: PageProps['at'];
}

async function load(path: string): Promise<Shown> {
  for (const [pattern, page] of PAGES) {
    const at = matchPath(pattern, path);
    if (at) return { path, page: await page(), at };
  }
  return { path, at: {} };
}

export function App() {
  useLang();
  const { path } = usePlace();
  const [shown, setShown] = useState<Shown>();
  const [failed, setFailed] = useState(false);
  const first = useRef(true);
  useEffect(() => {
    let stale = false;
    load(path).then(
      (next) => {
        if (stale) return;
        setShown(next);
        setFailed(false);
      },
      () => !stale && setFailed(true),
    );
    return () => {
      stale = true;
    };
  }, [path]);
  useFocus(() => {
    if (!shown) return;
    // A screen reader starts the new page at its heading.
    if (!first.current) return document.querySelector<HTMLElement>('main h1');
    first.current = false;
  }, [shown]);
  useEffect(titleByHeading, []);
  return (
    <Frame path={path}>
      {failed ? (
        <Notice kind="danger" title={t('error.page')}>
          <button type="button" class="krds-btn medium" onClick={() => location.reload()}>
            {t('action.retry')}
          </button>
        </Notice>
      ) : shown === undefined ? (
        <Busy what={t('busy.page')} />
      ) : shown.page === undefined ? (
        <Missing />
      ) : (
        <shown.page key={shown.path} at={shown.at} />
      )}
    </Frame>
  );
}

/** The tab, the history and a screen reader name a page by its heading, whenever it comes. */
function titleByHeading(): () => void {
  const main = document.querySelector('main')!;
  const name = () => {
    const heading = main.querySelector('h1')?.textContent?.trim();
    document.title = heading ? `${heading} · ${t('brand')}` : t('brand');
  };
  const observer = new MutationObserver(name);
  observer.observe(main, { childList: true, subtree: true, characterData: true });
  name();
  return () => observer.disconnect();
}

function Missing() {
  return (
    <div class="page narrow">
      <h1 tabIndex={-1}>{t('missing.title')}</h1>
      <p>{t('missing.text')}</p>
      <a class="krds-btn large" href="/">
        {t('missing.home')}
      </a>
    </div>
  );
}
