// What the page's author wrote at the script tag.
import type { Values } from './fields';

export interface Settings {
  base: string; // address of the virtual path, such as https://chat.example.com/web
  language: string; // a chat language: english, deutsch …
  unit: string;
  queue: string;
  known: Values; // what the page knows of the customer: name, email, phone, and perhaps the question
  data: Values; // contact data of the page's own
  source: string;
  destination: string;
  theme: 'light' | 'dark' | 'auto';
  position: 'left' | 'right';
  title: string;
  logo: string; // a few letters before the title
  accent: string; // a CSS colour, or empty
  target: string; // id of the element that holds the chat; empty: it floats in the corner
  contact: string; // of a chat that exists already
  session: string;
}

const languages: Record<string, string> = { de: 'deutsch', en: 'english', fr: 'francais', pt: 'portugues' };

/** data-field-order="4711" is the contact data "order". */
const dataPrefix = 'data-field-';

export function readSettings(script: HTMLScriptElement): Settings {
  const data = script.dataset;
  const tag = (document.documentElement.lang || navigator.language || 'en').slice(0, 2).toLowerCase();
  const known: Values = {};
  for (const name of ['name', 'email', 'phone', 'question'] as const) if (data[name]) known[name] = data[name];
  const own: Values = {};
  for (const { name, value } of script.attributes) if (name.startsWith(dataPrefix)) own[name.slice(dataPrefix.length)] = value;
  return {
    base: new URL('.', script.src).href.replace(/\/$/, ''),
    language: data.language || languages[tag] || 'english',
    unit: data.unit ?? '',
    queue: data.queue ?? '',
    known,
    data: own,
    source: data.source ?? location.href.slice(0, 300),
    destination: data.destination ?? '',
    theme: data.theme === 'light' || data.theme === 'dark' ? data.theme : 'auto',
    position: data.position === 'left' ? 'left' : 'right',
    title: data.title ?? '',
    logo: (data.logo ?? '').slice(0, 4),
    accent: data.accent && CSS.supports('color', data.accent) ? data.accent : '',
    target: data.target ?? '',
    contact: data.contact ?? '',
    session: data.session ?? '',
  };
}
