import { Button, Textarea } from '@mantine/core';
import { IconCheck, IconRotate } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { asFault } from '../api/client';
import type { components } from '../api/schema';
import { DataTable, type Column } from '../kit/DataTable';
import { matches, useList, type Page } from '../kit/list';
import { BulkBar, EmptyList, ListBar, ListStates } from '../kit/ListBar';
import { SidePanel } from '../kit/SidePanel';
import { Refusal } from '../kit/states';
import { Tabs } from '../kit/Tabs';
import { dateTime, languageName, useTexts, type Say } from '../kit/texts';
import { useNames } from './choices';
import { call, workingIn } from './rest';

/** What a customer asked outside the hours. */
type Asked = components['schemas']['OfflineRequest'];

type State = 'open' | 'done';

/** What customers left while it was closed, until somebody has seen to it. */
export function OfflineRequests() {
  const t = useTexts();
  const cache = useQueryClient();
  const nameOf = useNames();
  const [state, setState] = useState<State>('open');
  const [find, look] = useState('');
  const [checked, check] = useState<ReadonlySet<string>>(new Set());
  const [open, show] = useState<string>();
  const key = ['offline', workingIn(), state];
  const list = useList<Asked>(key, (after) => call<Page<Asked>>('GET', '/offline-requests', { query: { state, after: after || undefined, limit: 200 } }));
  const rows = (list.rows ?? []).filter((r) => matches(find, t(`manager.asked_${r.kind}`), r.name, r.email, r.phone, r.question, r.queue && nameOf(r.queue)));
  const one = list.rows?.find((r) => r.id === open);
  const columns = useMemo<Column<Asked>[]>(
    () => [
      { id: 'at', title: t('manager.asked_at'), width: '160px', by: (r) => r.at, show: (r) => <time>{dateTime(r.at)}</time> },
      { id: 'kind', title: t('manager.kind'), width: '110px', by: (r) => r.kind, show: (r) => t(`manager.asked_${r.kind}`) },
      { id: 'name', title: t('app.contact_name'), width: '16%', by: (r) => r.name ?? '', show: (r) => <strong>{r.name}</strong> },
      { id: 'address', title: t('manager.addresses'), width: '19%', by: (r) => r.email ?? r.phone ?? '', show: (r) => r.email ?? r.phone },
      { id: 'question', title: t('app.contact_caption'), width: '33%', show: (r) => r.question },
      { id: 'queue', title: t('manager.queue'), width: '15%', by: (r) => (r.queue ? nameOf(r.queue) : ''), show: (r) => (r.queue ? nameOf(r.queue) : '') },
      { id: 'language', title: t('app.language'), width: '100px', by: (r) => languageName(r.language), show: (r) => languageName(r.language) },
    ],
    [t, nameOf],
  );
  const finish = useMutation({
    mutationFn: async ({ ids, done, note }: { ids: readonly string[]; done: boolean; note?: string }) => {
      for (const id of ids) {
        const known = list.rows?.find((r) => r.id === id);
        await call('PUT', `/offline-requests/${id}`, { body: { done, note: note ?? known?.note ?? '' } });
      }
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['offline'] }),
    onSuccess: () => {
      check(new Set());
      show(undefined);
    },
  });
  return (
    <div className="with-panel">
      <section className="subject" aria-label={t('manager.subject_offline_requests')}>
        <header className="subject-head">
          <h2>{t('manager.subject_offline_requests')}</h2>
        </header>
        <Tabs
          label={t('manager.state')} value={state}
          set={(to) => {
            setState(to);
            check(new Set());
            show(undefined);
          }}
          tabs={[{ id: 'open', title: t('manager.requests_open') }, { id: 'done', title: t('manager.requests_done') }]}
        >
          <ListBar first find={find} onFind={look} count={list.rows && rows.length} all={list.rows?.length} />
          <BulkBar checked={checked} clear={() => check(new Set())}>
            <Button
              variant="default" loading={finish.isPending} leftSection={state === 'open' ? <IconCheck size={14} aria-hidden="true" /> : <IconRotate size={14} aria-hidden="true" />}
              onClick={() => finish.mutate({ ids: [...checked], done: state === 'open' })}
            >
              {t(state === 'open' ? 'manager.mark_done' : 'manager.mark_open')}
            </Button>
          </BulkBar>
          {!one && <Refusal fault={finish.error && asFault(finish.error)} />}
          <ListStates list={list}>
            {() => (
              <DataTable
                label={t('manager.subject_offline_requests')} rows={rows} columns={columns} id={(r) => r.id} name={(r) => r.name ?? r.email ?? ''} sortedBy={{ column: 'at', down: true }}
                selected={open} open={(r) => show(r.id)} checked={checked} onChecked={check} end={list.more}
                empty={<EmptyList filtered={find !== ''} title={t(state === 'open' ? 'manager.empty_offline' : 'manager.empty_offline_done')}>{t('manager.empty_offline_more')}</EmptyList>}
              />
            )}
          </ListStates>
        </Tabs>
      </section>
      {one && (
        <RequestPanel
          key={one.id} request={one} busy={finish.isPending} fault={finish.error && asFault(finish.error)} close={() => show(undefined)}
          set={(done, note) => finish.mutate({ ids: [one.id], done, note })}
        />
      )}
    </div>
  );
}

