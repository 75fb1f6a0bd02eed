import { ActionIcon, Button, Select, TextInput, Textarea } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { components } from '../api/schema';
import { DataTable, type Column } from '../kit/DataTable';
import { useList } from '../kit/list';
import { ListStates } from '../kit/ListBar';
import { domainName } from '../kit/names';
import { dateTime, languageName, languages, useTexts, type Key } from '../kit/texts';
import { useAgentChoices } from './choices';
import { Erase } from './Erasures';
import { Section, NameField, type Check, type FormProps } from './form';
import type { BulkResult, Kind, Page, Thing } from './kinds';
import type { Listed } from './Objects';
import { call, workingIn } from './rest';

type Schemas = components['schemas'];
type Row = Schemas['Customer'];
type Address = Schemas['CustomerAddress'];
type Past = Schemas['CustomerContact'];

/** What stands beside the name: the body of other kinds. */
export type Customer = Pick<Row, 'company' | 'language' | 'note' | 'fields' | 'agent'> & { addresses: Address[] };

const thing = ({ id, version, changed_at, changed_by, name, ...body }: Row): Thing<Customer> => ({
  id, version, changed_at, changed_by, name, built_in: false, body: { ...body, addresses: body.addresses ?? [] },
});

/** Customers are kept apart from what is configured, but are seen and changed alike. */
const customers: Kind<Customer> = {
  path: 'customers',
  blank: { company: '', language: '', addresses: [], note: '', fields: {} },
  list: (find, filter, after) =>
    call<Page<Row>>('GET', '/customers', { query: { find: find || undefined, ...filter, after: after || undefined, limit: 100 } }).then(({ items, next }) => ({ items: items.map(thing), next })),
  read: (id) => call<Row>('GET', `/customers/${id}`).then(thing),
  create: (name, body) => call<Row>('POST', '/customers', { body: { name, ...body } }).then(thing),
  change: (id, version, name, body) => call<Row>('PUT', `/customers/${id}`, { body: { version, name, ...body } }).then(thing),
  remove: (id, version) => call('DELETE', `/customers/${id}`, { query: { version } }),
  uses: async () => [],
  versions: async () => [],
  revert: () => Promise.reject(new Error('customers have no versions')),
  bulk: async (items, set, dry_run) => {
    const all: BulkResult = { applied: true, items: [] };
    for (let at = 0; at < items.length; at += bulkMax) {
      const body = { items: items.slice(at, at + bulkMax), ...(set ? { set } : { remove: true }), dry_run };
      const part = await call<BulkResult>('POST', '/customers/bulk', { body });
      all.items.push(...part.items);
      all.applied &&= part.applied;
    }
    return all;
  },
};
/** So many customers are one change. */
const bulkMax = 200;

const kinds = ['email', 'phone', 'other'] as const;

function checkCustomer({ name, body }: { name: string; body: Customer }, check: Check): void {
  check.name(name);
  body.addresses.forEach((a, i) => {
    check.needed(`addresses[${i}].value`, a.value);
    if (a.kind === 'email') check.mail(`addresses[${i}].value`, a.value);
    check.that(!a.value || body.addresses.findIndex((o) => o.kind === a.kind && o.value === a.value) === i, `addresses[${i}].value`, 'manager.check_twice');
  });
}

export function useCustomers(): Listed<Customer> {
  const t = useTexts();
  return useMemo(
    () => ({
      kind: customers, id: 'customers', title: t('manager.customers'), Form: CustomerForm, check: checkCustomer, kept: false, empty: 'manager.empty_customers', csv: true, many: true, More: CustomerMore,
      parts: [
        { id: 'company', title: t('manager.company'), width: '20%', text: (c) => c.body.company ?? '' },
        { id: 'addresses', title: t('manager.addresses'), width: '34%', text: (c) => c.body.addresses.map((a) => a.value).join(', ') },
        { id: 'language', title: t('app.language'), width: '110px', text: (c) => languageName(c.body.language) },
      ],
      sieves: [
        { id: 'language', label: t('app.language'), choices: languages.map(({ value, label }) => ({ value, label })), keep: (c, language) => c.body.language === language },
        {
          id: 'address', label: t('manager.addresses'), choices: kinds.map((value) => ({ value, label: t(`manager.address_${value}`) })),
          keep: (c, kind) => c.body.addresses.some((a) => a.kind === kind),
        },
      ],
      bulk: [
        { id: 'company', label: t('manager.company'), text: true, part: (company) => ({ company }) },
        {
          id: 'language', label: t('app.language'), choices: [{ value: '-', label: t('manager.nothing') }, ...languages.map(({ value, label }) => ({ value: value as string, label: label as string }))],
          part: (language) => ({ language: language === '-' ? '' : language }),
        },
      ],
    }),
    [t],
  );
}

