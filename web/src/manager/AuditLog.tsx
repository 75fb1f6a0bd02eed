import { Button, TextInput } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { asFault } from '../api/client';
import type { components } from '../api/schema';
import { DataTable, type Column } from '../kit/DataTable';
import { useList, type Page } from '../kit/list';
import { EmptyList, ListBar, ListStates } from '../kit/ListBar';
import { Notice } from '../kit/Notice';
import { SidePanel } from '../kit/SidePanel';
import { Failed, Loading, Refusal } from '../kit/states';
import { dateTime, useTexts, type Key, type Say } from '../kit/texts';
import { useNames } from './choices';
import { flat } from './Conflict';
import { Differences } from './Differences';
import { Harms } from './Harms';
import { harmsOf, type Harm, type Version } from './kinds';
import { differences } from './merge';
import { call, link, workingIn } from './rest';

type Entry = components['schemas']['AuditEntry'];
type Taken = components['schemas']['Reverted'];

/** Whether the log is as it was written; the first entry that is not. */
interface AuditCheck {
  ok: boolean;
  entries: number;
  first_bad?: { number: number };
}

/** The kinds whose changes can be taken back, and where they are. */
const paths: Record<string, string> = {
  user: 'users', queue: 'queues', skill: 'skills', reason: 'reasons', team: 'teams', schedule: 'schedules', chat_language: 'chat-languages', response: 'responses',
  excluded_number: 'excluded-numbers', unit: 'units',
};
/** Settings of which there is one, and where they are. */
const singles: Record<string, string> = { chat_settings: 'chat-settings', settings: 'settings', contact_data: 'contact-data' };
const kinds = [...Object.keys(paths), ...Object.keys(singles), 'contact', 'agent', 'customer', 'token', 'session'] as const;
const deeds = ['create', 'change', 'remove', 'password', 'revoke', 'import', 'revert', 'begin', 'refuse', 'monitor', 'whisper', 'barge_in', 'take_over', 'reassign', 'end', 'state', 'sign_out', 'skills', 'agents', 'override_minimum', 'approve', 'try', 'give_up', 'hand_over', 'dismiss', 'erase'] as const;

function actionText(t: Say, action: string): string {
  const [kind = '', deed = ''] = action.split('.');
  return t('manager.audit_did', { what: wordOr(t, `manager.kind_${kind}`, kind), did: wordOr(t, `manager.deed_${deed}`, deed) });
}

function wordOr(t: Say, key: string, word: string): string {
  const text = t(key as Key);
  return text === key ? word : text;
}

/** What an entry is about, by the name that it had then. */
function nameIn(entry: Entry): string {
  for (const part of [entry.after, entry.before]) {
    if (typeof part !== 'object' || part === null) continue;
    const { name } = part as { name?: unknown };
    if (typeof name === 'string') return name;
  }
  return '';
}

interface Wish {
  by: string;
  kind: string;
  deed: string;
  from: string;
  to: string;
}

/** What an entry is about: by the name that it says, else by the one that it has now. */
function useEntryName(): (entry: Entry) => string {
  const nameOf = useNames();
  return useCallback((entry) => {
    const now = entry.object ? nameOf(entry.object) : '';
    return nameIn(entry) || (now === entry.object ? '' : now);
  }, [nameOf]);
}

/** Days are the person's own; the server counts milliseconds. */
function query({ by, kind, deed, from, to }: Wish): Record<string, string | number | undefined> {
  const day = (text: string) => new Date(`${text}T00:00`).getTime();
  return {
    by: by.trim() || undefined,
    // The beginning of the action: what was done is looked at here where no kind is chosen.
    action: kind ? `${kind}.${deed}` : undefined,
    from: from ? day(from) : undefined,
    to: to ? day(to) + 86_400_000 : undefined,
  };
}

