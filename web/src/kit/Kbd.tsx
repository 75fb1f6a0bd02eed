import { Fragment } from 'react';
import { useTexts, type Say } from './texts';

const named = { Ctrl: 'kit.key_ctrl', Shift: 'kit.key_shift', Enter: 'kit.key_enter', Esc: 'kit.key_esc' } as const;

/** Keys as they stand on keyboards of the language: Ctrl Enter is Strg Eingabe. */
export function keyNames(t: Say, keys: string): string[] {
  return keys.split(' ').map((key) => (key in named ? t(named[key as keyof typeof named]) : key));
}

/** Keys that one presses together, such as "Ctrl K". */
export function Kbd({ keys }: { keys: string }) {
  const t = useTexts();
  return (
    <span className="keys-together">
      {keyNames(t, keys).map((key, i) => (
        <Fragment key={key}>
          {i > 0 && ' '}
          <kbd>{key}</kbd>
        </Fragment>
      ))}
    </span>
  );
}
