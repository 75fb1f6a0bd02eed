import { Button } from '@mantine/core';
import { IconEraser } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { asFault } from '../api/client';
import type { components } from '../api/schema';
import { meQuery } from '../app/session';
import { Confirm } from '../kit/Confirm';
import { DataTable, type Column } from '../kit/DataTable';
import { Dialog } from '../kit/Dialog';
import { useList, type Page } from '../kit/list';
import { EmptyList, ListStates } from '../kit/ListBar';
import { Loading, Refusal } from '../kit/states';
import { dateTime, figure, useTexts, type Say } from '../kit/texts';
import { Section } from './form';
import type { Thing } from './kinds';
import { mailEvery } from './MailApprovals';
import { call, workingIn } from './rest';

type Erasure = components['schemas']['Erasure'];
type Reach = components['schemas']['ErasureReach'];
type Box = components['schemas']['ErasureBox'];

const boxText = (t: Say, b: Box): string => t(`manager.erase_box_${b.state}`, { name: b.name ?? '', count: figure(b.messages) });

/** How far the erasing of people has come: what was reached, and what waits for a mailbox. */
export function Erasures() {
  const t = useTexts();
  const list = useList<Erasure>(['erasures', workingIn()], (after) => call<Page<Erasure>>('GET', '/erasures', { query: { after: after || undefined, limit: 100 } }), { every: mailEvery });
  const columns = useMemo<Column<Erasure>[]>(() => {
    const count = (id: 'contacts' | 'mails' | 'files' | 'offline_requests' | 'messages', width: string): Column<Erasure> => ({
      id, title: t(`manager.erased_${id}`), width, right: true, by: (e) => e[id], show: (e) => <span className="figures">{figure(e[id])}</span>,
    });
    return [
      { id: 'at', title: t('manager.erased_at'), width: '150px', by: (e) => e.at, show: (e) => <time>{dateTime(e.at)}</time> },
      { id: 'by', title: t('manager.audit_by'), width: '14%', by: (e) => e.by ?? '', show: (e) => e.by },
      {
        id: 'state', title: t('manager.state'), width: '150px', by: (e) => e.state,
        show: (e) => <span className={e.state === 'done' ? 'tag tag-good' : 'tag'}>{t(`manager.erasure_${e.state}`)}</span>,
      },
      count('contacts', '100px'), count('mails', '90px'), count('files', '90px'), count('offline_requests', '120px'), count('messages', '120px'),
      { id: 'rest', title: t('manager.erased_rest'), width: '34%', by: (e) => rest(e).length, show: (e) => <span title={rest(e).join(' ')}>{rest(e).join(' ')}</span> },
    ];
    function rest(e: Erasure): string[] {
      return [
        ...(e.open > 0 ? [t('manager.erase_open', { count: figure(e.open) })] : []),
        ...e.waiting.map((b) => boxText(t, b)),
        ...(e.lost > 0 ? [t('manager.erase_lost', { count: figure(e.lost) })] : []),
      ];
    }
  }, [t]);
  return (
    <section className="subject" aria-label={t('manager.subject_erasures')}>
      <header className="subject-head">
        <h2>{t('manager.subject_erasures')}</h2>
      </header>
      <p className="hint subject-hint">{t('manager.erasures_more')}</p>
      <ListStates list={list}>
        {(rows) => (
          <DataTable
            label={t('manager.subject_erasures')} rows={rows} columns={columns} id={(e) => e.id} sortedBy={{ column: 'at', down: true }} end={list.more}
            tone={(e) => (e.state === 'done' ? undefined : 'warn')} empty={<EmptyList filtered={false} title={t('manager.empty_erasures')}>{t('manager.empty_erasures_more')}</EmptyList>}
          />
        )}
      </ListStates>
    </section>
  );
}

/** The last part of a customer's form: the person may ask to be forgotten. */
export function Erase({ thing: customer }: { thing: Thing<unknown> }) {
  const t = useTexts();
  const may = useQuery(meQuery).data?.user.permissions.includes('erase') ?? false;
  const [asked, ask] = useState(false);
  if (!may) return null;
  return (
    <Section title={t('manager.erase')} more={t('manager.erase_more')}>
      <div className="row">
        <Button variant="default" leftSection={<IconEraser size={14} aria-hidden="true" />} onClick={() => ask(true)}>
          {t('manager.erase_do')}
        </Button>
      </div>
      {asked && (
        // What is confirmed within is not the form's.
        <div onSubmit={(event) => event.stopPropagation()}>
          <EraseDialog customer={customer} close={() => ask(false)} />
        </div>
      )}
    </Section>
  );
}

/** Says first what will be reached, and has the name typed. */
function EraseDialog({ customer, close }: { customer: Thing<unknown>; close: () => void }) {
  const t = useTexts();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const path = `/customers/${customer.id}/erasure`;
  const reach = useQuery({ queryKey: ['reach', customer.id], queryFn: () => call<Reach>('GET', path), staleTime: 0, gcTime: 0 });
  const erase = useMutation({
    mutationFn: () => call('POST', path, { body: { version: customer.version } }),
    onSuccess: () => {
      for (const key of [['objects', workingIn(), 'customers'], ['customers'], ['erasures']]) void cache.invalidateQueries({ queryKey: key });
      void navigate({ to: '/manager/erasures', ignoreBlocker: true });
    },
  });
  const title = t('manager.erase_title', { name: customer.name });
  const r = reach.data;
  if (!r || r.open > 0) {
    return (
      <Dialog title={title} size={440} close={close}>
        {reach.error ? <Refusal fault={asFault(reach.error)} /> : !r ? <Loading /> : <p>{t('manager.erase_open_first', { count: figure(r.open) })}</p>}
      </Dialog>
    );
  }
  return (
    <Confirm title={title} yes={t('manager.erase_yes')} danger name={customer.name} busy={erase.isPending} fault={erase.error && asFault(erase.error)} run={() => erase.mutate()} close={close}>
      <p>{t('manager.erase_reaches')}</p>
      <ul className="mail-notes">
        <li>{t('manager.erase_reach_contacts', { count: figure(r.contacts) })}</li>
        <li>{t('manager.erase_reach_files', { count: figure(r.files) })}</li>
        <li>{t('manager.erase_reach_offline', { count: figure(r.offline_requests) })}</li>
        {r.mailboxes.map((b) => (
          <li key={b.account}>{boxText(t, b)}</li>
        ))}
        <li>{t('manager.erase_reach_same')}</li>
      </ul>
      <p className="hint">{t('manager.erase_reaches_not')}</p>
    </Confirm>
  );
}
