import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconChartLine, IconGauge, IconSearch, IconVolume, IconVolumeOff } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { asFault, type Fault } from '../api/client';
import type { AgentFigures, Contact, QueueFigures } from '../api/types';
import { useTable } from '../app/live';
import { useOpener } from '../kit/commands';
import { domainName, reasonName } from '../kit/names';
import { matches } from '../kit/list';
import { Refusal } from '../kit/states';
import { useTexts, type Say } from '../kit/texts';
import { useNow } from '../kit/time';
import type { Table } from '../live/frames';
import { AgentPanel } from './AgentPanel';
import { watched } from './Cell';
import { agentColumns, contactColumns, contactTone, figureOfColumn, plainContact, plainQueue, queueColumns, queueTone } from './columns';
import { ContactPanel } from './ContactPanel';
import { FloorTable } from './FloorTable';
import { LayoutMenu } from './LayoutMenu';
import { MediaStrip } from './MediaStrip';
import { FloorPanel, QueuePanel } from './QueuePanel';
import { standing, standings } from './standing';
import { useReasons } from './steer';
import './Supervisor.css';
import { agentFigure, contactFigure, queueFigure, useThresholds } from './thresholds';
import { ThresholdsDialog } from './ThresholdsDialog';
import { useQuiet, useTones } from './tones';
import { ViewMenu } from './ViewMenu';
import { lookOfPart, partOf, useLook, type Look, type Parts, type TableName } from './views';
import { WorkflowPart, workflowSort } from './WorkflowPart';

type Chosen = { kind: 'queue' | 'agent' | 'contact'; id: string } | { kind: 'floor' };

/** What the address asks to be shown, such as /supervisor?contact=…; the palette leads here so. */
function asked(): Chosen | undefined {
  const search = new URLSearchParams(location.search);
  const [contact, agent] = [search.get('contact'), search.get('person')];
  return contact ? { kind: 'contact', id: contact } : agent ? { kind: 'agent', id: agent } : undefined;
}

