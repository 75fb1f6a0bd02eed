import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { startTransition, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import './EmojiPicker.css';
import { emojiGroups, loadEmoji, type EmojiGroup } from './emojiGroups';
import { matches } from './list';
import { Empty, Loading } from './states';
import { useLanguage, useTexts } from './texts';

const recentKey = 'portico.emoji';
const recentMax = 18;
const perRow = 9;
/** So many are drawn at once: more than are seen before one scrolls. The others follow when the browser has time. */
const firstDrawn = 12 * perRow;
const restAfter = 150;

function recent(): string[] {
  return (localStorage.getItem(recentKey) ?? '').split(' ').filter(Boolean);
}

/** The first so many emoji of the groups. */
function beginning(groups: EmojiGroup[], most: number): EmojiGroup[] {
  const out: EmojiGroup[] = [];
  for (let left = most, i = 0; left > 0 && i < groups.length; left -= groups[i]!.emoji.length, i++) {
    out.push({ name: groups[i]!.name, emoji: groups[i]!.emoji.slice(0, left) });
  }
  return out;
}

/** All emoji by group, found by their names in the language that is spoken. */
export default function EmojiPicker({ pick }: { pick: (emoji: string) => void }) {
  const t = useTexts();
  const language = useLanguage();
  const [groups, setGroups] = useState(() => emojiGroups(language));
  const [all, setAll] = useState(false);
  const [find, setFind] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  // It comes after the popover has looked for something to focus.
  useEffect(() => {
    search.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    let here = true;
    void loadEmoji(language).then((loaded) => here && setGroups(loaded));
    return () => {
      here = false;
    };
  }, [language]);
  useEffect(() => {
    if (!groups || all) return;
    const timer = setTimeout(() => startTransition(() => setAll(true)), restAfter);
    return () => clearTimeout(timer);
  }, [groups, all]);

  const shown = useMemo(() => {
    if (!groups) return [];
    const found = groups
      .map((g) => ({ name: g.name, emoji: g.emoji.filter(([, name, tags]) => matches(find, name, tags)) }))
      .filter((g) => g.emoji.length > 0);
    if (find.trim() !== '') return found;
    const names = new Map(groups.flatMap((g) => g.emoji.map((e) => [e[0], e] as const)));
    const lately = recent().map((e) => names.get(e)).filter((e) => e !== undefined);
    return lately.length > 0 ? [{ name: t('kit.emoji_recent'), emoji: lately }, ...found] : found;
  }, [groups, find, t]);
  const drawn = useMemo(() => (all ? shown : beginning(shown, firstDrawn)), [all, shown]);

  function take(emoji: string): void {
    localStorage.setItem(recentKey, [emoji, ...recent().filter((e) => e !== emoji)].slice(0, recentMax).join(' '));
    pick(emoji);
  }

  function walk(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow }[event.key];
    if (by === undefined) return;
    const all = [...(box.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    // From the search one goes down into the pictures.
    if (at < 0 && event.key !== 'ArrowDown') return;
    event.preventDefault();
    all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
  }

  return (
    <div className="emoji-picker" onKeyDown={walk}>
      <TextInput
        ref={search} size="xs" aria-label={t('kit.emoji_find')} placeholder={t('kit.emoji_find')} value={find} onChange={(e) => setFind(e.currentTarget.value)} data-autofocus
        leftSection={<IconSearch size={14} aria-hidden="true" />} autoComplete="off"
        onKeyDown={(event) => {
          const first = shown[0]?.emoji[0];
          if (event.key === 'Enter' && first) {
            event.preventDefault();
            take(first[0]);
          }
        }}
      />
      <div className="emoji-groups" ref={box}>
        {!groups && <Loading />}
        {groups && shown.length === 0 && <Empty title={t('kit.nothing_found')} />}
        {drawn.map((group) => (
          <section key={group.name} aria-label={group.name}>
            <h3>{group.name}</h3>
            <div className="emoji-grid">
              {group.emoji.map(([emoji, name]) => (
                <button key={emoji} type="button" tabIndex={-1} title={name} aria-label={name} onClick={() => take(emoji)}>
                  {emoji}
                </button>
              ))}
            </div>
          </section>
        ))}
      </div>
    </div>
  );
}
