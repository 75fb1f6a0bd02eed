import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAddressBook, IconBolt, IconMessage, IconSearch, IconUser, type Icon } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { call } from '../api/client';
import type { Me } from '../api/types';
import { openFound, useOffered, type Found } from '../kit/commands';
import { Dialog } from '../kit/Dialog';
import { Kbd } from '../kit/Kbd';
import { matches } from '../kit/list';
import { useTexts } from '../kit/texts';
import './Palette.css';
import { has } from './session';

interface Hit {
  id?: string;
  name: string;
  /** Of a contact: what it is about, and its queue. */
  caption?: string;
  queue_name?: string;
  company?: string;
  first_name?: string;
  last_name?: string;
}

interface Hits {
  contacts?: Hit[] | null;
  customers?: Hit[] | null;
  people?: Hit[] | null;
}

interface Line {
  key: string;
  group: 'commands' | 'contacts' | 'customers' | 'people';
  title: string;
  more?: string | undefined;
  keys?: string | undefined;
  run: () => void;
}

const icons: Record<Line['group'], Icon> = { commands: IconBolt, contacts: IconMessage, customers: IconAddressBook, people: IconUser };
const shownMax = 8;

/** One field for everything: contacts, customers, colleagues, and what one may do. Ctrl K opens it. */
export default function Palette({ me, close }: { me: Me; close: () => void }) {
  const t = useTexts();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [find, setFind] = useState('');
  const [at, setAt] = useState(0);
  const [wanted] = useDebouncedValue(find.trim(), 120);
  const offered = useOffered();
  const go = useGo(me);
  const hits = useQuery({
    queryKey: ['search', wanted],
    queryFn: ({ signal }) => call<Hits>(`/api/v1/search?find=${encodeURIComponent(wanted)}`, { signal }),
    enabled: wanted.length > 1,
    placeholderData: keepPreviousData,
    retry: false,
  }).data;

  const lines: Line[] = offered
    .filter((c) => matches(find, c.title))
    .map((c) => ({ key: c.id, group: 'commands', title: c.title, keys: c.keys, run: c.run }));
  if (wanted.length > 1 && hits) {
    const found = (group: Exclude<Line['group'], 'commands'>, kind: Found, title: (h: Hit) => string, more: (h: Hit) => (string | undefined)[]) =>
      (hits[group] ?? []).slice(0, shownMax).map((h): Line => {
        const hit = h.id ?? '';
        return { key: `${kind} ${hit}`, group, title: title(h), more: more(h).filter(Boolean).join(' · '), run: () => go(kind, hit) };
      });
    lines.push(
      ...found('contacts', 'contact', (h) => h.name || t('desk.customer'), (h) => [h.caption, h.queue_name]),
      ...found('customers', 'customer', (h) => h.name, (h) => [h.company]),
      ...found('people', 'person', (h) => `${h.first_name ?? ''} ${h.last_name ?? ''}`.trim() || h.name, (h) => [h.name]),
    );
  }
  const current = Math.min(at, lines.length - 1);

  function run(line: Line | undefined): void {
    if (!line) return;
    close();
    // The palette gives the focus back first, so that a command may put it elsewhere.
    setTimeout(line.run);
  }
  function onKey(event: KeyboardEvent): void {
    const to = { ArrowDown: current + 1, ArrowUp: current - 1 }[event.key];
    if (event.key === 'Enter') {
      event.preventDefault();
      run(lines[current]);
    } else if (to !== undefined && lines.length > 0) {
      event.preventDefault();
      const next = (to + lines.length) % lines.length;
      setAt(next);
      list.current?.querySelector(`[data-line="${next}"]`)?.scrollIntoView({ block: 'nearest' });
    }
  }

  return (
    <Dialog title={t('kit.palette')} size={620} close={close}>
      <TextInput
        size="sm" role="combobox" aria-expanded aria-controls={id} aria-label={t('kit.palette_find')} placeholder={t('kit.palette_find')}
        aria-activedescendant={lines[current] ? `${id}-${current}` : undefined} value={find} data-autofocus autoComplete="off" spellCheck={false}
        leftSection={<IconSearch size={16} aria-hidden="true" />} onKeyDown={onKey}
        onChange={(e) => {
          setFind(e.currentTarget.value);
          setAt(0);
        }}
      />
      <div className="palette" role="listbox" id={id} aria-label={t('kit.palette')} ref={list}>
        {lines.map((line, i) => {
          const Icon = icons[line.group];
          return (
            <div key={line.key} role="presentation">
              {line.group !== lines[i - 1]?.group && (
                <div className="palette-group" role="presentation">
                  {t(`kit.palette_${line.group}`)}
                </div>
              )}
              <div
                role="option" id={`${id}-${i}`} data-line={i} aria-selected={i === current} className="palette-line" onClick={() => run(line)}
                onPointerMove={() => setAt(i)}
              >
                <Icon size={16} aria-hidden="true" />
                <span className="palette-title">{line.title}</span>
                {line.more && <span className="palette-more">{line.more}</span>}
                {line.keys && <Kbd keys={line.keys} />}
              </div>
            </div>
          );
        })}
      </div>
      {lines.length === 0 && <p className="palette-none" role="status">{t('kit.palette_nothing')}</p>}
    </Dialog>
  );
}

/** Shows what was found: by the screen one is at if it can, else by going to one that can. */
function useGo(me: Me): (kind: Found, id: string) => void {
  const router = useRouter();
  return (kind, id) => {
    if (openFound(kind, id)) return;
    const steers = has(me, 'supervisor', 'business_administrator', 'system_administrator');
    const to = kind === 'customer' || !steers ? (has(me, 'agent') ? '/desk' : '/manager') : '/supervisor';
    router.history.push(`${to}?${kind}=${encodeURIComponent(id)}`);
  };
}
