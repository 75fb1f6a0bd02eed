import { Button, TextInput } from '@mantine/core';
import { IconSearch, IconStack2, IconUser } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { asFault } from '../api/client';
import type { AgentFigures, Contact, QueueFigures } from '../api/types';
import { useTable } from '../app/live';
import { Dialog } from '../kit/Dialog';
import { newId } from '../kit/id';
import { Empty, Loading, Refusal } from '../kit/states';
import { Elapsed } from '../kit/time';
import { useTexts } from '../kit/texts';
import { useCommands } from './queries';
import './TransferPicker.css';

interface Target {
  kind: 'queue' | 'agent';
  id: string;
  name: string;
  queue?: QueueFigures;
  agent?: AgentFigures;
  /** Cannot take it now. */
  away: boolean;
}

/** How an agent stands in the contact's domain. */
function standing(agent: AgentFigures, domain: string): 'available' | 'busy' | 'unavailable' | 'off' {
  const state = agent.domains.find((d) => d.domain === domain);
  if (!agent.signed_in || !state) return 'off';
  if (!state.available) return 'unavailable';
  return state.in_hand < state.capacity ? 'available' : 'busy';
}

/** One picker for queues and agents: what is there, how busy it is, before one chooses. */
export function TransferPicker({ contact, close }: { contact: Contact; close: () => void }) {
  const t = useTexts();
  const { table: queues } = useTable<QueueFigures>('queues');
  const { table: agents } = useTable<AgentFigures>('agents');
  const { transfer } = useCommands(contact);
  const [find, setFind] = useState('');
  const [note, setNote] = useState('');
  const [at, setAt] = useState(0);
  const [clientId] = useState(newId);
  const list = useRef<HTMLDivElement>(null);

  const targets = useMemo(() => {
    const all: Target[] = [];
    for (const queue of queues?.rows.values() ?? []) {
      if (queue.domain === contact.domain && queue.queue !== contact.queue) all.push({ kind: 'queue', id: queue.queue, name: queue.name, queue, away: false });
    }
    for (const agent of agents?.rows.values() ?? []) {
      if (agent.agent === contact.agent || !agent.domains.some((d) => d.domain === contact.domain)) continue;
      const name = `${agent.first_name} ${agent.last_name}`.trim() || agent.name;
      const how = standing(agent, contact.domain);
      all.push({ kind: 'agent', id: agent.agent, name, agent, away: how === 'off' || how === 'unavailable' });
    }
    const words = find.trim().toLocaleLowerCase();
    return all
      .filter((target) => target.name.toLocaleLowerCase().includes(words))
      .sort((a, b) => Number(a.kind === 'agent') - Number(b.kind === 'agent') || Number(a.away) - Number(b.away) || a.name.localeCompare(b.name));
  }, [queues, agents, contact, find]);

  const chosen = targets[Math.min(at, targets.length - 1)];
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  function go(): void {
    if (!chosen || chosen.away || transfer.isPending) return;
    transfer.mutate({ [chosen.kind]: chosen.id, note: note.trim(), clientId }, { onSuccess: close });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(targets.length - 1, to)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go();
    }
  }

  return (
    <Dialog title={t('desk.transfer_title', { name: contact.name || t('desk.customer') })} size={520} close={close}>
      <div className="transfer">
        <TextInput
          data-autofocus role="combobox" aria-expanded="true" aria-controls="targets" aria-activedescendant={chosen && `target-${chosen.id}`}
          aria-label={t('desk.transfer_find')} placeholder={t('desk.transfer_find')} value={find} leftSection={<IconSearch size={16} aria-hidden="true" />}
          onChange={(e) => {
            setFind(e.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div className="targets" id="targets" role="listbox" aria-label={t('desk.transfer_targets')} ref={list} tabIndex={-1}>
          {!queues || !agents ? (
            <Loading />
          ) : targets.length === 0 ? (
            <Empty title={t('desk.transfer_none')} />
          ) : (
            targets.map((target, i) => (
              <TargetRow key={target.id} target={target} domain={contact.domain} selected={target === chosen} choose={() => setAt(i)} go={go} />
            ))
          )}
        </div>
        <TextInput
          label={t('desk.transfer_note')} value={note} maxLength={4000} onChange={(e) => setNote(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && !e.nativeEvent.isComposing) go();
          }}
        />
        {transfer.error && <Refusal fault={asFault(transfer.error)} />}
        <div className="transfer-do">
          <Button variant="default" size="sm" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" loading={transfer.isPending} disabled={!chosen || chosen.away} onClick={go} rightSection={<kbd>Enter</kbd>}>
            {chosen ? t('desk.transfer_to', { name: chosen.name }) : t('desk.transfer')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function TargetRow({ target, domain, selected, choose, go }: { target: Target; domain: string; selected: boolean; choose: () => void; go: () => void }) {
  const t = useTexts();
  const { queue, agent } = target;
  const state = agent?.domains.find((d) => d.domain === domain);
  const how = agent && standing(agent, domain);
  return (
    <div
      id={`target-${target.id}`} role="option" aria-selected={selected} aria-disabled={target.away} className="target" tabIndex={-1}
      onClick={choose} onDoubleClick={go}
    >
      {queue ? <IconStack2 size={18} aria-hidden="true" /> : <IconUser size={18} aria-hidden="true" />}
      <span className="target-name">{target.name}</span>
      {queue && (
        <span className="target-how figures">
          {queue.waiting === 0 ? (
            t('desk.nobody_waits')
          ) : (
            <>
              {t('desk.waiting_count', { count: queue.waiting })}
              {queue.waiting_since ? (
                <>
                  {' · '}
                  <Elapsed since={queue.waiting_since} />
                </>
              ) : null}
            </>
          )}
        </span>
      )}
      {how && (
        <span className="target-how figures">
          {how !== 'off' && state && `${state.in_hand}/${state.capacity} `}
          <span className={how === 'available' ? 'tag tag-good' : how === 'busy' ? 'tag tag-warn' : 'tag'}>{t(`desk.is_${how}`)}</span>
        </span>
      )}
    </div>
  );
}