/** The floor, live: queues, who waits, who works; what one clicks opens at the side. */
export default function SupervisorPage() {
  const t = useTexts();
  const queues = useTable<QueueFigures>('queues');
  const agents = useTable<AgentFigures>('agents');
  const contacts = useTable<Contact>('contacts');
  const now = useNow();
  const [find, setFind] = useState('');
  const [chosen, choose] = useState<Chosen | undefined>(asked);
  const [fault, setFault] = useState<Fault>();
  const [queueLook, lookAtQueues] = useLook('queues', sorts.queues);
  const [agentLook, lookAtAgents] = useLook('agents', sorts.agents);
  const [contactLook, lookAtContacts] = useLook('contacts', sorts.contacts);
  const [flowLook, lookAtFlow] = useLook('workflow', workflowSort);
  useOpener({ contact: (id) => choose({ kind: 'contact', id }), person: (id) => choose({ kind: 'agent', id }) });

  const allQueues = useValues(queues.table);
  const allContacts = useValues(contacts.table);
  const everybody = useValues(agents.table);
  // Of other teams one only knows that they are there, for transfers.
  const allAgents = useMemo(() => everybody.filter((a) => !a.other_team), [everybody]);
  const objectives = useMemo(() => new Map(allQueues.map((q) => [q.queue, q.objective_s])), [allQueues]);
  const thresholds = useThresholds();
  const reasons = useReasons();
  const columns = useMemo(() => {
    const of = (table: TableName) => thresholds.filter((one) => one.body.table === table);
    const reasonNames = new Map(reasons.map((r) => [r.id, reasonName(t, r)]));
    return {
      queues: watched(queueColumns(t), figureOfColumn.queues, of('queues'), t, queueFigure, (q) => q.queue, plainQueue),
      agents: watched(agentColumns(t, reasonNames), figureOfColumn.agents, of('agents'), t, agentFigure, () => undefined),
      contacts: watched(contactColumns(t, objectives), figureOfColumn.contacts, of('contacts'), t, contactFigure, (c) => c.queue, plainContact),
    };
  }, [t, objectives, thresholds, reasons]);
  const flowThresholds = useMemo(() => thresholds.filter((one) => one.body.table === 'workflow'), [thresholds]);
  const [quiet, setQuiet] = useQuiet();
  const [setting, openThresholds] = useState(false);
  const [floorLook, lookAtFloor] = useLook('floor', floorSort);
  const parts = useMemo(() => (floorLook.parts ?? usualParts).map((p) => p.table), [floorLook.parts]);
  const rows = useMemo(() => ({ queues: allQueues, agents: allAgents, contacts: allContacts }), [allQueues, allAgents, allContacts]);
  useTones(thresholds, rows, !!queues.table && !!agents.table && !!contacts.table, quiet);
  const shown = {
    queues: useMemo(() => allQueues.filter((q) => matches(find, q.name) && is(queueLook, 'domain', q.domain)), [allQueues, find, queueLook]),
    agents: useMemo(
      () => allAgents.filter((a) => matches(find, a.first_name, a.last_name, a.name) && is(agentLook, 'state', standing(a))), [allAgents, find, agentLook],
    ),
    contacts: useMemo(
      () => allContacts.filter((c) =>
        matches(find, c.name, c.caption, c.queue_name, c.agent_name) && is(contactLook, 'queue', c.queue) && is(contactLook, 'state', c.state)),
      [allContacts, find, contactLook],
    ),
  };
  const queue = chosen?.kind === 'queue' ? queues.table?.rows.get(chosen.id) : undefined;
  const agent = chosen?.kind === 'agent' ? agents.table?.rows.get(chosen.id) : undefined;
  const contact = chosen?.kind === 'contact' ? contacts.table?.rows.get(chosen.id) : undefined;
  const close = () => choose(undefined);
  const chosenId = chosen && 'id' in chosen ? chosen.id : undefined;
  const onFault = (thrown: unknown) => setFault(asFault(thrown));
  const shared = { find, onFault, selected: chosenId };
  const looks: Record<TableName, [Look, (change: Partial<Look>) => void]> = {
    queues: [queueLook, lookAtQueues], agents: [agentLook, lookAtAgents], contacts: [contactLook, lookAtContacts], workflow: [flowLook, lookAtFlow],
  };
  // The look of the whole floor is that of its tables as they are now.
  const floorNow: Look = { ...floorLook, parts: parts.map((name) => partOf(name, looks[name][0])) };
  function look(change: Partial<Look>): void {
    lookAtFloor(change);
    if ('view' in change && change.parts) for (const p of change.parts) looks[p.table][1]({ ...lookOfPart(p), view: undefined });
  }

  const tables: Record<TableName, ReactNode> = {
    queues: (
      <FloorTable
        key="queues"
        {...shared} name="queues" title={t('supervisor.queues')} rows={shown.queues} all={allQueues.length} source={queues} columns={columns.queues} id={idOfQueue}
        look={queueLook} setLook={lookAtQueues} sort={sorts.queues} empty={t('supervisor.no_queues')} emptyMore={t('supervisor.no_queues_more')}
        filters={[filter(t('supervisor.medium'), queueLook, lookAtQueues, 'domain', unique(allQueues.map((q) => q.domain)), (d) => domainName(t, d))]}
        tone={(q) => queueTone(q, now)} open={(q) => choose({ kind: 'queue', id: q.queue })}
      />
    ),
    contacts: (
      <FloorTable
        key="contacts"
        {...shared} name="contacts" title={t('supervisor.contacts')} rows={shown.contacts} all={allContacts.length} source={contacts} columns={columns.contacts}
        id={idOfContact} look={contactLook} setLook={lookAtContacts} sort={sorts.contacts} empty={t('supervisor.no_contacts')} emptyMore={t('supervisor.no_contacts_more')}
        filters={[
          filter(t('supervisor.queue'), contactLook, lookAtContacts, 'queue', allQueues.map((q) => q.queue), (id) => queues.table?.rows.get(id)?.name ?? id),
          filter(t('supervisor.state'), contactLook, lookAtContacts, 'state', contactStates, (state) => stateName(t, state)),
        ]}
        tone={(c) => contactTone(c, objectives, now)} open={(c) => choose({ kind: 'contact', id: c.id })}
      />
    ),
    agents: (
      <FloorTable
        key="agents"
        {...shared} name="agents" title={t('supervisor.agents')} rows={shown.agents} all={allAgents.length} source={agents} columns={columns.agents} id={idOfAgent}
        look={agentLook} setLook={lookAtAgents} sort={sorts.agents} empty={t('supervisor.no_agents')} emptyMore={t('supervisor.no_agents_more')}
        filters={[filter(t('supervisor.state'), agentLook, lookAtAgents, 'state', standings, (s) => (s === 'partly' ? t('supervisor.partly') : t(`supervisor.is_${s}`)))]}
        tone={(a) => (standing(a) === 'lost' ? 'bad' : undefined)} open={(a) => choose({ kind: 'agent', id: a.agent })}
      />
    ),
    workflow: <WorkflowPart key="workflow" find={find} thresholds={flowThresholds} quiet={quiet} look={flowLook} setLook={lookAtFlow} onFault={onFault} />,
  };

  return (
    <div className="floor" data-panel={queue || agent || contact || chosen?.kind === 'floor' ? 'open' : 'closed'}>
      <h1 className="unseen">{t('app.nav_supervisor')}</h1>
      <div className="floor-bar">
        <TextInput
          size="xs" aria-label={t('supervisor.find')} placeholder={t('supervisor.find')} value={find} onChange={(e) => setFind(e.currentTarget.value)}
          leftSection={<IconSearch size={14} aria-hidden="true" />}
        />
        <Button
          variant="default" leftSection={<IconChartLine size={15} aria-hidden="true" />} aria-pressed={chosen?.kind === 'floor'}
          onClick={() => choose(chosen?.kind === 'floor' ? undefined : { kind: 'floor' })}
        >
          {t('supervisor.day')}
        </Button>
        <ViewMenu table="floor" look={floorNow} set={look} sort={floorSort} usual={usualParts} onFault={onFault} />
        <LayoutMenu shown={parts} set={(shown) => lookAtFloor({ parts: shown.map((name) => partOf(name, looks[name][0])) })} />
        <Button variant="default" leftSection={<IconGauge size={15} aria-hidden="true" />} onClick={() => openThresholds(true)}>
          {t('supervisor.thresholds')}
        </Button>
        <ActionIcon
          variant="default" size={30} aria-pressed={quiet} aria-label={t('supervisor.quiet')} title={t('supervisor.quiet')} onClick={() => setQuiet(!quiet)}
        >
          {quiet ? <IconVolumeOff size={16} aria-hidden="true" /> : <IconVolume size={16} aria-hidden="true" />}
        </ActionIcon>
        <Refusal fault={fault} close={() => setFault(undefined)} />
      </div>
      <MediaStrip queues={allQueues} />
      {setting && <ThresholdsDialog thresholds={thresholds} queues={allQueues} close={() => openThresholds(false)} />}
      <div className="floor-parts" data-rest={parts.length - 1}>
        {parts.map((name) => tables[name])}
      </div>
      {chosen?.kind === 'floor' && <FloorPanel close={close} />}
      {queue && (
        <QueuePanel
          key={queue.queue} queue={queue} contacts={allContacts} close={close} open={(id) => choose({ kind: 'contact', id })}
          only={contactLook.filter.queue === queue.queue}
          setOnly={(only) => lookAtContacts({ filter: { ...contactLook.filter, queue: only ? queue.queue : '' } })}
        />
      )}
      {agent && <AgentPanel key={agent.agent} agent={agent} contacts={allContacts} open={(id) => choose({ kind: 'contact', id })} close={close} />}
      {contact && <ContactPanel key={contact.id} contact={contact} agents={allAgents} close={close} />}
    </div>
  );
}

