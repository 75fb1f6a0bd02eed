import { useEffect, useRef } from 'react';
import type { Field } from './insert';

/** Where texts from beside the conversation go: the composer that is shown. */
let target: (() => Field | undefined) | undefined;

/** Makes a composer the place where such texts are put. */
export function useInsertable(field: () => Field | undefined): void {
  const latest = useRef(field);
  useEffect(() => {
    latest.current = field;
  });
  useEffect(() => {
    const mine = () => latest.current();
    target = mine;
    return () => {
      if (target === mine) target = undefined;
    };
  }, []);
}

/** Puts a text where one writes; false: one writes nowhere. */
export function insertHere(text: string): boolean {
  const field = target?.();
  field?.put(field.from, field.to, text);
  return field !== undefined;
}
