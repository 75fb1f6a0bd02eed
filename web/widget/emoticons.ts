import type { Emoticon } from './entry';

/** Shows emoticons that stand alone as the emoji that the company has chosen for them.
 * What is stored and copied from elsewhere stays as it was written. */
export function withEmoji(text: string, emoticons: Emoticon[]): string {
  if (emoticons.length === 0) return text;
  const shows = new Map(emoticons.map((e) => [e.code, e.shows]));
  return text.replace(/\S+/g, (word) => shows.get(word) ?? ending(word, shows));
}

/** An emoticon may end a sentence: "Thanks :-)." */
function ending(word: string, shows: Map<string, string>): string {
  const found = /^(.*[^.,!?…])([.,!?…]+)$/s.exec(word);
  const emoji = found?.[1] && shows.get(found[1]);
  return emoji ? emoji + (found[2] ?? '') : word;
}
