/** Header, main part and footer of every page. The operator's name comes from configuration; there is no state emblem. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { lang, say, setLang, t, type WordKey } from '../lib/lang.ts';
import { letters, nextLetters } from '../lib/letters.ts';
import { useOperator } from '../lib/operator.ts';

const MENU: readonly (readonly [string, WordKey])[] = [
  ['/polls', 'menu.polls'],
  ['/vehicles', 'menu.vehicles'],
  ['/verify', 'menu.verify'],
  ['/work', 'menu.work'],
];

export function Frame({ path, children }: { path: string; children: ComponentChildren }) {
  const operator = useOperator();
  return (
    <div id="wrap">
      <div id="krds-skip-link">
        <a href="#main">{t('frame.skip')}</a>
      </div>
      <header id="krds-header">
        <div class="header-in">
          <div class="header-container">
            <div class="inner">
              <Utility />
              <div class="header-branding">
                <a class="brand" href="/">
                  <img src="/mark.svg" alt="" width="36" height="36" />
                  <span class="brand-name">{t('brand')}</span>
                  {say(operator.name) && <span class="brand-operator">{say(operator.name)}</span>}
                </a>
                <nav class="menu" aria-label={t('frame.menu')}>
                  {MENU.map(([to, key]) => (
                    <a key={to} href={to} aria-current={isWithin(path, to) ? 'page' : undefined}>
                      {t(key)}
                    </a>
                  ))}
                </nav>
              </div>
            </div>
          </div>
        </div>
      </header>
      <main id="main" class="inner" tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">
        <div class="inner">
          <p class="foot-name">{say(operator.name)}</p>
          <p>{t('foot.what')}</p>
          <p class="foot-links">
            <a href="/docs">{t('foot.docs')}</a>
            <a href="/openapi.json">OpenAPI</a>
            <a href="/v1/trust">{t('foot.trust')}</a>
            <a href="/log/checkpoint">{t('foot.log')}</a>
          </p>
          {operator.contact && <p>{operator.contact}</p>}
        </div>
      </footer>
    </div>
  );
}

function Utility() {
  const [size, setSize] = useState(letters());
  const other = lang() === 'ko' ? 'en' : 'ko';
  return (
    <div class="header-utility">
      <button type="button" class="krds-btn small text" onClick={() => setSize(nextLetters())}>
        {t('frame.letters', { size: t(`letters.${size}`) })}
      </button>
      <button type="button" class="krds-btn small text" lang={other} onClick={() => setLang(other)}>
        <i class="svg-icon ico-global" aria-hidden="true" />
        {other === 'en' ? 'English' : '한국어'}
      </button>
    </div>
  );
}

const WORK = ['/work', '/official', '/dealer', '/inspector', '/issuer', '/admin', '/services'];

function isWithin(path: string, menu: string): boolean {
  const roots = menu === '/work' ? WORK : [menu];
  return roots.some((root) => path === root || path.startsWith(`${root}/`));
}