const sorts = {
  queues: { column: 'name', down: false },
  agents: { column: 'state', down: false },
  contacts: { column: 'age', down: false },
};

const floorSort = { column: '', down: false };
/** Queues over the whole width, contacts and agents below. */
const usualParts: Parts = (['queues', 'contacts', 'agents'] as const).map((table) => ({ table, columns: [], sort: sorts[table], filter: {} }));

const contactStates = ['queued', 'offered', 'active', 'interrupted', 'wrap_up', 'held', 'timed'] as const;
const stateName = (t: Say, state: (typeof contactStates)[number]) => t(`app.state_${state}`);

const idOfQueue = (q: QueueFigures) => q.queue;
const idOfAgent = (a: AgentFigures) => a.agent;
const idOfContact = (c: Contact) => c.id;

function is(look: Look, name: string, value: string): boolean {
  return !look.filter[name] || look.filter[name] === value;
}

function unique(values: string[]): string[] {
  return [...new Set(values)].sort();
}

/** A choice among the values that a table holds. */
function filter<Value extends string>(
  label: string, look: Look, setLook: (change: Partial<Look>) => void, id: string, values: readonly Value[], name: (value: Value) => string,
) {
  return {
    id, label, value: look.filter[id] ?? '', choices: values.map((value) => ({ value, label: name(value) })),
    set: (value: string) => setLook({ filter: { ...look.filter, [id]: value } }),
  };
}

function useValues<Row>(table: Table<Row> | undefined): Row[] {
  return useMemo(() => [...(table?.rows.values() ?? [])], [table]);
}
