import { useMemo } from 'react';
import type { components } from '../api/schema';
import { DataTable, type Column } from '../kit/DataTable';
import { useList, type Page } from '../kit/list';
import { EmptyList, ListStates } from '../kit/ListBar';
import { figure, useTexts } from '../kit/texts';
import { mailEvery } from './MailApprovals';
import { advice, said } from './mailWords';
import { call, workingIn } from './rest';

type Row = components['schemas']['MailQueue'];

/** What waits to leave, mailbox by mailbox. */
export function MailQueue() {
  const t = useTexts();
  const list = useList<Row>(['mail-queue', workingIn()], () => call<Page<Row>>('GET', '/mail-queue'), { every: mailEvery });
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: 'name', title: t('manager.mail_account'), width: '24%', by: (q) => q.name, show: (q) => <strong>{q.name}</strong> },
      { id: 'waiting', title: t('manager.mail_waiting_out'), width: '130px', right: true, by: (q) => q.waiting, show: (q) => <span className="figures">{figure(q.waiting)}</span> },
      {
        id: 'rate', title: t('manager.mail_rate'), width: '150px', right: true, by: (q) => q.rate_per_minute,
        show: (q) => <span className="figures">{q.rate_per_minute > 0 ? figure(q.rate_per_minute) : t('manager.mail_no_bound')}</span>,
      },
      {
        id: 'takes', title: t('manager.mail_takes'), width: '150px', right: true, by: (q) => (q.rate_per_minute > 0 ? q.waiting / q.rate_per_minute : 0),
        show: (q) => (q.rate_per_minute > 0 && q.waiting > 0 ? t('manager.mail_minutes', { n: figure(Math.ceil(q.waiting / q.rate_per_minute)) }) : t('manager.nothing')),
      },
      {
        id: 'state', title: t('manager.state'), width: '40%', by: (q) => (q.disabled ? 2 : q.error ? 0 : 1),
        show: (q) =>
          q.disabled ? <span className="tag">{t('manager.is_disabled')}</span>
          : q.error ? <span title={advice(q, q.hint)}>{said(q, q.error)}</span>
          : <span className="tag tag-good">{t('manager.mail_connected')}</span>,
      },
    ],
    [t],
  );
  return (
    <section className="subject" aria-label={t('manager.subject_mail_queue')}>
      <header className="subject-head">
        <h2>{t('manager.subject_mail_queue')}</h2>
      </header>
      <ListStates list={list}>
        {() => (
          <DataTable
            label={t('manager.subject_mail_queue')} rows={list.rows ?? []} columns={columns} id={(q) => q.account} sortedBy={{ column: 'waiting', down: true }}
            tone={(q) => (q.error && !q.disabled ? 'bad' : undefined)} empty={<EmptyList filtered={false} title={t('manager.empty_mail_queue')}>{t('manager.empty_mail_queue_more')}</EmptyList>}
          />
        )}
      </ListStates>
    </section>
  );
}
