import type { EmojiGroup } from 'virtual:emoji/en';
import type { Language } from './texts';

export type { EmojiGroup };

const load: Record<Language, () => Promise<{ default: EmojiGroup[] }>> = {
  english: () => import('virtual:emoji/en'),
  deutsch: () => import('virtual:emoji/de'),
  francais: () => import('virtual:emoji/fr'),
  portugues: () => import('virtual:emoji/pt'),
};

const loaded = new Map<Language, EmojiGroup[]>();

/** The emoji with their names in a language, if they have come already. */
export const emojiGroups = (language: Language): EmojiGroup[] | undefined => loaded.get(language);

/** Loads the emoji with their names in a language. */
export async function loadEmoji(language: Language): Promise<EmojiGroup[]> {
  const groups = loaded.get(language) ?? (await load[language]()).default;
  loaded.set(language, groups);
  return groups;
}