/** Who changed what. */
export function AuditLog() {
  const t = useTexts();
  const [wish, ask] = useState<Wish>({ by: '', kind: '', deed: '', from: '', to: '' });
  const [open, show] = useState<Entry>();
  const nameOf = useEntryName();
  const list = useList<Entry>(['audit', workingIn(), wish], (after) => call<Page<Entry>>('GET', '/audit', { query: { ...query(wish), after: after || undefined, limit: 200 } }));
  const verify = useMutation({ mutationFn: () => call<AuditCheck>('GET', '/audit/verify') });
  const columns = useMemo<Column<Entry>[]>(
    () => [
      { id: 'at', title: t('manager.audit_at'), width: '170px', by: (e) => e.at, show: (e) => <time>{dateTime(e.at)}</time> },
      { id: 'by', title: t('manager.audit_by'), width: '18%', by: (e) => e.by, show: (e) => e.by },
      { id: 'action', title: t('manager.audit_action'), width: '28%', by: (e) => actionText(t, e.action), show: (e) => actionText(t, e.action) },
      { id: 'name', title: t('manager.name'), width: '28%', by: nameOf, show: nameOf },
      { id: 'from', title: t('manager.audit_from'), width: '150px', by: (e) => e.from, show: (e) => <span className="figures">{e.from}</span> },
    ],
    [t, nameOf],
  );
  const filtered = Object.values(wish).some(Boolean);
  const put = (part: Partial<Wish>) => ask({ ...wish, ...part });
  return (
    <div className="with-panel">
      <section className="subject" aria-label={t('manager.subject_audit')}>
        <header className="subject-head">
          <h2>{t('manager.subject_audit')}</h2>
          <div className="subject-do">
            <Button variant="default" leftSection={<IconShieldCheck size={14} aria-hidden="true" />} loading={verify.isPending} onClick={() => verify.mutate()}>
              {t('manager.audit_verify')}
            </Button>
            <Button component="a" href={link('/audit/export', query(wish))} download variant="default" leftSection={<IconDownload size={14} aria-hidden="true" />}>
              {t('kit.csv_export')}
            </Button>
          </div>
        </header>
        <ListBar
        first   find={wish.by} onFind={(by) => put({ by })} label={t('manager.audit_find')}
          filters={[
            { id: 'kind', label: t('manager.audit_kind'), value: wish.kind, set: (kind) => put({ kind }), choices: kinds.map((value) => ({ value, label: wordOr(t, `manager.kind_${value}`, value) })) },
            { id: 'deed', label: t('manager.audit_action'), value: wish.deed, set: (deed) => put({ deed }), choices: deeds.map((value) => ({ value, label: t(`manager.deed_${value}`) })) },
          ]}
        />
        <div className="dates">
          <TextInput size="xs" type="date" label={t('manager.from_day')} value={wish.from} max={wish.to || undefined} onChange={(e) => put({ from: e.currentTarget.value })} />
          <TextInput size="xs" type="date" label={t('manager.to_day')} value={wish.to} min={wish.from || undefined} onChange={(e) => put({ to: e.currentTarget.value })} />
        </div>
        {verify.data && (
          <Notice tone={verify.data.ok ? 'good' : 'bad'} close={() => verify.reset()}>
            {verify.data.ok ? t('manager.audit_ok', { count: verify.data.entries }) : t('manager.audit_bad', { number: verify.data.first_bad?.number ?? verify.data.entries })}
          </Notice>
        )}
        <Refusal fault={verify.error && asFault(verify.error)} />
        <ListStates list={list}>
          {(rows) => (
            <DataTable
              label={t('manager.subject_audit')} rows={rows.filter((e) => !wish.deed || e.action.endsWith(`.${wish.deed}`))} columns={columns} id={(e) => e.id} selected={open?.id} open={show} end={list.more}
              empty={<EmptyList filtered={filtered} title={t('manager.empty_audit')} />}
            />
          )}
        </ListStates>
      </section>
      {open && <EntryPanel key={open.id} entry={open} close={() => show(undefined)} />}
    </div>
  );
}

/** What one change was, and the way to take it back. */
function EntryPanel({ entry, close }: { entry: Entry; close: () => void }) {
  const t = useTexts();
  const name = useEntryName()(entry);
  const changes = differences(entry.before ?? {}, entry.after ?? {});
  const kind = entry.action.split('.')[0] ?? '';
  const path = singles[kind] ?? (paths[kind] && entry.object && `${paths[kind]}/${entry.object}`);
  return (
    <SidePanel title={name || actionText(t, entry.action)} name="audit" close={close} below={name ? <span>{actionText(t, entry.action)}</span> : undefined}>
      <dl className="facts">
        <dt>{t('manager.audit_at')}</dt>
        <dd>{dateTime(entry.at)}</dd>
        <dt>{t('manager.audit_by')}</dt>
        <dd>{entry.by}</dd>
        <dt>{t('manager.audit_from')}</dt>
        <dd>{entry.from}</dd>
      </dl>
      <Differences changes={changes} />
      {path && <TakeBack path={path} entry={entry} />}
    </SidePanel>
  );
}

/** The version that came of the change at that time, and the one before it. */
function around(versions: readonly Version<object>[], at: number): { made: Version<object>; before: Version<object> | undefined } | undefined {
  const made = versions.reduce<Version<object> | undefined>((best, v) => (!best || Math.abs(v.changed_at - at) < Math.abs(best.changed_at - at) ? v : best), undefined);
  return made && { made, before: versions.find((v) => v.version === made.version - 1) };
}

function TakeBack({ path, entry }: { path: string; entry: Entry }) {
  const t = useTexts();
  const cache = useQueryClient();
  const versions = useQuery({
    queryKey: ['versions', path],
    queryFn: () => call<{ items: Version<object>[] }>('GET', `/${path}/versions`, { query: { limit: 500 } }).then((a) => a.items),
    staleTime: 0,
  });
  const all = versions.data ?? [];
  const now = all.reduce<Version<object> | undefined>((last, v) => (!last || v.version > last.version ? v : last), undefined);
  const found = around(all, entry.at);
  const [harms, warn] = useState<Harm[]>([]);
  const revert = useMutation({
    mutationFn: async () => {
      const ask = (dry_run: boolean) => call<Taken>('POST', `/audit/${entry.id}/revert`, { query: { dry_run }, body: { version: now!.version } });
      const found = harms.length > 0 ? [] : harmsOf((await ask(true)).preview);
      warn(found);
      return found.length > 0 ? undefined : ask(false);
    },
    onSuccess: (done) => {
      if (!done) return;
      void cache.invalidateQueries({ queryKey: ['audit'] });
      void cache.invalidateQueries({ queryKey: ['objects'] });
      void cache.invalidateQueries({ queryKey: ['object'] });
    },
  });
  if (versions.error) return <Failed fault={asFault(versions.error)} again={() => void versions.refetch()} />;
  if (!versions.data) return <Loading />;
  if (!found?.before || !now) return null;
  return (
    <section className="take-back">
      <h3>{t('manager.take_back')}</h3>
      {found.made.version !== now.version && <p className="hint">{t('manager.take_back_later')}</p>}
      {revert.data ? (
        <Notice tone="good">{t('manager.taken_back')}</Notice>
      ) : (
        <>
          <Differences changes={differences(flat(now), flat(found.before))} />
          <Harms harms={harms} />
          <Refusal fault={revert.error && asFault(revert.error)} />
          <Button size="sm" loading={revert.isPending} onClick={() => revert.mutate()}>
            {t(harms.length > 0 ? 'manager.harm_take_back' : 'manager.take_back_do')}
          </Button>
        </>
      )}
    </section>
  );
}
