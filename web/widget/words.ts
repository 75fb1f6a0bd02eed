import { loadEntry } from './entry';
import { ask, insist } from './line';
import type { Settings } from './settings';

/** The words of one language, from the server's catalogue. */
export class Words {
  constructor(readonly tag: string, private readonly texts: Record<string, string>) {}

  /** How dates and figures are written: as the browser has it, where that is of this language. */
  get locale(): string {
    return navigator.language.startsWith(this.tag) ? navigator.language : this.tag;
  }

  say(key: string, values: Record<string, string | number> = {}): string {
    const text = this.texts[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
  }
}

/** Asks until they come: without words there is nothing to show. A company's own chat
 * language has the words of the pages that it is made for. */
export async function loadWords(settings: Settings): Promise<Words> {
  const load = async (name: string): Promise<Words> => {
    const address = `${settings.base}/api/texts/${encodeURIComponent(name)}`;
    const read = await insist(() => ask<{ tag: string; texts: Record<string, string> }>(address, ''), () => true);
    return new Words(read?.tag ?? 'en', read?.texts ?? {});
  };
  try {
    return await load(settings.language);
  } catch {
    const entry = await insist(() => loadEntry(settings), () => true).catch(() => undefined);
    return load(entry?.pages ?? 'english');
  }
}
