import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { use } from 'react';
import { useTexts } from '../kit/texts';
import { allPages, type Choice } from './choices';
import { Section, type FormProps } from './form';
import type { MailAccount, MailAlias as Alias, Page, Queue, Signature, Thing } from './kinds';
import { call, workingIn } from './rest';
import { UnitContext } from './unitChoice';

const none: never[] = [];

/** The objects of a kind in a unit that need not be the one that one works in; none without a unit. */
function useThingsOf<Body>(path: 'queues' | 'signatures', unit: string): Thing<Body>[] {
  const { data } = useQuery({
    queryKey: ['objects', unit, path, 'all'],
    queryFn: () => allPages((after) => call<Page<Thing<Body>>>('GET', `/${path}`, { query: { unit: unit || undefined, after: after || undefined, limit: 500 } })),
    staleTime: 10_000,
    enabled: unit !== '-',
  });
  return data ?? none;
}

/** The queues of e-mail of a unit; '-': of none. */
export function useMailQueueChoices(unit: string): Choice[] {
  return useThingsOf<Queue>('queues', unit).filter((q) => q.body.domain === 'email').map((q) => ({ value: q.id, label: q.name }));
}

/** The addresses that customers write to: each with its queue, and what stands below the mails that leave from it. */
export function MailAliases({ body, set, wrong }: Pick<FormProps<MailAccount>, 'body' | 'set' | 'wrong'>) {
  const t = useTexts();
  const { aliases } = body;
  const put = (i: number, part: Partial<Alias>) => set({ aliases: aliases.map((a, at) => (at === i ? { ...a, ...part } : a)) });
  return (
    <Section title={t('manager.mail_aliases')} more={t('manager.mail_aliases_more')}>
      {aliases.map((alias, i) => (
        <AliasRow key={i} alias={alias} put={(part) => put(i, part)} wrong={(field) => wrong(`aliases[${i}].${field}`)} remove={() => set({ aliases: aliases.filter((_, at) => at !== i) })} />
      ))}
      <div>
        <Button variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />} disabled={aliases.length >= 500} onClick={() => set({ aliases: [...aliases, { address: '' }] })}>
          {t('manager.mail_add_alias')}
        </Button>
      </div>
    </Section>
  );
}

interface RowProps {
  alias: Alias;
  put: (part: Partial<Alias>) => void;
  wrong: (field: string) => string | undefined;
  remove: () => void;
}

const choice = (id: string | null) => (id && id !== '-' ? id : (undefined as never));

function AliasRow({ alias, put, wrong, remove }: RowProps) {
  const t = useTexts();
  const { global, choices } = use(UnitContext);
  const unit = global ? (alias.unit ?? '-') : workingIn();
  const queues = useMailQueueChoices(unit);
  const signatures = useThingsOf<Signature>('signatures', unit);
  return (
    <div className="alias-row" role="group" aria-label={alias.address || t('manager.mail_alias_new')}>
      <TextInput
        label={t('manager.mail_address')} value={alias.address} error={wrong('address')} required maxLength={320} autoComplete="off" spellCheck={false} inputMode="email"
        onChange={(e) => put({ address: e.currentTarget.value.trim() })}
      />
      <TextInput label={t('manager.mail_from_name')} value={alias.from_name ?? ''} error={wrong('from_name')} maxLength={200} autoComplete="off" onChange={(e) => put({ from_name: e.currentTarget.value })} />
      {global && (
        <Select
          label={t('manager.mail_alias_unit')} value={alias.unit ?? null} error={wrong('unit')} required data={choices.filter((c) => c.value !== workingIn())} searchable={choices.length > 8}
          onChange={(id) => id && put({ unit: id, queue: undefined as never, signature: undefined as never })}
        />
      )}
      <Select
        label={t('manager.queue')} value={alias.queue ?? '-'} error={wrong('queue')} data={[{ value: '-', label: t('manager.mail_first_queue') }, ...queues]} searchable={queues.length > 7} disabled={unit === '-'}
        allowDeselect={false} onChange={(id) => put({ queue: choice(id) })}
      />
      <Select
        label={t('manager.mail_signature')} value={alias.signature ?? '-'} error={wrong('signature')} allowDeselect={false} disabled={unit === '-'} searchable={signatures.length > 7}
        data={[{ value: '-', label: t('manager.mail_signature_usual') }, ...signatures.map((s) => ({ value: s.id, label: s.name }))]} onChange={(id) => put({ signature: choice(id) })}
      />
      <ActionIcon variant="subtle" color="gray" aria-label={t('manager.take_away', { name: alias.address || t('manager.mail_alias_new') })} onClick={remove}>
        <IconX size={16} aria-hidden="true" />
      </ActionIcon>
    </div>
  );
}
