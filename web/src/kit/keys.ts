import { useEffect, useRef } from 'react';

/**
 * Keys that work wherever the focus is. Each has Alt or Ctrl, so that nothing that
 * is typed and no single-key command of a screen reader is taken away
 * (WCAG 2.2, 2.1.4). `code` is the physical key: Alt+letter types other signs on some
 * keyboards.
 */
export interface Key {
  id: string;
  code: string;
  ctrl?: boolean;
  alt?: boolean;
  shown: string;
}

export const keyTable = {
  accept: { id: 'accept', code: 'KeyA', alt: true, shown: 'Alt A' },
  decline: { id: 'decline', code: 'KeyX', alt: true, shown: 'Alt X' },
  state: { id: 'state', code: 'KeyS', alt: true, shown: 'Alt S' },
  next: { id: 'next', code: 'ArrowDown', alt: true, shown: 'Alt ↓' },
  previous: { id: 'previous', code: 'ArrowUp', alt: true, shown: 'Alt ↑' },
  transfer: { id: 'transfer', code: 'KeyT', alt: true, shown: 'Alt T' },
  consult: { id: 'consult', code: 'KeyH', alt: true, shown: 'Alt H' },
  conference: { id: 'conference', code: 'KeyG', alt: true, shown: 'Alt G' },
  bring: { id: 'bring', code: 'KeyB', alt: true, shown: 'Alt B' },
  handover: { id: 'handover', code: 'KeyO', alt: true, shown: 'Alt O' },
  leave: { id: 'leave', code: 'KeyL', alt: true, shown: 'Alt L' },
  takeover: { id: 'takeover', code: 'KeyY', alt: true, shown: 'Alt Y' },
  whisper: { id: 'whisper', code: 'KeyV', alt: true, shown: 'Alt V' },
  finish: { id: 'finish', code: 'KeyE', alt: true, shown: 'Alt E' },
  requeue: { id: 'requeue', code: 'KeyQ', alt: true, shown: 'Alt Q' },
  needs: { id: 'needs', code: 'Home', alt: true, shown: 'Alt Home' },
  latest: { id: 'latest', code: 'End', alt: true, shown: 'Alt End' },
  pick: { id: 'pick', code: 'KeyW', alt: true, shown: 'Alt W' },
  write: { id: 'write', code: 'KeyC', alt: true, shown: 'Alt C' },
  reply_all: { id: 'reply_all', code: 'KeyD', alt: true, shown: 'Alt D' },
  forward: { id: 'forward', code: 'KeyF', alt: true, shown: 'Alt F' },
  note: { id: 'note', code: 'KeyN', alt: true, shown: 'Alt N' },
  fresh: { id: 'fresh', code: 'KeyN', alt: true, shown: 'Alt N' },
  respond: { id: 'respond', code: 'KeyR', alt: true, shown: 'Alt R' },
  attach: { id: 'attach', code: 'KeyU', alt: true, shown: 'Alt U' },
  emoji: { id: 'emoji', code: 'KeyJ', alt: true, shown: 'Alt J' },
  page: { id: 'page', code: 'KeyP', alt: true, shown: 'Alt P' },
  details: { id: 'details', code: 'KeyI', alt: true, shown: 'Alt I' },
  more: { id: 'more', code: 'KeyM', alt: true, shown: 'Alt M' },
  done: { id: 'done', code: 'Enter', ctrl: true, shown: 'Ctrl Enter' },
  palette: { id: 'palette', code: 'KeyK', ctrl: true, shown: 'Ctrl K' },
  keys: { id: 'keys', code: 'KeyK', alt: true, shown: 'Alt K' },
} as const satisfies Record<string, Key>;

export type KeyName = keyof typeof keyTable;

export function pressed(event: KeyboardEvent, key: Key): boolean {
  return (
    event.code === key.code &&
    event.altKey === (key.alt ?? false) &&
    event.ctrlKey === (key.ctrl ?? false) &&
    !event.metaKey &&
    !event.getModifierState('AltGraph')
  );
}

/** Calls what belongs to a pressed key while the component is there and no dialog is open. */
export function useKeys(table: Partial<Record<KeyName, () => void>>): void {
  const latest = useRef(table);
  useEffect(() => {
    latest.current = table;
  });
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.repeat || document.querySelector('[aria-modal="true"]')) return;
      for (const [name, call] of Object.entries(latest.current)) {
        if (call && pressed(event, keyTable[name as KeyName])) {
          event.preventDefault();
          call();
          return;
        }
      }
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** The element takes what is typed: Enter and digits are its own there. */
export function takesText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
