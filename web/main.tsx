import { render } from 'preact';
import { App } from './app.tsx';
import { lang, setLang } from './lib/lang.ts';
import { applyLetters } from './lib/letters.ts';
import { keepForOffline } from './lib/offline.ts';
import { followLinks } from './lib/router.ts';

setLang(lang());
applyLetters();
followLinks();
render(<App />, document.getElementById('app')!);
void keepForOffline();
