import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { Empty, Loading } from '../kit/states';
import './Chooser.css';

export interface Choosable {
  id: string;
  /** Shown, and cannot be taken now. */
  away: boolean;
}

interface Props<Item extends Choosable> {
  label: string;
  find: string;
  setFind: (words: string) => void;
  /** undefined: still on their way. */
  items: readonly Item[] | undefined;
  at: number;
  setAt: (at: number) => void;
  draw: (item: Item) => ReactNode;
  /** What divides the list: shown above the first item of each. */
  group?: (item: Item) => string;
  empty: string;
  emptyMore?: string;
  go: () => void;
}

/** A list to choose one from: what is typed filters, arrows walk, Enter takes. The field keeps the focus. */
export function Chooser<Item extends Choosable>({ label, find, setFind, items, at, setAt, draw, group, empty, emptyMore, go }: Props<Item>) {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const chosen = items?.[at];
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at, find]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min((items?.length ?? 1) - 1, to)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go();
    }
  }

  return (
    <>
      <TextInput
        data-autofocus role="combobox" aria-expanded="true" aria-controls={id} aria-activedescendant={chosen && `${id}-${chosen.id}`} aria-label={label}
        placeholder={label} value={find} leftSection={<IconSearch size={16} aria-hidden="true" />} autoComplete="off"
        onChange={(e) => {
          setFind(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="chooser" id={id} role="listbox" aria-label={label} ref={list} tabIndex={-1}>
        {!items ? (
          <Loading />
        ) : items.length === 0 ? (
          <Empty title={empty}>{emptyMore}</Empty>
        ) : (
          items.map((item, i) => {
            const head = group?.(item);
            const before = items[i - 1];
            return (
              <div key={item.id} role="presentation">
                {head && (!before || group?.(before) !== head) && (
                  <div className="chooser-head" role="presentation">
                    {head}
                  </div>
                )}
                <div
                  id={`${id}-${item.id}`} role="option" aria-selected={i === at} aria-disabled={item.away} className="choice" tabIndex={-1}
                  onClick={() => setAt(i)} onDoubleClick={go}
                >
                  {draw(item)}
                </div>
              </div>
            );
          })
        )}
      </div>
    </>
  );
}
