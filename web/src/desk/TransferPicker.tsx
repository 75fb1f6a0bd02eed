import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconArrowBackUp, IconStack2, IconUser } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { asFault } from '../api/client';
import type { AgentFigures, Contact, QueueFigures } from '../api/types';
import { useTable } from '../app/live';
import { Dialog } from '../kit/Dialog';
import { Kbd } from '../kit/Kbd';
import { newId } from '../kit/id';
import { keyTable, pressed } from '../kit/keys';
import { Refusal } from '../kit/states';
import { Elapsed, span } from '../kit/time';
import { useTexts } from '../kit/texts';
import { Chooser, type Choosable } from './Chooser';
import { useActions, useReasonName } from './queries';
import { fold } from './responses';
import './TransferPicker.css';

interface Target extends Choosable {
  kind: 'queue' | 'agent';
  name: string;
  queue?: QueueFigures;
  agent?: AgentFigures;
}

/** Pass the contact on, ask for advice, or bring somebody into the conversation. */
export type Deed = 'transfer' | 'consult' | 'conference';
const deeds: Deed[] = ['transfer', 'consult', 'conference'];

type Standing = 'available' | 'busy' | 'unavailable' | 'off';

/** How an agent stands in the contact's domain. */
function standing(agent: AgentFigures, domain: string): Standing {
  const state = agent.domains.find((d) => d.domain === domain);
  if (!agent.signed_in || !state) return 'off';
  if (!state.available) return 'unavailable';
  return state.in_hand < state.capacity ? 'available' : 'busy';
}

const nearness: Record<Standing, number> = { available: 0, busy: 1, unavailable: 2, off: 3 };

/** Queues by name, then colleagues: who can take it now first. Only who is free now can be asked in. */
function useTargets(contact: Contact, find: string, deed: Deed): Target[] | undefined {
  const { table: queues } = useTable<QueueFigures>('queues');
  const { table: agents } = useTable<AgentFigures>('agents');
  return useMemo(() => {
    if (!queues || !agents) return undefined;
    const all: Target[] = [];
    for (const queue of queues.rows.values()) {
      if (queue.domain === contact.domain && (deed !== 'transfer' || queue.queue !== contact.queue)) all.push({ kind: 'queue', id: queue.queue, name: queue.name, queue, away: false });
    }
    for (const agent of agents.rows.values()) {
      if (agent.agent === contact.agent || (deed !== 'transfer' && contact.participants.some((p) => p.agent === agent.agent))) continue;
      if (!agent.domains.some((d) => d.domain === contact.domain)) continue;
      const name = `${agent.first_name} ${agent.last_name}`.trim() || agent.name;
      all.push({ kind: 'agent', id: agent.agent, name, agent, away: nearness[standing(agent, contact.domain)] > (deed === 'transfer' ? 1 : 0) });
    }
    const words = fold(find.trim());
    const far = (x: Target) => (x.agent ? nearness[standing(x.agent, contact.domain)] : -1);
    return all.filter((x) => fold(x.name).includes(words)).sort((a, b) => far(a) - far(b) || a.name.localeCompare(b.name));
  }, [queues, agents, contact, find, deed]);
}

