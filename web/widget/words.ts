import { ask, insist } from './line';

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
  const load = async (name: string): Promise<Words> => {
    const address = `${base}/api/texts/${encodeURIComponent(name)}`;
    const read = await insist(() => ask<{ tag: string; texts: Record<string, string> }>(address, ''), () => true);
    return new Words(read?.tag ?? 'en', read?.texts ?? {});
  };
  try {
    return await load(language);
  } catch {
    return load('english'); // the page names a language that is not there
  }
}
