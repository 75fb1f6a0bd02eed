import { ActionIcon, Button } from '@mantine/core';
import { IconArrowForwardUp, IconCheck, IconUsersPlus, IconLayoutSidebarRight, IconX } from '@tabler/icons-react';
import { useMemo, useRef, useState, type DragEvent } from 'react';
import { asFault } from '../api/client';
import type { Contact } from '../api/types';
import { useConversation } from '../app/live';
import { Confirm } from '../kit/Confirm';
import { keyTable } from '../kit/keys';
import { Kbd } from '../kit/Kbd';
import { Log, type LogHandle } from '../kit/Log';
import { Refusal } from '../kit/states';
import { Elapsed, Remaining } from '../kit/time';
import { useTexts } from '../kit/texts';
import { isWriting } from '../mail/drafts';
import { MailPane } from '../mail/MailPane';
import { Aside } from './Aside';
import { useAttach } from './attach';
import { Composer } from './Composer';
import './ConversationPane.css';
import { useDo } from './do';
import { useTyped } from './drafts';
import { converses, Medium } from './Medium';
import { Participants } from './Participants';
import { useActions, useSpoken } from './queries';
import { readUpTo, useReading } from './reading';
import { isHeard, isMine, present, roleIn } from './roles';
import { drop, retry, usePending } from './sending';
import { TaskPane } from './TaskPane';
import { TransferPicker, type Deed } from './TransferPicker';
import { UploadList } from './UploadList';
import { WrapUpBar } from './WrapUpBar';

interface Props {
  contact: Contact;
  details: boolean;
  toggleDetails: () => void;
}

/** One contact in the middle of the desk: who it is, what was said, what comes next. */
export function ConversationPane({ contact, details, toggleDetails }: Props) {
  const t = useTexts();
  const { finish } = useActions(contact);
  const [picking, setPicking] = useState<Deed>();
  const [asks, setAsks] = useState(false);
  const mine = isMine(contact);
  const writes = converses(contact.medium);
  const mail = contact.medium === 'email';
  const talking = mine && (contact.state === 'active' || contact.state === 'interrupted');
  const wraps = contact.state === 'wrap_up';
  const end = () => {
    if (finish.isPending) return;
    if (mail && !asks && isWriting(contact.id)) return setAsks(true);
    setAsks(false);
    finish.mutate(undefined);
  };
  const pick = (deed: Deed) => setPicking(deed);
  useDo(talking ? { transfer: () => pick('transfer'), consult: () => pick('consult'), conference: () => pick('conference'), finish: end } : {});

  return (
    <>
      <header className="pane-head">
        <Medium medium={contact.medium} size={20} />
        <div className="pane-who">
          <h2>{contact.name || t('desk.customer')}</h2>
          <span>
            {contact.queue_name} · {wraps ? t('desk.state_wrap_up') : mine ? t('desk.since') : t(`desk.role_${roleIn(contact)}`)}{' '}
            <Elapsed since={wraps || !mine ? contact.since : (contact.accepted_at ?? contact.since)} />
          </span>
        </div>
        {talking && (
          <>
            <Button
              title={keyTable.consult.shown} variant="default" leftSection={<IconUsersPlus size={16} aria-hidden="true" />} rightSection={<Kbd keys={keyTable.consult.shown} />}
              onClick={() => pick('consult')}
            >
              {t('desk.consult')}
            </Button>
            <Button
              title={keyTable.transfer.shown} variant="default" leftSection={<IconArrowForwardUp size={16} aria-hidden="true" />} rightSection={<Kbd keys={keyTable.transfer.shown} />}
              onClick={() => pick('transfer')}
            >
              {t('desk.transfer')}
            </Button>
            <Button
              title={keyTable.finish.shown} variant="default" leftSection={<IconCheck size={16} aria-hidden="true" />} rightSection={<Kbd keys={keyTable.finish.shown} />}
              loading={finish.isPending} onClick={end}
            >
              {writes && !mail ? t('desk.finish') : t('desk.finish_other')}
            </Button>
          </>
        )}
        <ActionIcon
          variant="subtle" color="gray" size="lg" aria-label={t('desk.details')} title={`${t('desk.details')} (${keyTable.details.shown})`}
          aria-expanded={details} onClick={toggleDetails}
        >
          <IconLayoutSidebarRight size={18} aria-hidden="true" />
        </ActionIcon>
      </header>
      <Participants contact={contact} />
      {finish.error && <Refusal fault={asFault(finish.error)} close={finish.reset} />}
      {contact.customer_grace_ends_at && talking && (
        <p className="pane-note" role="status">
          {t('desk.customer_lost')} <Remaining until={contact.customer_grace_ends_at} />
        </p>
      )}
      {mail ? <MailPane contact={contact} wraps={wraps} /> : writes ? <Talk contact={contact} wraps={wraps} /> : <TaskPane contact={contact} />}
      {wraps && <WrapUpBar contact={contact} />}
      {picking && <TransferPicker contact={contact} start={picking} close={() => setPicking(undefined)} />}
      {asks && (
        <Confirm title={t('mail.finish_title')} yes={t('desk.finish_other')} danger run={end} close={() => setAsks(false)}>
          <p>{t('mail.finish_more')}</p>
        </Confirm>
      )}
    </>
  );
}

