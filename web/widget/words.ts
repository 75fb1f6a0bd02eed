import { ask, Later, Pause } from './line';

/** The words of one language, from the server's catalogue. */
export class Words {
  constructor(readonly tag: string, private readonly texts: Record<string, string>) {}

  say(key: string, values: Record<string, string | number> = {}): string {
    const text = this.texts[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
  }
}

/** Asks until they come: without words there is nothing to show. */
export async function loadWords(base: string, language: string): Promise<Words> {
  const pause = new Pause();
  for (;;) {
    try {
      const read = await ask<{ tag: string; texts: Record<string, string> }>(`${base}/api/texts/${encodeURIComponent(language)}`, '');
      return new Words(read.tag, read.texts);
    } catch (error) {
      if (error instanceof Later) await new Promise((done) => setTimeout(done, pause.next(error.after)));
      else if (language !== 'english') language = 'english';
      else throw error;
    }
  }
}
