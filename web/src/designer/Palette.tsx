import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState, type DragEvent, type KeyboardEvent } from 'react';
import { Dialog } from '../kit/Dialog';
import { matches } from '../kit/list';
import { useTexts, type Key } from '../kit/texts';
import { dragType } from './Canvas';
import { groups, type Kind } from './graph';
import { kindIcons } from './icons';
import { kindName } from './labels';

interface Props {
  insert: (kind: Kind) => void;
  /** Entries are drawn onto the canvas too. */
  drag?: boolean;
  /** Says of each what it does, and has the focus in its search at once. */
  asked?: boolean;
}

/** All components to choose from: searched, drawn onto the canvas, or put behind what is chosen by a click or Enter. */
export function Palette({ insert, drag, asked }: Props) {
  const t = useTexts();
  const [find, look] = useState('');
  const found = groups
    .map((g) => ({ id: g.id, kinds: g.kinds.filter((k) => matches(find, kindName(t, k), t(`designer.about_${k}` as Key), t(`designer.group_${g.id}`))) }))
    .filter((g) => g.kinds.length > 0);
  const best = found[0]?.kinds[0];
  function walk(event: KeyboardEvent<HTMLElement>): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('input, button')];
    const next = all[all.indexOf(document.activeElement as HTMLElement) + by];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
  return (
    <div className="component-palette" onKeyDown={walk}>
      <TextInput
        size="xs" aria-label={t('designer.find_component')} placeholder={t('designer.find_component')} value={find} leftSection={<IconSearch size={14} aria-hidden="true" />} autoComplete="off"
        data-autofocus={asked || undefined} onChange={(e) => look(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || !best) return;
          e.preventDefault();
          insert(best);
        }}
      />
      {found.length === 0 && <p className="hint">{t('kit.nothing_found')}</p>}
      {found.map((g) => (
        <section key={g.id} aria-labelledby={`palette-${asked ? 'ask-' : ''}${g.id}`}>
          <h3 id={`palette-${asked ? 'ask-' : ''}${g.id}`}>{t(`designer.group_${g.id}`)}</h3>
          <ul>
            {g.kinds.map((k) => (
              <li key={k}>
                <Entry kind={k} drag={drag ?? false} about={asked ?? false} best={find !== '' && k === best} insert={insert} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Entry({ kind, drag, about, best, insert }: { kind: Kind; drag: boolean; about: boolean; best: boolean; insert: (kind: Kind) => void }) {
  const t = useTexts();
  const Sign = kindIcons[kind];
  return (
    <button
      type="button" className="palette-entry" data-best={best} draggable={drag} title={t(`designer.about_${kind}` as Key)} onClick={() => insert(kind)}
      onDragStart={(event: DragEvent) => {
        event.dataTransfer.setData(dragType, kind);
        event.dataTransfer.effectAllowed = 'copy';
      }}
    >
      <Sign size={17} stroke={1.75} aria-hidden="true" />
      <span>{kindName(t, kind)}</span>
      {about && <small>{t(`designer.about_${kind}` as Key)}</small>}
    </button>
  );
}

/** Asks which component is to be put in. */
export function InsertDialog({ title, insert, close }: { title: string; insert: (kind: Kind) => void; close: () => void }) {
  return (
    <Dialog title={title} size={560} close={close}>
      <Palette
        asked
        insert={(kind) => {
          close();
          insert(kind);
        }}
      />
    </Dialog>
  );
}
