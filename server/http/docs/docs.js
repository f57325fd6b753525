/** Shows /openapi.json to people and lets them try it. Talks to this gateway only. */
const WORDS = {
  ko: {
    try: '보내기',
    body: '본문(JSON)',
    answer: '응답',
    problems: '오류',
    none: '로그인 없음',
    keyed: 'API 키 또는 로그인',
    schema: '입력 형식',
    curl: 'curl',
  },
  en: {
    try: 'Send',
    body: 'Body (JSON)',
    answer: 'Answer',
    problems: 'Problems',
    none: 'no sign-in',
    keyed: 'API key or sign-in',
    schema: 'Input schema',
    curl: 'curl',
  },
};
let language = navigator.language.startsWith('ko') ? 'ko' : 'en';
const say = (word) => WORDS[language][word];
/** Descriptions hold both languages, Korean first. */
const part = (text = '') => text.split('\n\n')[language === 'ko' ? 0 : 1] ?? text;

function element(name, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
}

function pretty(value) {
  return JSON.stringify(value, null, 2);
}

function operationView(path, method, operation) {
  const id = operation.operationId;
  const inputs = operation.parameters.map((parameter) => {
    const input = element('input', { id: `${id}-${parameter.name}`, value: exampleOf(parameter) });
    return { parameter, input };
  });
  const content = operation.requestBody?.content['application/json'];
  const body =
    content &&
    element('textarea', { id: `${id}-body`, value: pretty(content.example ?? {}), spellcheck: false });
  const output = element('pre', { hidden: true, tabIndex: 0 });
  const send = element('button', { type: 'button' }, say('try'));
  send.addEventListener('click', () => run(path, method, inputs, body, output));
  return element(
    'details',
    { id },
    element(
      'summary',
      {},
      `${method.toUpperCase()} ${path} `,
      element('span', {}, part(operation.description)),
    ),
    element(
      'div',
      { className: 'body' },
      element('p', {}, operation.security.length === 0 ? say('none') : say('keyed')),
      ...inputs.map(({ parameter, input }) =>
        element(
          'div',
          {},
          element(
            'label',
            { htmlFor: input.id },
            `${parameter.name} (${parameter.in}) ${parameter.description ?? ''}`,
          ),
          input,
        ),
      ),
      ...(body ? [element('label', { htmlFor: body.id }, say('body')), body] : []),
      element('p', { className: 'row' }, send),
      output,
      ...(content
        ? [
            element(
              'details',
              {},
              element('summary', {}, say('schema')),
              element('pre', { tabIndex: 0 }, pretty(content.schema)),
            ),
          ]
        : []),
      element('details', {}, element('summary', {}, say('problems')), problemTable(operation)),
    ),
  );
}

function problemTable(operation) {
  const rows = Object.entries(operation.responses).map(([status, { description }]) =>
    element('tr', {}, element('th', { scope: 'row' }, status), element('td', {}, description)),
  );
  return element('table', {}, element('tbody', {}, ...rows));
}

function exampleOf({ name, schema }) {
  if (name === 'Idempotency-Key') return crypto.randomUUID();
  return schema?.default ?? '';
}

async function run(path, method, inputs, body, output) {
  output.hidden = false;
  output.textContent = '…';
  const headers = { 'accept-language': language };
  const key = document.querySelector('#api-key').value.trim();
  if (key !== '') headers.authorization = `Bearer ${key}`;
  const query = new URLSearchParams();
  let url = path;
  for (const { parameter, input } of inputs) {
    const value = input.value.trim();
    if (parameter.in === 'path') url = url.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value === '') continue;
    else if (parameter.in === 'query') query.set(parameter.name, value);
    else headers[parameter.name.toLowerCase()] = value;
  }
  if (query.size > 0) url += `?${query}`;
  if (body) headers['content-type'] = 'application/json';
  try {
    const response = await fetch(url, {
      method: method.toUpperCase(),
      headers,
      ...(body ? { body: body.value } : {}),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    output.textContent = `${response.status} ${response.statusText}\n\n${isJson ? pretty(JSON.parse(text)) : text}`;
  } catch (error) {
    output.textContent = String(error);
  }
}

function show(api) {
  document.documentElement.lang = language;
  const other = document.querySelector('#language');
  other.textContent = language === 'ko' ? 'English' : '한국어';
  other.lang = language === 'ko' ? 'en' : 'ko';
  document.querySelector('#version').textContent = api.info.version;
  const main = document.querySelector('#main');
  main.replaceChildren(
    ...api.tags.map(({ name, description }) => {
      const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
        Object.entries(methods)
          .filter(([, operation]) => operation.tags.includes(name))
          .map(([method, operation]) => operationView(path, method, operation)),
      );
      return element(
        'section',
        {},
        element('h2', {}, name),
        element('p', {}, part(description)),
        ...operations,
      );
    }),
  );
  main.removeAttribute('aria-busy');
}

const api = await (await fetch('/openapi.json')).json();
document.querySelector('#language').addEventListener('click', () => {
  language = language === 'ko' ? 'en' : 'ko';
  show(api);
});
document.querySelector('#key').addEventListener('submit', (event) => event.preventDefault());
show(api);