function CustomerForm({ name, setName, body, set, wrong }: FormProps<Customer>) {
  const t = useTexts();
  const agents = useAgentChoices();
  const put = (i: number, part: Partial<Address>) => set({ addresses: body.addresses.map((a, at) => (at === i ? { ...a, ...part } : a)) });
  return (
    <>
      <div className="pair">
        <NameField name={name} setName={setName} wrong={wrong} />
        <TextInput label={t('manager.company')} value={body.company ?? ''} error={wrong('company')} maxLength={200} onChange={(e) => set({ company: e.currentTarget.value })} />
        <Select
          label={t('app.language')} value={body.language ?? ''} error={wrong('language')} onChange={(language) => set({ language: language ?? '' })}
          data={[{ value: '', label: t('manager.nothing') }, ...languages.map(({ value, label }) => ({ value: value as string, label: label as string }))]}
        />
      </div>
      <Select
        label={t('manager.customer_agent')} description={t('manager.customer_agent_more')} value={body.agent ?? ''} error={wrong('agent')} searchable
        nothingFoundMessage={t('kit.nothing_found')} data={[{ value: '', label: t('manager.nothing') }, ...agents]} onChange={(agent) => set({ agent: agent || undefined })}
      />
      <Section title={t('manager.addresses')} more={t('manager.addresses_more')}>
        {body.addresses.map((a, i) => (
          <div key={i} className="address">
            <Select
              size="xs" aria-label={t('manager.address_kind')} value={a.kind} data={kinds.map((value) => ({ value, label: t(`manager.address_${value}`) }))}
              onChange={(kind) => put(i, { kind: kind as Address['kind'] })}
            />
            <TextInput
              size="xs" aria-label={t(`manager.address_${a.kind}` as Key)} value={a.value} error={wrong(`addresses[${i}].value`)} maxLength={320} autoComplete="off"
              onChange={(e) => put(i, { value: e.currentTarget.value })}
            />
            <ActionIcon variant="subtle" color="gray" aria-label={t('manager.take_away', { name: a.value })} onClick={() => set({ addresses: body.addresses.filter((_, at) => at !== i) })}>
              <IconX size={16} aria-hidden="true" />
            </ActionIcon>
          </div>
        ))}
        <div className="row">
          <Button
            variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => set({ addresses: [...body.addresses, { kind: body.addresses.length === 0 ? 'email' : 'phone', value: '' }] })}
          >
            {t('manager.add_address')}
          </Button>
        </div>
      </Section>
      <Textarea label={t('manager.note')} value={body.note ?? ''} error={wrong('note')} maxLength={4000} autosize minRows={2} onChange={(e) => set({ note: e.currentTarget.value })} />
      {Object.keys(body.fields ?? {}).length > 0 && (
        <Section title={t('manager.fields')}>
          <div className="pair">
            {Object.entries(body.fields ?? {}).map(([key, value]) => (
              <TextInput key={key} label={key} value={value} error={wrong(`fields.${key}`)} onChange={(e) => set({ fields: { ...body.fields, [key]: e.currentTarget.value } })} />
            ))}
          </div>
        </Section>
      )}
    </>
  );
}

function CustomerMore({ thing }: { thing: Thing<Customer> }) {
  return (
    <>
      <Contacts thing={thing} />
      <Erase thing={thing} />
    </>
  );
}

/** Everything that was with this customer, over all media. */
function Contacts({ thing: customer }: { thing: Thing<Customer> }) {
  const t = useTexts();
  const list = useList<Past>(['customer contacts', workingIn(), customer.id], (after) => call('GET', `/customers/${customer.id}/contacts`, { query: { after: after || undefined } }));
  const columns = useMemo<Column<Past>[]>(
    () => [
      { id: 'at', title: t('app.contact_arrived'), width: '150px', by: (c) => c.at, show: (c) => <time>{dateTime(c.at)}</time> },
      { id: 'medium', title: t('manager.medium'), width: '90px', by: (c) => c.medium, show: (c) => domainName(t, c.medium) },
      { id: 'queue', title: t('manager.queue'), width: '18%', by: (c) => c.queue_name, show: (c) => c.queue_name },
      { id: 'caption', title: t('app.contact_caption'), width: '30%', by: (c) => c.caption, show: (c) => c.caption },
      { id: 'agent', title: t('app.role_agent'), width: '16%', by: (c) => c.agent_name ?? '', show: (c) => c.agent_name },
      { id: 'end', title: t('manager.ended_how'), width: '18%', by: (c) => c.disposition_name ?? '', show: (c) => c.disposition_name || t(`app.state_${c.state}` as Key) },
    ],
    [t],
  );
  return (
    <Section title={t('manager.history')}>
      <div className="inner-list">
        <ListStates list={list}>
          {(rows) => (
            <DataTable
              label={t('manager.history')} rows={rows} columns={columns} id={(c) => c.contact} sortedBy={{ column: 'at', down: true }} end={list.more}
              empty={<p className="hint">{t('manager.history_none')}</p>}
            />
          )}
        </ListStates>
      </div>
    </Section>
  );
}
