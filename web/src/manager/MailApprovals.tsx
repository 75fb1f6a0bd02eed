import { Button, Textarea } from '@mantine/core';
import { IconCheck, IconCornerUpLeft } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { asFault, type Fault } from '../api/client';
import type { components } from '../api/schema';
import { DataTable, type Column } from '../kit/DataTable';
import { matches, useList, type Page } from '../kit/list';
import { EmptyList, ListBar, ListStates } from '../kit/ListBar';
import { Notice } from '../kit/Notice';
import { SidePanel } from '../kit/SidePanel';
import { Refusal } from '../kit/states';
import { dateTime, fileSize, useTexts } from '../kit/texts';
import { MailText } from './MailText';
import { call, link, workingIn } from './rest';

type Approval = components['schemas']['MailApproval'];
type Address = components['schemas']['MailAddress'];

const people = (list: readonly Address[] | undefined) => (list ?? []).map((a) => (a.name ? `${a.name} <${a.address}>` : a.address)).join(', ');

/** How often the lists of mails are read anew: somebody waits for each. */
export const mailEvery = 5_000;

/** Mails that wait until a supervisor lets them go. */
export function MailApprovals() {
  const t = useTexts();
  const cache = useQueryClient();
  const [find, look] = useState('');
  const [open, show] = useState<string>();
  const [said, say] = useState<string>();
  const list = useList<Approval>(
    ['mail-approvals', workingIn()], (after) => call<Page<Approval>>('GET', '/mail-approvals', { query: { after: after || undefined, limit: 50 } }), { every: mailEvery },
  );
  const rows = (list.rows ?? []).filter((a) => matches(find, a.agent_name, a.mail.subject, a.mail.text, people(a.mail.to)));
  const one = list.rows?.find((a) => a.id === open);
  const columns = useMemo<Column<Approval>[]>(
    () => [
      { id: 'at', title: t('manager.mail_written_at'), width: '160px', by: (a) => a.at, show: (a) => <time>{dateTime(a.at)}</time> },
      { id: 'agent', title: t('app.role_agent'), width: '18%', by: (a) => a.agent_name, show: (a) => <strong>{a.agent_name}</strong> },
      { id: 'to', title: t('manager.mail_to'), width: '24%', by: (a) => people(a.mail.to), show: (a) => people(a.mail.to) },
      { id: 'subject', title: t('manager.mail_subject'), width: '36%', by: (a) => a.mail.subject, show: (a) => a.mail.subject },
    ],
    [t],
  );
  const decide = useMutation({
    mutationFn: ({ id, approve, note }: { id: string; approve: boolean; note: string }) => call('POST', `/mail-approvals/${id}`, { body: { approve, ...(note && { note }) } }),
    onSettled: () => cache.invalidateQueries({ queryKey: ['mail-approvals'] }),
    onSuccess: (_, { approve }) => {
      say(t(approve ? 'manager.mail_approved' : 'manager.mail_sent_back'));
      show(undefined);
    },
  });
  return (
    <div className="with-panel">
      <section className="subject" aria-label={t('manager.subject_mail_approvals')}>
        <header className="subject-head">
          <h2>{t('manager.subject_mail_approvals')}</h2>
        </header>
        <ListBar first find={find} onFind={look} count={list.rows && rows.length} all={list.rows?.length} />
        {said && <Notice tone="good" close={() => say(undefined)}>{said}</Notice>}
        <ListStates list={list}>
          {() => (
            <DataTable
              label={t('manager.subject_mail_approvals')} rows={rows} columns={columns} id={(a) => a.id} name={(a) => a.mail.subject || a.agent_name} sortedBy={{ column: 'at', down: false }} selected={open}
              open={(a) => {
                show(a.id);
                decide.reset();
              }}
              end={list.more} empty={<EmptyList filtered={find !== ''} title={t('manager.empty_mail_approvals')}>{t('manager.empty_mail_approvals_more')}</EmptyList>}
            />
          )}
        </ListStates>
      </section>
      {one && (
        <ApprovalPanel
          key={one.id} approval={one} busy={decide.isPending} fault={decide.error && asFault(decide.error)} close={() => show(undefined)}
          decide={(approve, note) => decide.mutate({ id: one.id, approve, note })}
        />
      )}
    </div>
  );
}

interface PanelProps {
  approval: Approval;
  busy: boolean;
  fault: Fault | null;
  close: () => void;
  decide: (approve: boolean, note: string) => void;
}

/** The mail as it would leave, and what one says of it. */
function ApprovalPanel({ approval: { mail, contact, agent_name: agent, at }, busy, fault, close, decide }: PanelProps) {
  const t = useTexts();
  const [note, write] = useState('');
  const [missing, miss] = useState(false);
  return (
    <SidePanel
      title={mail.subject || t('manager.mail_no_subject')} name="mail-approval" close={close} below={<span>{t('manager.mail_written_by', { agent, when: dateTime(at) })}</span>}
      foot={
        <>
          <Button size="sm" loading={busy} leftSection={<IconCheck size={15} aria-hidden="true" />} onClick={() => decide(true, '')}>
            {t('manager.mail_approve')}
          </Button>
          <Button
            size="sm" variant="default" loading={busy} leftSection={<IconCornerUpLeft size={15} aria-hidden="true" />}
            onClick={() => {
              miss(note.trim() === '');
              if (note.trim() !== '') decide(false, note.trim());
            }}
          >
            {t('manager.mail_send_back')}
          </Button>
        </>
      }
    >
      <dl className="facts">
        <dt>{t('manager.mail_from')}</dt>
        <dd>{people([mail.from])}</dd>
        {(['to', 'cc', 'bcc'] as const).map((field) =>
          mail[field].length > 0 ? (
            <div key={field} className="facts-pair">
              <dt>{t(`manager.mail_${field}`)}</dt>
              <dd>{people(mail[field])}</dd>
            </div>
          ) : null,
        )}
      </dl>
      <MailText contact={contact} mail={mail} />
      {mail.parts.length > 0 && (
        <ul className="mail-files" aria-label={t('manager.mail_attachments')}>
          {mail.parts.map((part, i) => (
            <li key={i}>
              {part.attachment ? (
                <a href={link(`/contacts/${contact}/attachments/${part.attachment}`)} download>
                  {part.name}
                </a>
              ) : (
                part.name
              )}{' '}
              <span className="hint figures">{fileSize(part.size)}</span>
            </li>
          ))}
        </ul>
      )}
      <Textarea
        label={t('manager.mail_back_note')} description={t('manager.mail_back_note_more')} value={note} error={missing && note.trim() === '' ? t('manager.check_back_note') : undefined} maxLength={4000} autosize
        minRows={2} maxRows={8} onChange={(e) => write(e.currentTarget.value)}
      />
      <Refusal fault={fault} />
    </SidePanel>
  );
}
