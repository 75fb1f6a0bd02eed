import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowForwardUp, IconCheck, IconLayoutSidebarRight } from '@tabler/icons-react';
import { useState } from 'react';
import { asFault } from '../api/client';
import type { Contact } from '../api/types';
import { useConversation } from '../app/live';
import { useKeys } from '../kit/keys';
import { Refusal } from '../kit/states';
import { Elapsed, Remaining } from '../kit/time';
import { useTexts } from '../kit/texts';
import { Log } from '../kit/Log';
import { Composer } from './Composer';
import './ConversationPane.css';
import { useCommands } from './queries';
import { useReading } from './reading';
import { drop, retry, usePending } from './sending';
import { TransferPicker } from './TransferPicker';
import { WrapUpBar } from './WrapUpBar';

/** One contact in the middle of the desk: who it is, what was said, what comes next. */
export function ConversationPane({ contact, details, toggleDetails }: { contact: Contact; details: boolean; toggleDetails: () => void }) {
  const t = useTexts();
  const conversation = useConversation(contact.id);
  const pending = usePending(contact.id, conversation);
  const { finish } = useCommands(contact);
  const [transferring, setTransferring] = useState(false);
  useReading(contact.id, conversation);
  const talking = contact.state === 'active' || contact.state === 'interrupted';
  const end = () => !finish.isPending && finish.mutate(undefined);
  useKeys(talking ? { transfer: () => setTransferring(true), finish: end } : {});

  return (
    <>
      <header className="pane-head">
        <div className="pane-who">
          <h2>{contact.name || t('desk.customer')}</h2>
          <span>
            {contact.queue_name} ·{' '}
            {contact.state === 'wrap_up' ? t('desk.state_wrap_up') : t('desk.since')} <Elapsed since={contact.state === 'wrap_up' ? contact.since : (contact.accepted_at ?? contact.since)} />
          </span>
        </div>
        {talking && (
          <>
            <Button variant="default" leftSection={<IconArrowForwardUp size={16} aria-hidden="true" />} rightSection={<kbd>Alt T</kbd>} onClick={() => setTransferring(true)}>
              {t('desk.transfer')}
            </Button>
            <Button variant="default" leftSection={<IconCheck size={16} aria-hidden="true" />} rightSection={<kbd>Alt E</kbd>} loading={finish.isPending} onClick={end}>
              {t('desk.finish')}
            </Button>
          </>
        )}
        <Tooltip label={`${t('desk.details')} (Alt I)`}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('desk.details')} aria-expanded={details} onClick={toggleDetails}>
            <IconLayoutSidebarRight size={18} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </header>
      {finish.error && <Refusal fault={asFault(finish.error)} close={finish.reset} />}
      {contact.customer_grace_ends_at && talking && (
        <p className="pane-note" role="status">
          {t('desk.customer_lost')} <Remaining until={contact.customer_grace_ends_at} />
        </p>
      )}
      <Log
        contact={contact.id} conversation={conversation} customer={contact.name || t('desk.customer')} pending={pending}
        retry={retry} drop={drop}
      />
      {contact.state === 'wrap_up' ? <WrapUpBar contact={contact} /> : <Composer contact={contact} />}
      {transferring && <TransferPicker contact={contact} close={() => setTransferring(false)} />}
    </>
  );
}
