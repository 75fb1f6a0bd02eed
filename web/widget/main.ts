// The chat widget: one script tag on a company's page. It stands in a shadow root,
// asks nobody but the server that it came from, and needs no allowance of the
// page's policy beyond that.
import { Chat } from './chat';
import { h } from './dom';
import { readSettings, type Settings } from './settings';
import { loadWords } from './words';

const script = document.currentScript;
if (script instanceof HTMLScriptElement) void begin(readSettings(script));

async function begin(settings: Settings): Promise<void> {
  const words = await loadWords(settings);
  if (document.readyState === 'loading') await new Promise((done) => addEventListener('DOMContentLoaded', done, { once: true }));
  const host = h('div', { class: 'portico-chat' });
  const target = settings.target ? document.getElementById(settings.target) : null;
  if (target) target.replaceChildren(host);
  else document.body.append(host);
  new Chat(host, words, target ? settings : { ...settings, target: '' });
}