/** The conversation and what is written into it. Files may be dropped anywhere on it. */
function Talk({ contact, wraps }: { contact: Contact; wraps: boolean }) {
  const t = useTexts();
  const conversation = useConversation(contact.id);
  const { pending, files } = usePending(contact.id, conversation);
  const heard = isHeard(contact);
  // Among the agents: as long as there is somebody to speak with.
  const aside = !wraps && (!isMine(contact) || present(contact).length > 0);
  const [said, whispered] = useMemo(() => [pending.filter((m) => m.kind !== 'whisper'), pending.filter((m) => m.kind === 'whisper')], [pending]);
  const { tag, emoticons } = useSpoken(contact);
  const attach = useAttach(contact);
  const note = useTyped(contact.id).writing === 'note';
  const log = useRef<LogHandle>(null);
  const [over, setOver] = useState(0);
  // What I had read when I came to this contact: the line between old and new stays while I am here.
  const [hadRead] = useState(() => readUpTo(contact.id));
  useReading(contact.id, conversation);
  useDo({ latest: () => log.current?.latest() });
  const takes = heard && attach.allowed && !note && !wraps;

  const dragging = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  function onDrop(event: DragEvent): void {
    if (!dragging(event)) return;
    event.preventDefault();
    setOver(0);
    if (takes) attach.send([...event.dataTransfer.files]);
  }
  const behind = useMemo(() => (files.length > 0 ? <UploadList uploads={files} /> : null), [files]);

  return (
    <div
      className="talk" onDrop={onDrop} onDragOver={(e) => dragging(e) && e.preventDefault()}
      onDragEnter={(e) => dragging(e) && setOver((n) => n + 1)} onDragLeave={(e) => dragging(e) && setOver((n) => Math.max(0, n - 1))}
    >
      <Log
        ref={log} contact={contact.id} conversation={conversation} customer={contact.name || t('desk.customer')} pending={aside ? said : pending} retry={retry} drop={drop}
        emoticons={emoticons} readUpTo={hadRead} behind={behind} apart={aside}
      />
      {attach.refusals.length > 0 && (
        <div className="talk-refused" role="alert">
          <ul>
            {attach.refusals.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          <button type="button" className="tool" aria-label={t('app.close')} onClick={attach.forget}>
            <IconX size={15} aria-hidden="true" />
          </button>
        </div>
      )}
      {aside && <Aside contact={contact} conversation={conversation} pending={whispered} />}
      {!wraps && heard && <Composer contact={contact} attach={attach} spoken={tag} />}
      {over > 0 && (
        <div className="talk-drop" aria-hidden="true">
          {takes ? t('desk.drop_here') : note ? t('desk.attach_not_in_note') : t('desk.drop_not_here')}
        </div>
      )}
    </div>
  );
}
