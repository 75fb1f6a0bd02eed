import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAddressBook, IconAdjustments, IconBolt, IconMessage, IconSearch, IconUser, type Icon } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { answer, api } from '../api/client';
import type { Me } from '../api/types';
import { openFound, useOffered, type Found } from '../kit/commands';
import { Dialog } from '../kit/Dialog';
import { Kbd } from '../kit/Kbd';
import { matches } from '../kit/list';
import '../kit/managerTexts';
import { useTexts } from '../kit/texts';
import './Palette.css';
import { has } from './session';
import { changes, makes, makeTitle, opens, subjectGroups, subjectOf, subjectTitle } from './subjects';

interface Line {
  key: string;
  group: 'commands' | 'contacts' | 'customers' | 'people' | 'objects';
  title: string;
  more?: string | undefined;
  keys?: string | undefined;
  run: () => void;
}

const icons: Record<Line['group'], Icon> = { commands: IconBolt, contacts: IconMessage, customers: IconAddressBook, people: IconUser, objects: IconAdjustments };
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
  const router = useRouter();
  const hits = useQuery({
    queryKey: ['search', wanted],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/search', { params: { query: { words: wanted, limit: shownMax } }, signal })),
    enabled: wanted.length > 1,
    placeholderData: keepPreviousData,
    retry: false,
  }).data;

  const mine = subjectGroups.flatMap((group) => group.subjects).filter((s) => opens(me, s));
  const place = (id: string, title: string, path: string) => ({ id: `manager ${id}`, title, keys: undefined, run: () => router.history.push(`/manager/${path}`) });
  const places = [
    ...mine.map((s) => place(s.id, t(subjectTitle(s.id)), s.id)),
    ...mine.filter((s) => makes(s.id) && changes(me, s.id)).map((s) => place(`new ${s.id}`, t(makeTitle(s.id)), `${s.id}/new`)),
  ];
  const lines: Line[] = [...offered, ...(wanted.length > 1 ? places : [])]
    .filter((c) => matches(find, c.title))
    .map((c) => ({ key: c.id, group: 'commands', title: c.title, keys: c.keys, run: c.run }));
  // By its own name it is found, too; with words it looks for them by date, queue and agent.
  const searching: Line = {
    key: 'search', group: 'commands', title: wanted.length > 1 ? t('kit.palette_search_for', { words: wanted }) : t('kit.palette_search'),
    run: () => router.history.push(`/search?${new URLSearchParams(wanted ? { words: wanted } : {})}`),
  };
  if (wanted.length > 1 && hits) {
    const line = (group: Line['group'], kind: Found, id: string | undefined, title: string, ...more: (string | undefined)[]): Line => ({
      key: `${kind} ${id}`, group, title, more: more.filter(Boolean).join(' · '), run: () => id && go(kind, id),
    });
    lines.push(
      ...hits.contacts.map((c) => line('contacts', 'contact', c.id, c.name || t('desk.customer'), c.caption, c.queue_name)),
      ...hits.customers.map((c) => line('customers', 'customer', c.id, c.name, c.company)),
      ...hits.people.map((p) => line('people', 'person', p.id, `${p.first_name} ${p.last_name}`.trim() || p.name, p.name)),
      ...hits.objects.map((o): Line => {
        const subject = subjectOf(o);
        return { key: `${o.kind} ${o.id}`, group: 'objects', title: o.name, more: t(subjectTitle(subject)), run: () => router.history.push(`/manager/${subject}/${o.id}`) };
      }),
    );
  }
  lines.push(searching);
  // What was typed is not answered yet: it may have a better line.
  const asks = find.trim() !== wanted || (wanted.length > 1 && !hits);
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
      if (!asks || lines[current] !== searching) run(lines[current]);
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
