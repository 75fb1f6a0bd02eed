// The API's own page: what it can do, each operation to be tried with the session of
// whoever is signed in. It is no part of the application and loads nothing from outside.
import 'swagger-ui-dist/swagger-ui.css';
import './docs.css';
import i18next from 'i18next';
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle';
import { speak, startTexts, type Say } from '../kit/texts';

/** The colours that were chosen in the application, else those of the device. */
function dark(): boolean {
  const chosen = localStorage.getItem('mantine-color-scheme-value');
  return chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
}

interface Operation {
  tags?: string[];
}

/** What a part of the API is called on the screens; a part that is newer than this page goes by its own name. */
function partName(tag: string): string | undefined {
  const word = tag.replaceAll('-', '_');
  const key = [`app.api_tag_${word}`, `manager.subject_${word}`].find((known) => i18next.exists(known));
  return key && (i18next.t as unknown as (known: string) => string)(key);
}

/** The API's document, its parts with their names in the language of the screens. */
async function named(): Promise<object> {
  const spec = (await (await fetch('/api/v1/openapi.json')).json()) as { paths: Record<string, Record<string, Operation>> };
  const tags = new Set(Object.values(spec.paths).flatMap((path) => Object.values(path).flatMap((operation) => operation.tags ?? [])));
  return { ...spec, tags: [...tags].sort().map((name) => ({ name, description: partName(name) ?? '' })) };
}

/** Whoever is signed in reads it in their own language, as the screens. */
async function speakTheirs(): Promise<void> {
  const me = await fetch('/api/v1/session').then((answer) => (answer.ok ? (answer.json() as Promise<{ language: string; user: { id: string } }>) : undefined));
  if (me) await speak(localStorage.getItem(`portico.language.${me.user.id}`) ?? me.language);
}

await startTexts();
await import('../kit/managerTexts'); // which adds to what has been started
await speakTheirs();
const t = i18next.t as unknown as Say;
document.documentElement.classList.toggle('dark-mode', dark());
document.title = `${t('app.api_docs')} – Portico`;

const element = (tag: string, text: string) => Object.assign(document.createElement(tag), { textContent: text });
const link = (text: string, href: string) => Object.assign(document.createElement('a'), { textContent: text, href });
document.getElementById('head')!.append(
  element('h1', t('app.api_docs')), element('p', t('app.api_docs_more')), element('p', t('app.api_docs_signs')),
  link(t('app.api_docs_back'), '/'), ' · ', link('openapi.json', '/api/v1/openapi.json'),
);

SwaggerUI({
  domNode: document.getElementById('api')!,
  spec: await named(),
  validatorUrl: null,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  filter: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
});
