import { useEffect, useRef, useSyncExternalStore } from 'react';
import { newId } from './id';

/** Something that may be done now, offered by the palette (Ctrl K). */
export interface Command {
  id: string;
  /** A whole phrase from the catalogue: Transfer the contact. */
  title: string;
  /** The key that does the same, such as "Alt T". */
  keys?: string;
  run: () => void;
}

/** What the palette finds, and a screen may know how to show. */
export type Found = 'contact' | 'customer' | 'person';
export type Opener = Partial<Record<Found, (id: string) => void>>;

const commands = new Map<string, readonly Command[]>();
const openers: Opener[] = [];
const watchers = new Set<() => void>();
let shown: readonly Command[] = [];

function changed(): void {
  // The screen that came last is what one is doing, so its commands come first.
  shown = [...commands.values()].reverse().flat();
  watchers.forEach((call) => call());
}

/**
 * useCommands offers commands in the palette while the component is there. The list
 * may be made anew at each drawing; what is run is always the latest.
 */
export function useCommands(list: readonly Command[]): void {
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const key = useRef<string>(undefined);
  const said = JSON.stringify(list.map(({ id, title, keys }) => ({ id, title, keys })));
  useEffect(() => {
    key.current ??= newId();
    const owner = key.current;
    const told = JSON.parse(said) as Omit<Command, 'run'>[];
    commands.set(owner, told.map((c) => ({ ...c, run: () => latest.current.find((l) => l.id === c.id)?.run() })));
    changed();
    return () => {
      commands.delete(owner);
      changed();
    };
  }, [said]);
}

/** All commands that are offered now. */
export function useOffered(): readonly Command[] {
  return useSyncExternalStore(
    (call) => {
      watchers.add(call);
      return () => watchers.delete(call);
    },
    () => shown,
  );
}

/** useOpener lets a screen show what was found in the palette, as long as it is there. */
export function useOpener(opener: Opener): void {
  const latest = useRef(opener);
  useEffect(() => {
    latest.current = opener;
  });
  const kinds = Object.keys(opener).sort().join(' ');
  useEffect(() => {
    const own: Opener = {};
    for (const kind of kinds.split(' ').filter(Boolean) as Found[]) own[kind] = (id) => latest.current[kind]?.(id);
    openers.push(own);
    return () => {
      openers.splice(openers.indexOf(own), 1);
    };
  }, [kinds]);
}

/** Shows something by the screen that came last and can; false: none can. */
export function openFound(kind: Found, id: string): boolean {
  const opener = openers.findLast((o) => o[kind]);
  opener?.[kind]?.(id);
  return opener !== undefined;
}