/** One picker for queues and agents: what is there, how busy it is and how long one would wait, before one chooses. */
export function TransferPicker({ contact, start, close }: { contact: Contact; start: Deed; close: () => void }) {
  const t = useTexts();
  const { transfer, requeue, invite } = useActions(contact);
  const [deed, setDeed] = useState(start);
  const [find, setFind] = useState('');
  const [note, setNote] = useState('');
  const [at, setAt] = useState(0);
  const [clientId] = useState(newId);
  const targets = useTargets(contact, find, deed);
  const place = Math.min(at, Math.max(0, (targets?.length ?? 0) - 1));
  const chosen = targets?.[place];
  const busy = transfer.isPending || requeue.isPending || invite.isPending;
  const fault = transfer.error ?? requeue.error ?? invite.error;

  function go(): void {
    if (!chosen || chosen.away || busy) return;
    const to = { [chosen.kind]: chosen.id, note: note.trim(), clientId };
    if (deed === 'transfer') transfer.mutate(to, { onSuccess: close });
    else invite.mutate({ ...to, role: deed === 'consult' ? 'consulted' : 'conferenced' }, { onSuccess: close });
  }
  function back(): void {
    if (!busy && deed === 'transfer') requeue.mutate(undefined, { onSuccess: close });
  }

  return (
    <Dialog title={t(`desk.${deed}_title`, { name: contact.name || t('desk.customer') })} size={640} close={close}>
      <div
        className="transfer"
        onKeyDown={(event) => {
          if (!pressed(event.nativeEvent, keyTable.requeue)) return;
          event.preventDefault();
          back();
        }}
      >
        <div className="transfer-deed">
          <SegmentedControl
            size="xs" aria-label={t('desk.deed')} value={deed}
            onChange={(to) => {
              setDeed(to as Deed);
              setAt(0);
            }}
            data={deeds.map((d) => ({ value: d, label: t(`desk.${d}`) }))}
          />
          <span className="composer-hint">{t(`desk.${deed}_hint`)}</span>
        </div>
        <Chooser
          label={t('desk.transfer_find')} find={find} setFind={setFind} items={targets} at={place} setAt={setAt} go={go} empty={t('desk.transfer_none')}
          emptyMore={t('desk.transfer_none_more')} group={(x) => (x.kind === 'queue' ? t('desk.queues') : t('desk.colleagues'))}
          draw={(x) => (x.queue ? <QueueRow queue={x.queue} /> : <AgentRow agent={x.agent!} name={x.name} domain={contact.domain} />)}
        />
        <TextInput
          label={t(deed === 'transfer' ? 'desk.transfer_note' : 'desk.invite_note')} value={note} maxLength={4000} onChange={(e) => setNote(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && !e.nativeEvent.isComposing) go();
          }}
        />
        {fault && <Refusal fault={asFault(fault)} />}
        <div className="transfer-do">
          {deed === 'transfer' && <Button
            variant="default" size="sm" className="transfer-back" loading={requeue.isPending} disabled={transfer.isPending} onClick={back}
            leftSection={<IconArrowBackUp size={16} aria-hidden="true" />} rightSection={<Kbd keys={keyTable.requeue.shown} />}
            title={t('desk.requeue_more', { queue: contact.queue_name })}
          >
            {t('desk.requeue')}
          </Button>}
          <Button variant="default" size="sm" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" loading={transfer.isPending || invite.isPending} disabled={!chosen || chosen.away || requeue.isPending} onClick={go} rightSection={<Kbd keys="Enter" />}>
            {chosen ? t(`desk.${deed}_to`, { name: chosen.name }) : t(`desk.${deed}`)}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function QueueRow({ queue }: { queue: QueueFigures }) {
  const t = useTexts();
  const wait = queue.expected_wait_s;
  return (
    <>
      <IconStack2 size={18} aria-hidden="true" />
      <span className="choice-name">{queue.name}</span>
      <span className="choice-how figures">
        {queue.waiting === 0 ? (
          t('desk.nobody_waits')
        ) : (
          <>
            {t('desk.waiting_count', { count: queue.waiting })}
            {queue.waiting_since ? (
              <>
                {' · '}
                {t('desk.longest')} <Elapsed since={queue.waiting_since} />
              </>
            ) : null}
          </>
        )}
        <span className={wait === undefined ? 'tag' : wait > queue.objective_s ? 'tag tag-warn' : 'tag tag-good'}>
          {wait === undefined ? t('desk.wait_unknown') : t('desk.wait_expected', { time: span(wait * 1000) })}
        </span>
      </span>
    </>
  );
}

function AgentRow({ agent, name, domain }: { agent: AgentFigures; name: string; domain: string }) {
  const t = useTexts();
  const reasonName = useReasonName();
  const state = agent.domains.find((d) => d.domain === domain);
  const how = standing(agent, domain);
  const reason = how === 'unavailable' ? reasonName(state?.reason) : '';
  return (
    <>
      <IconUser size={18} aria-hidden="true" />
      <span className="choice-name">
        {name} {reason && <small>{reason}</small>}
      </span>
      <span className="choice-how figures">
        {how !== 'off' && state && t('desk.in_hand', { count: state.in_hand, capacity: state.capacity })}
        {how !== 'off' && state?.since ? <Elapsed since={state.since} /> : null}
        <span className={how === 'available' ? 'tag tag-good' : how === 'busy' ? 'tag tag-warn' : 'tag'}>{t(`desk.is_${how}`)}</span>
      </span>
    </>
  );
}
