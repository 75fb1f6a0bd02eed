import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import type { AgentFigures, Contact, QueueFigures } from '../api/types';
import { useTable } from '../app/live';
import { DataTable, type Column } from '../kit/DataTable';
import { Empty, Loading } from '../kit/states';
import { useTexts } from '../kit/texts';
import type { Refused, Table } from '../live/frames';
import { agentColumns, contactColumns, queueColumns } from './columns';
import { AgentPanel } from './AgentPanel';
import { ContactPanel } from './ContactPanel';
import './Supervisor.css';

type Chosen = { kind: 'agent' | 'contact'; id: string };

/** The floor, live: queues, who waits, who works; what one clicks opens at the side. */
export default function SupervisorPage() {
  const t = useTexts();
  const queues = useTable<QueueFigures>('queues');
  const agents = useTable<AgentFigures>('agents');
  const contacts = useTable<Contact>('contacts');
  const [find, setFind] = useState('');
  const [queue, setQueue] = useState<string>();
  const [chosen, choose] = useState<Chosen>();

  const queueRows = useRows(queues.table, (q) => matches(find, q.name));
  const agentRows = useRows(agents.table, (a) => matches(find, a.first_name, a.last_name, a.name));
  const contactRows = useRows(contacts.table, (c) =>
    (queue === undefined || c.queue === queue) && matches(find, c.name, c.caption, c.queue_name, c.agent_name));
  const columns = useMemo(() => ({ queues: queueColumns(t), agents: agentColumns(t), contacts: contactColumns(t) }), [t]);
  const agent = chosen?.kind === 'agent' ? agents.table?.rows.get(chosen.id) : undefined;
  const contact = chosen?.kind === 'contact' ? contacts.table?.rows.get(chosen.id) : undefined;
  const queueName = queue && queues.table?.rows.get(queue)?.name;
  const nothing = find ? t('supervisor.nothing_found') : undefined;

  return (
    <div className="floor" data-panel={agent || contact ? 'open' : 'closed'}>
      <h1 className="unseen">{t('app.nav_supervisor')}</h1>
      <div className="floor-bar">
        <TextInput
          size="xs" aria-label={t('supervisor.find')} placeholder={t('supervisor.find')} value={find} onChange={(e) => setFind(e.currentTarget.value)}
          leftSection={<IconSearch size={14} aria-hidden="true" />}
        />
        {queueName && (
          <button type="button" className="filter" onClick={() => setQueue(undefined)} aria-label={t('supervisor.all_queues')}>
            {queueName} ×
          </button>
        )}
      </div>
      <Part
        name="queues" title={t('supervisor.queues')} rows={queueRows} source={queues} columns={columns.queues} id={idOfQueue}
        sortedBy={{ column: 'name', down: false }} selected={queue} open={(q) => setQueue(q.queue === queue ? undefined : q.queue)}
        empty={nothing ?? t('supervisor.no_queues')}
      />
      <Part
        name="contacts" title={t('supervisor.contacts')} rows={contactRows} source={contacts} columns={columns.contacts} id={idOfContact}
        sortedBy={{ column: 'age', down: false }} selected={chosen?.id} open={(c) => choose({ kind: 'contact', id: c.id })}
        empty={nothing ?? t('supervisor.no_contacts')}
      />
      <Part
        name="agents" title={t('supervisor.agents')} rows={agentRows} source={agents} columns={columns.agents} id={idOfAgent}
        sortedBy={{ column: 'state', down: false }} selected={chosen?.id} open={(a) => choose({ kind: 'agent', id: a.agent })}
        empty={nothing ?? t('supervisor.no_agents')}
      />
      {agent && (
        <AgentPanel agent={agent} contacts={[...(contacts.table?.rows.values() ?? [])]} open={(id) => choose({ kind: 'contact', id })} close={() => choose(undefined)} />
      )}
      {contact && (
        <ContactPanel key={contact.id} contact={contact} agents={[...(agents.table?.rows.values() ?? [])]} close={() => choose(undefined)} />
      )}
    </div>
  );
}

const idOfQueue = (q: QueueFigures) => q.queue;
const idOfAgent = (a: AgentFigures) => a.agent;
const idOfContact = (c: Contact) => c.id;

function matches(find: string, ...texts: (string | undefined)[]): boolean {
  const words = find.trim().toLocaleLowerCase();
  return words === '' || texts.some((text) => text?.toLocaleLowerCase().includes(words));
}

function useRows<Row>(table: Table<Row> | undefined, keep: (row: Row) => boolean): Row[] {
  return [...(table?.rows.values() ?? [])].filter(keep);
}

interface PartProps<Row> {
  name: string;
  title: string;
  rows: Row[];
  source: { table: Table<Row> | undefined; refused: Refused | undefined };
  columns: Column<Row>[];
  id: (row: Row) => string;
  sortedBy: { column: string; down: boolean };
  selected: string | undefined;
  open: (row: Row) => void;
  empty: string;
}

function Part<Row>({ name, title, rows, source, empty, ...rest }: PartProps<Row>) {
  let content: ReactNode;
  if (source.refused && !source.table) content = <Empty title={source.refused.message} />;
  else if (!source.table) content = <Loading />;
  else content = <DataTable label={title} rows={rows} empty={<Empty title={empty} />} {...rest} />;
  return (
    <section className={`part part-${name}`} aria-labelledby={`part-${name}`}>
      <h2 id={`part-${name}`}>
        {title} <span className="figures">{rows.length}</span>
      </h2>
      {content}
    </section>
  );
}
