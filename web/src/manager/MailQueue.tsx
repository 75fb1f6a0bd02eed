import { Button, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCornerUpLeft, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { asFault } from '../api/client';
import type { components } from '../api/schema';
import { meQuery } from '../app/session';
import { Confirm } from '../kit/Confirm';
import { DataTable, type Column } from '../kit/DataTable';
import { useList, type List, type Page } from '../kit/list';
import { EmptyList, ListBar, ListStates } from '../kit/ListBar';
import { Notice } from '../kit/Notice';
import { SidePanel } from '../kit/SidePanel';
import { Refusal } from '../kit/states';
import { dateTime, figure, useTexts } from '../kit/texts';
import { mailEvery } from './MailApprovals';
import { advice, said } from './mailWords';
import { call, workingIn } from './rest';

type Box = components['schemas']['MailQueue'];
type Waiting = components['schemas']['WaitingMail'];

/** What waits to leave: mailbox by mailbox, and each mail. */
export function MailQueue() {
  const t = useTexts();
  const boxes = useList<Box>(['mail-queue', workingIn()], () => call<Page<Box>>('GET', '/mail-queue'), { every: mailEvery });
  const [find, look] = useState('');
  const [settled] = useDebouncedValue(find, 250);
  const [account, setAccount] = useState('');
  const [delayed, setDelayed] = useState('');
  const [open, show] = useState<Waiting>();
  const [told, tell] = useState<string>();
  const list = useList<Waiting>(
    ['waiting-mails', workingIn(), settled, account, delayed],
    (after) => call<Page<Waiting>>('GET', '/mail-queue/mails', { query: { find: settled || undefined, account: account || undefined, delayed: delayed === 'yes' || undefined, after: after || undefined, limit: 100 } }),
    { every: mailEvery },
  );
  const rows = list.rows ?? [];
  const one = open && (rows.find((m) => m.id === open.id) ?? open);
  const columns = useMemo<Column<Waiting>[]>(
    () => [
      { id: 'at', title: t('manager.mail_waits_since'), width: '150px', by: (m) => m.at, show: (m) => <time>{dateTime(m.at)}</time> },
      { id: 'to', title: t('manager.mail_to'), width: '24%', by: people, show: (m) => <strong>{people(m)}</strong> },
      { id: 'subject', title: t('manager.mail_subject'), width: '26%', by: (m) => m.subject, show: (m) => m.subject },
      { id: 'agent', title: t('app.role_agent'), width: '14%', by: (m) => m.agent_name ?? '', show: (m) => m.agent_name ?? t('manager.mail_by_program') },
      { id: 'tries', title: t('manager.mail_put_off'), width: '110px', right: true, by: (m) => m.attempts, show: (m) => <span className="figures">{figure(m.attempts)}</span> },
      { id: 'next', title: t('manager.mail_next_try'), width: '150px', by: (m) => m.next_at ?? 0, show: (m) => (m.next_at ? <time>{dateTime(m.next_at)}</time> : t('manager.mail_in_turn')) },
      { id: 'words', title: t('manager.mail_server_words'), width: '30%', by: (m) => m.error ?? '', show: (m) => m.error && <span title={m.error}>{m.error}</span> },
    ],
    [t],
  );
  return (
    <div className="with-panel">
      <section className="subject" aria-label={t('manager.subject_mail_queue')}>
        <header className="subject-head">
          <h2>{t('manager.subject_mail_queue')}</h2>
        </header>
        <div className="mail-boxes">
          <Boxes list={boxes} chosen={account} choose={(id) => setAccount(id === account ? '' : id)} />
        </div>
        <ListBar
          first find={find} onFind={look} count={list.rows && rows.length}
          filters={[
            { id: 'account', label: t('manager.mail_account'), value: account, set: setAccount, choices: (boxes.rows ?? []).map((b) => ({ value: b.account, label: b.name })) },
            { id: 'delayed', label: t('manager.mail_put_off'), value: delayed, set: setDelayed, choices: [{ value: 'yes', label: t('manager.mail_only_put_off') }] },
          ]}
        />
        {told && <Notice tone="good" close={() => tell(undefined)}>{told}</Notice>}
        <ListStates list={list}>
          {() => (
            <DataTable
              label={t('manager.mail_waiting_mails')} rows={rows} columns={columns} id={(m) => m.id} name={(m) => m.subject || people(m)} sortedBy={{ column: 'at', down: false }} selected={one?.id}
              open={show} tone={(m) => (m.error ? 'warn' : undefined)} end={list.more}
              empty={<EmptyList filtered={find !== '' || account !== '' || delayed !== ''} title={t('manager.empty_waiting_mails')}>{t('manager.empty_waiting_mails_more')}</EmptyList>}
            />
          )}
        </ListStates>
      </section>
      {one && (
        <WaitingPanel
          key={one.id} mail={one} close={() => show(undefined)}
          done={(text) => {
            tell(text);
            show(undefined);
          }}
        />
      )}
    </div>
  );
}

const people = (m: Waiting) => m.to.map((a) => a.name || a.address).join(', ') + (m.recipients > m.to.length ? ' …' : '');

/** The mailboxes through which mails leave; choosing one shows its mails alone. */
function Boxes({ list, chosen, choose }: { list: List<Box>; chosen: string; choose: (id: string) => void }) {
  const t = useTexts();
  const columns = useMemo<Column<Box>[]>(
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
    <ListStates list={list}>
      {() => (
        <DataTable
          label={t('manager.subject_mail_queue')} rows={list.rows ?? []} columns={columns} id={(q) => q.account} sortedBy={{ column: 'waiting', down: true }} selected={chosen || undefined}
          open={(q) => choose(q.account)} tone={(q) => (q.error && !q.disabled ? 'bad' : undefined)}
          empty={<EmptyList filtered={false} title={t('manager.empty_mail_queue')}>{t('manager.empty_mail_queue_more')}</EmptyList>}
        />
      )}
    </ListStates>
  );
}

/** One mail that waits, and what one may do with it. */
function WaitingPanel({ mail, close, done }: { mail: Waiting; close: () => void; done: (said: string) => void }) {
  const t = useTexts();
  const cache = useQueryClient();
  const may = useQuery(meQuery).data?.user.permissions.includes('mail_queue') ?? false;
  const [sure, ask] = useState(false);
  const [note, write] = useState('');
  const settled = { onSettled: () => Promise.all(['waiting-mails', 'mail-queue'].map((key) => cache.invalidateQueries({ queryKey: [key] }))) };
  const again = useMutation({ mutationFn: () => call('POST', `/mail-queue/mails/${mail.id}/try`), onSuccess: () => done(t('manager.mail_tried')), ...settled });
  const giveUp = useMutation({
    mutationFn: () => call('POST', `/mail-queue/mails/${mail.id}/give-up`, { body: { ...(note.trim() && { note: note.trim() }) } }), onSuccess: () => done(t('manager.mail_given_up')), ...settled,
  });
  return (
    <SidePanel
      title={mail.subject || t('manager.mail_no_subject')} name="mail-waiting" close={close} below={<span>{t('manager.mail_waits_since_at', { when: dateTime(mail.at) })}</span>}
      foot={
        may && (
          <>
            <Button size="sm" loading={again.isPending} leftSection={<IconRefresh size={15} aria-hidden="true" />} onClick={() => again.mutate()}>
              {t('manager.mail_try_now')}
            </Button>
            <Button size="sm" variant="default" leftSection={<IconCornerUpLeft size={15} aria-hidden="true" />} onClick={() => ask(true)}>
              {t('manager.mail_give_up')}
            </Button>
          </>
        )
      }
    >
      <dl className="facts">
        <dt>{t('manager.mail_to')}</dt>
        <dd>
          {mail.to.map((a) => (a.name ? `${a.name} <${a.address}>` : a.address)).join(', ')}
          {mail.recipients > mail.to.length && ` ${t('manager.mail_recipients', { count: figure(mail.recipients) })}`}
        </dd>
        <dt>{t('manager.mail_from')}</dt>
        <dd>{mail.from.address}</dd>
        <dt>{t('app.role_agent')}</dt>
        <dd>{mail.agent_name ?? t('manager.mail_by_program')}</dd>
        <dt>{t('manager.mail_account')}</dt>
        <dd>{mail.account_name}</dd>
        <dt>{t('manager.mail_put_off')}</dt>
        <dd className="figures">{figure(mail.attempts)}</dd>
        <dt>{t('manager.mail_next_try')}</dt>
        <dd>{mail.next_at ? dateTime(mail.next_at) : t('manager.mail_in_turn')}</dd>
      </dl>
      {mail.error ? (
        <Notice tone="warn">
          {t('manager.mail_server_words')}: <q>{mail.error}</q>
        </Notice>
      ) : (
        <p className="hint">{t('manager.mail_not_tried')}</p>
      )}
      {!may && <p className="hint">{t('manager.mail_queue_may')}</p>}
      <Refusal fault={again.error && asFault(again.error)} />
      {sure && (
        <Confirm title={t('manager.mail_give_up_title')} yes={t('manager.mail_give_up')} danger busy={giveUp.isPending} fault={giveUp.error && asFault(giveUp.error)} run={() => giveUp.mutate()} close={() => ask(false)}>
          <p>{t(mail.agent_name ? 'manager.mail_give_up_more' : 'manager.mail_give_up_program')}</p>
          {mail.agent_name && (
            <Textarea label={t('manager.mail_back_note')} value={note} maxLength={400} autosize minRows={2} maxRows={6} onChange={(e) => write(e.currentTarget.value)} />
          )}
        </Confirm>
      )}
    </SidePanel>
  );
}
