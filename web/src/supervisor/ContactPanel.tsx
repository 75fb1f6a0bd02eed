import { Button, NumberInput, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, asFault } from '../api/client';
import type { AgentFigures, Contact } from '../api/types';
import { useConversation, useConversations } from '../app/live';
import { ContactData } from '../kit/ContactData';
import { Log } from '../kit/Log';
import { MailLog } from '../mail/MailLog';
import { Path } from '../kit/Path';
import { SidePanel } from '../kit/SidePanel';
import { Refusal } from '../kit/states';
import { Elapsed } from '../kit/time';
import { useTexts } from '../kit/texts';
import { ContactActions } from './ContactActions';
import { ContactState } from './columns';
import { agentName, standing, standingText } from './standing';
import { useMay } from './steer';

/** One contact at the side: what is said, which way it came, and what a supervisor may do. */
export function ContactPanel({ contact, agents, close }: { contact: Contact; agents: AgentFigures[]; close: () => void }) {
  const t = useTexts();
  const { may } = useMay();
  const watched = [contact.id];
  useConversations(watched);
  const conversation = useConversation(contact.id);
  const [to, setTo] = useState<string | null>(null);
  const [priority, setPriority] = useState<string | number>(contact.priority);
  const params = { path: { id: contact.id } };
  const facts = useQuery({
    queryKey: ['facts', contact.id, contact.state, contact.since],
    queryFn: async () => (await answer(api.GET('/api/v1/contacts/{id}/facts', { params }))).items,
    placeholderData: (before) => before,
  });
  const reassign = useMutation({
    mutationFn: (agent: string) =>
      answer(api.POST('/api/v1/contacts/{id}/reassign', { params, body: { agent, expect: { state: contact.state, agent: contact.agent } } })),
    onSuccess: () => setTo(null),
  });
  const change = useMutation({
    mutationFn: (value: number) => answer(api.POST('/api/v1/contacts/{id}/priority', { params, body: { priority: value } })),
  });
  const fault = reassign.error ?? change.error;
  const targets = agents
    .filter((a) => a.agent !== contact.agent && a.domains.some((d) => d.domain === contact.domain) && standing(a) !== 'off')
    .sort((a, b) => agentName(a).localeCompare(agentName(b)));
  const movable = contact.state !== 'wrap_up' && contact.state !== 'ended';

  return (
    <SidePanel
      title={contact.name || t('desk.customer')} name="floor" close={close}
      below={
        <>
          <ContactState contact={contact} t={t} /> {contact.agent_name} <Elapsed since={contact.since} />
        </>
      }
    >
      {fault && <Refusal fault={asFault(fault)} />}
      <ContactActions contact={contact} />
      {movable && may('reassign') && (
        <div className="floor-do">
          <Select
            size="xs" label={t('supervisor.reassign_to')} placeholder={t('supervisor.choose_agent')} value={to} onChange={setTo} searchable
            nothingFoundMessage={t('supervisor.nothing_found')}
            data={targets.map((a) => ({ value: a.agent, label: `${agentName(a)} · ${standingText(t, a)}` }))}
          />
          <Button disabled={!to} loading={reassign.isPending} onClick={() => to && reassign.mutate(to)}>
            {t('supervisor.reassign')}
          </Button>
        </div>
      )}
      <div className="floor-do">
        <NumberInput size="xs" label={t('app.contact_priority')} min={1} max={100} clampBehavior="strict" value={priority} onChange={setPriority} />
        <Button
          variant="default" disabled={priority === '' || Number(priority) === contact.priority} loading={change.isPending}
          onClick={() => change.mutate(Number(priority))}
        >
          {t('supervisor.change')}
        </Button>
      </div>
      <section>
        <h3>{t('desk.conversation')}</h3>
        <div className="panel-log">
          {contact.medium === 'email' ? (
            <MailLog contact={contact.id} conversation={conversation} customer={contact.name || t('desk.customer')} />
          ) : (
            <Log contact={contact.id} conversation={conversation} customer={contact.name || t('desk.customer')} />
          )}
        </div>
      </section>
      <section>
        <h3>{t('desk.path')}</h3>
        <Path facts={facts.data ?? []} />
      </section>
      <section>
        <h3>{t('desk.contact_data')}</h3>
        <ContactData contact={contact} />
      </section>
    </SidePanel>
  );
}
