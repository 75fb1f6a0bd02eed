// The API's own page: what it can do, each operation to be tried with the session of
// whoever is signed in. It is no part of the application and loads nothing from outside.
import 'swagger-ui-dist/swagger-ui.css';
import './docs.css';
import i18next from 'i18next';
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle';
import { startTexts, type Say } from '../kit/texts';

/** The colours that were chosen in the application, else those of the device. */
function dark(): boolean {
  const chosen = localStorage.getItem('mantine-color-scheme-value');
  return chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
}

await startTexts();
const t = i18next.t as unknown as Say;
document.documentElement.classList.toggle('dark-mode', dark());
document.title = `${t('app.api_docs')} – Portico`;

const title = document.createElement('h1');
title.textContent = t('app.api_docs');
const more = document.createElement('p');
more.textContent = t('app.api_docs_more');
const back = document.createElement('a');
back.href = '/';
back.textContent = t('app.api_docs_back');
const file = document.createElement('a');
file.href = '/api/v1/openapi.json';
file.textContent = 'openapi.json';
document.getElementById('head')!.append(title, more, back, ' · ', file);

SwaggerUI({
  domNode: document.getElementById('api')!,
  url: '/api/v1/openapi.json',
  validatorUrl: null,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  filter: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
});
