import './Avatar.css';
import { useTexts } from './texts';

export type Presence = 'available' | 'busy' | 'unavailable' | 'off';

/** The first letters of a name's first and last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = (word: string | undefined) => [...(word ?? '')][0]?.toLocaleUpperCase() ?? '';
  return first(words[0]) + (words.length > 1 ? first(words.at(-1)) : '');
}

/** A person as a disc of initials, for the eye alone: the name stands beside it. With presence, a dot and its word. */
export function Avatar({ name, presence, size = 28 }: { name: string; presence?: Presence; size?: number }) {
  return (
    <span className="avatar" style={{ width: size, height: size, fontSize: Math.round(size * 0.4) }}>
      <span aria-hidden="true">{initials(name)}</span>
      {presence && <PresenceDot presence={presence} />}
    </span>
  );
}

/** Whether somebody is there: each state has its own shape, and a word for whoever does not see it. */
export function PresenceDot({ presence, word }: { presence: Presence; word?: string }) {
  const t = useTexts();
  const said = word ?? t(`kit.presence_${presence}`);
  return (
    <span className="presence" data-presence={presence} title={said}>
      <span className="unseen">{said}</span>
    </span>
  );
}
