import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { answer, api } from '../api/client';
import type { AgentFigures, Contact, QueueFigures } from '../api/types';
import { useTable } from '../app/live';
import { DataTable, type Column } from '../kit/DataTable';
import { Dialog } from '../kit/Dialog';
import { EmptyList, ListStates } from '../kit/ListBar';
import { useList } from '../kit/list';
import { Empty } from '../kit/states';
import { dateTime, useTexts } from '../kit/texts';
import { Thread } from '../mail/Thread';
import { Medium, mediumName } from './Medium';
import { PastWhole } from './Past';
import { reasonsQuery } from './queries';
import './Search.css';
import { queryOf, wishIn, wished, writtenWish, type Wish } from './wishes';

const media = ['webchat', 'email', 'voice', 'callback', 'task'] as const;

/** Finds contacts, open and ended, over all media: by words, customer, days, queue, agent, medium and disposition. */
export default function SearchPage() {
  const t = useTexts();
  const router = useRouter();
  const [wish, setWish] = useState<Wish>(() => wishIn(location.search));
  const [shown, show] = useState<Contact>();
  const [wanted] = useDebouncedValue(wish, 250);
  const some = wished(wanted);
  function ask(part: Partial<Wish>): void {
    const next = { ...wish, ...part };
    setWish(next);
    // Whoever comes back finds what was looked for.
    router.history.replace(`/search${writtenWish(next)}`);
  }
  const reasons = useQuery(reasonsQuery).data;
  const outcomes = useMemo(() => new Map((reasons ?? []).filter((r) => r.body.use === 'disposition').map((r) => [r.id, r.name])), [reasons]);
  const list = useList<Contact>(['search-contacts', wanted], async (after) => {
    if (!some) return { items: [] };
    const found = await answer(api.GET('/api/v1/search', { params: { query: { ...queryOf(wanted), limit: 50, ...(after ? { after } : {}) } } }));
    return { items: found.contacts, next: found.next ?? '' };
  });
  const columns = useMemo<Column<Contact>[]>(
    () => [
      { id: 'medium', title: t('desk.search_medium'), width: '76px', show: (c) => <Medium medium={c.medium} size={16} /> },
      { id: 'at', title: t('desk.search_at'), width: '160px', show: (c) => <time>{dateTime(c.at)}</time> },
      { id: 'name', title: t('app.contact_name'), width: '18%', show: (c) => <strong>{c.name || t('desk.customer')}</strong> },
      { id: 'caption', title: t('app.contact_caption'), width: '30%', show: (c) => c.caption },
      { id: 'queue', title: t('desk.search_queue'), width: '14%', show: (c) => c.queue_name },
      { id: 'agent', title: t('desk.search_agent'), width: '14%', show: (c) => c.agent_name },
      { id: 'outcome', title: t('desk.search_outcome'), width: '14%', show: (c) => (c.ended_at ? outcomes.get(c.disposition ?? '') : t('desk.search_open')) },
    ],
    [t, outcomes],
  );
  return (
    <section className="search-page" aria-label={t('desk.search')}>
      <h1>{t('desk.search')}</h1>
      <Wishes wish={wish} ask={ask} outcomes={outcomes} clear={() => ask(wishIn(''))} />
      {some ? (
        <ListStates list={list}>
          {(rows) => (
            <DataTable
              label={t('desk.search_found')} rows={rows} columns={columns} id={(c) => c.id} selected={shown?.id} open={show} end={list.more} minWidth={900}
              empty={<EmptyList filtered title={t('desk.search_none')} />}
            />
          )}
        </ListStates>
      ) : (
        <Empty title={t('desk.search_begin')}>{t('desk.search_begin_more')}</Empty>
      )}
      {shown && <FoundDialog contact={shown} close={() => show(undefined)} />}
    </section>
  );
}

interface WishesProps {
  wish: Wish;
  ask: (part: Partial<Wish>) => void;
  outcomes: ReadonlyMap<string, string>;
  clear: () => void;
}

