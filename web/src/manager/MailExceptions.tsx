import { Button, Select } from '@mantine/core';
import { IconArrowForwardUp, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { use, useMemo, useState } from 'react';
import { asFault } from '../api/client';
import type { components } from '../api/schema';
import { DataTable, type Column } from '../kit/DataTable';
import { matches, useList, type Page } from '../kit/list';
import { EmptyList, ListBar, ListStates } from '../kit/ListBar';
import { Notice } from '../kit/Notice';
import { SidePanel } from '../kit/SidePanel';
import { Refusal } from '../kit/states';
import { dateTime, faultText, useTexts } from '../kit/texts';
import { mailEvery } from './MailApprovals';
import { useMailQueueChoices } from './MailAliases';
import { call, workingIn } from './rest';
import { UnitContext } from './unitChoice';

type Exception = components['schemas']['MailException'];

const reasons = ['no_alias', 'held', 'refused', 'blocked'] as const;

/** Messages that were not routed, until somebody says what becomes of them. */
export function MailExceptions() {
  const t = useTexts();
  const { global } = use(UnitContext);
  const [find, look] = useState('');
  const [reason, setReason] = useState('');
  const [open, show] = useState<string>();
  const [said, say] = useState<string>();
  const list = useList<Exception>(['mail-exceptions', workingIn()], () => call<Page<Exception>>('GET', '/mail-exceptions'), { every: mailEvery });
  const rows = (list.rows ?? []).filter((e) => matches(find, e.from.name, e.from.address, e.subject, e.to, e.account_name) && (!reason || e.reason === reason));
  const one = list.rows?.find((e) => e.id === open);
  const columns = useMemo<Column<Exception>[]>(
    () => [
      { id: 'at', title: t('manager.mail_came_at'), width: '160px', by: (e) => e.at, show: (e) => <time>{dateTime(e.at)}</time> },
      { id: 'from', title: t('manager.mail_from'), width: '22%', by: (e) => e.from.address, show: (e) => <strong>{e.from.address}</strong> },
      { id: 'subject', title: t('manager.mail_subject'), width: '30%', by: (e) => e.subject ?? '', show: (e) => e.subject },
      { id: 'to', title: t('manager.mail_to'), width: '20%', by: (e) => e.to ?? '', show: (e) => e.to },
      { id: 'reason', title: t('manager.mail_reason'), width: '22%', by: (e) => t(`manager.mail_reason_${e.reason}`), show: (e) => t(`manager.mail_reason_${e.reason}`) },
      { id: 'account', title: t('manager.mail_account'), width: '14%', by: (e) => e.account_name, show: (e) => e.account_name },
    ],
    [t],
  );
  return (
    <div className="with-panel">
      <section className="subject" aria-label={t('manager.subject_mail_exceptions')}>
        <header className="subject-head">
          <h2>{t('manager.subject_mail_exceptions')}</h2>
        </header>
        <ListBar
          first find={find} onFind={look} count={list.rows && rows.length} all={list.rows?.length}
          filters={[{ id: 'reason', label: t('manager.mail_reason'), value: reason, set: setReason, choices: reasons.map((value) => ({ value, label: t(`manager.mail_reason_${value}`) })) }]}
        />
        {said && <Notice tone="good" close={() => say(undefined)}>{said}</Notice>}
        <ListStates list={list}>
          {() => (
            <DataTable
              label={t('manager.subject_mail_exceptions')} rows={rows} columns={columns} id={(e) => e.id} name={(e) => e.subject || e.from.address} sortedBy={{ column: 'at', down: true }} selected={open}
              open={(e) => show(e.id)}
              empty={
                <EmptyList filtered={find !== '' || reason !== ''} title={t('manager.empty_mail_exceptions')}>
                  {t(global ? 'manager.empty_mail_exceptions_site' : 'manager.empty_mail_exceptions_more')}
                </EmptyList>
              }
            />
          )}
        </ListStates>
      </section>
      {one && (
        <ExceptionPanel
          key={one.id} exception={one} close={() => show(undefined)}
          done={(text) => {
            say(text);
            show(undefined);
          }}
        />
      )}
    </div>
  );
}

/** What is known of a message, and what may become of it. */
function ExceptionPanel({ exception: e, close, done }: { exception: Exception; close: () => void; done: (said: string) => void }) {
  const t = useTexts();
  const cache = useQueryClient();
  const { global, choices } = use(UnitContext);
  const [unit, setUnit] = useState(global ? (e.account_unit ?? '') : workingIn());
  const [queue, setQueue] = useState('-');
  const queues = useMailQueueChoices(global ? unit || '-' : unit);
  const settled = { onSettled: () => cache.invalidateQueries({ queryKey: ['mail-exceptions'] }) };
  const hand = useMutation({
    mutationFn: () => call('POST', `/mail-exceptions/${e.id}/hand-over`, { body: { ...(global && { unit }), ...(queue !== '-' && { queue }) } }),
    onSuccess: () => done(t('manager.mail_handed')), ...settled,
  });
  const dismiss = useMutation({ mutationFn: () => call('POST', `/mail-exceptions/${e.id}/dismiss`), onSuccess: () => done(t('manager.mail_dismissed')), ...settled });
  const fault = hand.error ?? dismiss.error;
  const busy = hand.isPending || dismiss.isPending;
  const units = choices.filter((c) => c.value !== workingIn() && (!e.account_unit || c.value === e.account_unit));
  return (
    <SidePanel
      title={e.subject || t('manager.mail_no_subject')} name="mail-exception" close={close} below={<time>{dateTime(e.at)}</time>}
      foot={
        <>
          <Button size="sm" loading={hand.isPending} disabled={busy || (global && unit === '')} leftSection={<IconArrowForwardUp size={15} aria-hidden="true" />} onClick={() => hand.mutate()}>
            {t('manager.mail_hand_over')}
          </Button>
          <Button size="sm" variant="default" loading={dismiss.isPending} disabled={busy} leftSection={<IconX size={15} aria-hidden="true" />} onClick={() => dismiss.mutate()}>
            {t('manager.mail_dismiss')}
          </Button>
        </>
      }
    >
      <p className="asked">{t(`manager.mail_reason_${e.reason}_more`)}</p>
      <dl className="facts">
        <dt>{t('manager.mail_from')}</dt>
        <dd>{e.from.name ? `${e.from.name} <${e.from.address}>` : e.from.address}</dd>
        {e.to && (
          <>
            <dt>{t('manager.mail_to')}</dt>
            <dd>{e.to}</dd>
          </>
        )}
        <dt>{t('manager.mail_account')}</dt>
        <dd>{e.account_name}</dd>
        {e.why && (
          <>
            <dt>{t('manager.mail_why')}</dt>
            <dd>{faultText(e.code ?? '', e.why)}</dd>
          </>
        )}
      </dl>
      <div className="fields">
        {global && <Select label={t('manager.mail_alias_unit')} value={unit || null} data={units} searchable={units.length > 8} required onChange={(id) => { setUnit(id ?? ''); setQueue('-'); }} />}
        <Select
          label={t('manager.queue')} description={t('manager.mail_hand_queue_more')} value={queue} data={[{ value: '-', label: t('manager.mail_usual_way') }, ...queues]} allowDeselect={false}
          searchable={queues.length > 7} onChange={(id) => setQueue(id ?? '-')}
        />
      </div>
      <p className="hint">{t('manager.mail_dismiss_more')}</p>
      <Refusal fault={fault && asFault(fault)} />
    </SidePanel>
  );
}