interface PanelProps {
  request: Asked;
  busy: boolean;
  fault: ReturnType<typeof asFault> | null;
  close: () => void;
  set: (done: boolean, note: string) => void;
}

function RequestPanel({ request: r, busy, fault, close, set }: PanelProps) {
  const t = useTexts();
  const nameOf = useNames();
  const [note, write] = useState(r.note ?? '');
  const done = r.done_at !== undefined && r.done_at > 0;
  return (
    <SidePanel
      title={r.name || r.email || t('app.contact_name')} name="offline" close={close} below={<time>{dateTime(r.at)}</time>}
      foot={
        <>
          <Button size="sm" loading={busy} onClick={() => set(!done, note)}>
            {t(done ? 'manager.mark_open' : 'manager.mark_done')}
          </Button>
          {note !== (r.note ?? '') && (
            <Button size="sm" variant="default" loading={busy} onClick={() => set(done, note)}>
              {t('manager.save_note')}
            </Button>
          )}
        </>
      }
    >
      <p className="asked">{r.question}</p>
      <dl className="facts">
        <dt>{t('manager.kind')}</dt>
        <dd>{t(`manager.asked_${r.kind}`)}</dd>
        {r.kind === 'callback' && (
          <>
            <dt>{t('manager.promised')}</dt>
            <dd>{promised(t, r)}</dd>
          </>
        )}
        {r.email && (
          <>
            <dt>{t('manager.address_email')}</dt>
            <dd>
              <a href={`mailto:${r.email}`}>{r.email}</a>
            </dd>
          </>
        )}
        {r.phone && (
          <>
            <dt>{t('manager.address_phone')}</dt>
            <dd>
              <a href={`tel:${r.phone}`}>{r.phone}</a>
            </dd>
          </>
        )}
        {r.queue && (
          <>
            <dt>{t('manager.queue')}</dt>
            <dd>{nameOf(r.queue)}</dd>
          </>
        )}
        <dt>{t('app.language')}</dt>
        <dd>{languageName(r.language)}</dd>
        {Object.entries(r.fields ?? {}).map(([key, value]) => (
          <div key={key} className="facts-pair">
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {done && (
          <>
            <dt>{t('manager.done')}</dt>
            <dd>{t('manager.done_by', { when: dateTime(r.done_at!), who: r.done_by ?? '' })}</dd>
          </>
        )}
      </dl>
      <Textarea label={t('manager.note')} description={t('manager.note_more')} value={note} maxLength={1000} autosize minRows={2} onChange={(e) => write(e.currentTarget.value)} />
      <Refusal fault={fault} />
    </SidePanel>
  );
}

/** When a callback was promised. */
function promised(t: Say, { promised_from: from, promised_until: until }: Asked): string {
  if (!from) return t('manager.promised_any_time');
  return until ? t('manager.promised_between', { from: dateTime(from), until: dateTime(until) }) : t('manager.promised_from', { from: dateTime(from) });
}
