// What the page's author wrote at the script tag.

export interface Settings {
  base: string; // address of the virtual path, such as https://chat.example.com/web
  language: string; // a folder of texts: english, deutsch …
  unit: string;
  queue: string;
  name: string;
  source: string;
  destination: string;
  theme: 'light' | 'dark' | 'auto';
  accent: string; // a CSS colour, or empty
  target: string; // id of the element that holds the chat; empty: it floats in the corner
  contact: string; // of a chat that exists already
  session: string;
}

const languages: Record<string, string> = { de: 'deutsch', en: 'english', fr: 'francais', pt: 'portugues' };

export function readSettings(script: HTMLScriptElement): Settings {
  const data = script.dataset;
  const tag = (document.documentElement.lang || navigator.language || 'en').slice(0, 2).toLowerCase();
  const theme = data.theme === 'light' || data.theme === 'dark' ? data.theme : 'auto';
  return {
    base: new URL('.', script.src).href.replace(/\/$/, ''),
    language: data.language || languages[tag] || 'english',
    unit: data.unit ?? '',
    queue: data.queue ?? '',
    name: data.name ?? '',
    source: data.source ?? location.href.slice(0, 300),
    destination: data.destination ?? '',
    theme,
    accent: data.accent && CSS.supports('color', data.accent) ? data.accent : '',
    target: data.target ?? '',
    contact: data.contact ?? '',
    session: data.session ?? '',
  };
}