/** What one looks for. From the words one goes down into what was found. */
function Wishes({ wish, ask, outcomes, clear }: WishesProps) {
  const t = useTexts();
  const { table: queues } = useTable<QueueFigures>('queues');
  const { table: agents } = useTable<AgentFigures>('agents');
  const byLabel = (a: Choice, b: Choice) => a.label.localeCompare(b.label);
  const queueChoices = useMemo(() => [...(queues?.rows.values() ?? [])].map((q) => ({ value: q.queue, label: q.name })).sort(byLabel), [queues]);
  const agentChoices = useMemo(() => [...(agents?.rows.values() ?? [])].map((a) => ({ value: a.agent, label: a.name })).sort(byLabel), [agents]);
  return (
    <div className="search-wishes" role="search">
      <TextInput
        size="xs" className="search-words" label={t('desk.search_words')} placeholder={t('desk.search_words_more')} value={wish.words} maxLength={200} autoFocus autoComplete="off"
        leftSection={<IconSearch size={14} aria-hidden="true" />} onChange={(e) => ask({ words: e.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          event.currentTarget.closest('section')?.querySelector<HTMLElement>('tbody tr[tabindex="0"]')?.focus();
        }}
      />
      <CustomerChoice value={wish.customer} choose={(customer) => ask({ customer })} />
      <TextInput size="xs" type="date" label={t('desk.search_from')} value={wish.from} max={wish.to || undefined} onChange={(e) => ask({ from: e.currentTarget.value })} />
      <TextInput size="xs" type="date" label={t('desk.search_to')} value={wish.to} min={wish.from || undefined} onChange={(e) => ask({ to: e.currentTarget.value })} />
      <Choose label={t('desk.search_queue')} value={wish.queue} choices={queueChoices} choose={(queue) => ask({ queue })} />
      <Choose label={t('desk.search_agent')} value={wish.agent} choices={agentChoices} choose={(agent) => ask({ agent })} />
      <Choose label={t('desk.search_medium')} value={wish.medium} choices={media.map((value) => ({ value, label: mediumName(t, value) }))} choose={(medium) => ask({ medium })} />
      <Choose
        label={t('desk.search_outcome')} value={wish.disposition} choices={[...outcomes].map(([value, label]) => ({ value, label })).sort(byLabel)}
        choose={(disposition) => ask({ disposition })}
      />
      <Button size="xs" variant="default" disabled={!wished(wish)} onClick={clear}>
        {t('kit.clear')}
      </Button>
    </div>
  );
}

interface Choice {
  value: string;
  label: string;
}

function Choose({ label, value, choices, choose }: { label: string; value: string; choices: Choice[]; choose: (value: string) => void }) {
  const t = useTexts();
  return (
    <Select
      size="xs" label={label} placeholder={t('desk.search_any')} value={value || null} data={choices} clearable searchable={choices.length > 8} nothingFoundMessage={t('kit.nothing_found')}
      clearButtonProps={{ 'aria-label': t('kit.clear') }} onChange={(chosen) => choose(chosen ?? '')}
    />
  );
}

/** One customer, found by name, company or address. */
function CustomerChoice({ value, choose }: { value: string; choose: (customer: string) => void }) {
  const t = useTexts();
  const [typed, type] = useState('');
  const [find] = useDebouncedValue(typed.trim(), 200);
  const chosen = useQuery({
    queryKey: ['customer', value], queryFn: () => answer(api.GET('/api/v1/customers/{id}', { params: { path: { id: value } } })), enabled: value !== '', retry: false, staleTime: 60_000,
  }).data;
  const found = useQuery({
    queryKey: ['customer-choice', find], queryFn: async () => (await answer(api.GET('/api/v1/customers', { params: { query: { find, limit: 20 } } }))).items,
    enabled: find.length > 1 && find !== chosen?.name, placeholderData: (before) => before,
  }).data;
  const all = [...(chosen ? [chosen] : []), ...(found ?? []).filter((c) => c.id !== chosen?.id)];
  return (
    <Select
      size="xs" label={t('desk.customer')} placeholder={t('desk.search_any')} value={value || null} clearable searchable searchValue={typed} onSearchChange={type}
      clearButtonProps={{ 'aria-label': t('kit.clear') }} filter={({ options }) => options} nothingFoundMessage={find.length > 1 ? t('kit.nothing_found') : t('desk.search_customer_more')}
      data={all.map((c) => ({ value: c.id, label: c.company ? `${c.name} · ${c.company}` : c.name }))} onChange={(customer) => choose(customer ?? '')}
    />
  );
}

/** What was found, with its whole thread over all media beside it. */
function FoundDialog({ contact, close }: { contact: Contact; close: () => void }) {
  const t = useTexts();
  const [id, choose] = useState(contact.id);
  return (
    <Dialog title={`${contact.name || t('desk.customer')} · ${contact.caption || mediumName(t, contact.medium)}`} size={1180} close={close}>
      <div className="search-found">
        <aside aria-label={t('mail.thread')}>
          <Thread contact={contact} current={id} choose={choose} wide />
        </aside>
        <PastWhole key={id} id={id} />
      </div>
    </Dialog>
  );
}
