import { Button, MultiSelect, SegmentedControl, Select, TagsInput, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTexts } from '../../kit/texts';
import { useAgentChoices, useCategoryChoices, useQueueChoices, useScheduleChoices } from '../../manager/choices';
import { Order, moved, onOrderKey } from '../../manager/form';
import { SkillLevels } from '../../manager/SkillLevels';
import { freeId, type Branch } from '../graph';
import { ExpressionField } from './ExpressionField';
import { KeyField, Pick, Rows, Seconds, TemplateField, TextsField, type FormProps } from './parts';

const media = ['webchat', 'email', 'voice', 'callback', 'task'] as const;

export function StartForm({ settings: s, set, wrong }: FormProps<'start'>) {
  const t = useTexts();
  const queues = useQueueChoices();
  return (
    <>
      <p className="hint">{t('designer.start_more')}</p>
      <MultiSelect
        size="xs" name="media" label={t('designer.field_media')} value={s.media ?? []} error={wrong('media')} data={media.map((value) => ({ value, label: t(`designer.medium_${value}`) }))}
        placeholder={s.media?.length ? undefined : t('designer.all_media')} onChange={(m) => set({ media: m })}
      />
      <MultiSelect
        size="xs" name="queues" label={t('designer.field_queues')} description={t('designer.start_queues_more')} value={s.queues ?? []} error={wrong('queues')} data={queues} searchable
        placeholder={s.queues?.length ? undefined : t('designer.all_queues')} onChange={(q) => set({ queues: q })}
      />
      <TagsInput
        size="xs" name="source" label={t('designer.field_source')} description={t('designer.pattern_more')} value={s.source ?? []} error={wrong('source')} acceptValueOnBlur
        onChange={(source) => set({ source })}
      />
      <TagsInput
        size="xs" name="destination" label={t('designer.field_destination')} value={s.destination ?? []} error={wrong('destination')} acceptValueOnBlur onChange={(destination) => set({ destination })}
      />
    </>
  );
}

export function DecisionForm({ graph, settings: s, set, wrong, stumbled }: FormProps<'decision'>) {
  const t = useTexts();
  const branches = s.branches ?? [];
  const put = (i: number, part: Partial<Branch>) => set({ branches: branches.map((b, at) => (at === i ? { ...b, ...part } : b)) }, `branches.${i}.${Object.keys(part)[0]}`);
  const move = (from: number, to: number) => set({ branches: moved(branches, from, to) });
  return (
    <fieldset className="rows">
      <legend>{t('designer.field_branches')}</legend>
      <p className="hint">{t('designer.branches_more')}</p>
      {branches.map((b, i) => (
        <div key={b.id} className="branch" onKeyDown={(e) => onOrderKey(e, i, branches.length, (to) => move(i, to))}>
          <div className="branch-head">
            <TextInput
              size="xs" name={`branches.${i}.name`} label={t('designer.branch_name')} value={b.name} error={wrong(`branches.${i}.name`)} maxLength={100} autoComplete="off"
              onChange={(e) => put(i, { name: e.currentTarget.value })}
            />
            <Order name={b.name || b.id} at={i} count={branches.length} move={(to) => move(i, to)} remove={() => set({ branches: branches.filter((_, at) => at !== i) })} />
          </div>
          <ExpressionField
            graph={graph} name={`branches.${i}.expression`} label={t('designer.branch_when')} value={b.expression} error={wrong(`branches.${i}.expression`)}
            stumbled={stumbled(`branches.${i}.expression`)} set={(expression) => put(i, { expression })}
          />
        </div>
      ))}
      <Button
        size="compact-xs" variant="default" leftSection={<IconPlus size={12} aria-hidden="true" />} disabled={branches.length >= 50}
        onClick={() => set({ branches: [...branches, { id: freeId(new Set([...branches.map((b) => b.id), 'else', 'error']), 'branch'), name: '', expression: '' }] })}
      >
        {t('designer.branch_add')}
      </Button>
      <p className="hint">{t('designer.else_more')}</p>
    </fieldset>
  );
}

export function ScheduleForm({ settings: s, set, wrong }: FormProps<'schedule'>) {
  const t = useTexts();
  return (
    <>
      <Pick
        name="schedule" label={t('designer.field_schedule')} value={s.schedule} choices={useScheduleChoices()} error={wrong('schedule')} set={(schedule) => set({ schedule })}
        make={{ href: '/manager/schedules/new', text: t('designer.make_schedule') }}
      />
      <p className="hint">{t('designer.schedule_more')}</p>
    </>
  );
}

export function QueueForm({ graph, settings: s, set, wrong, stumbled }: FormProps<'queue'>) {
  const t = useTexts();
  const agents = useAgentChoices();
  const preferred = s.preferred || 'none';
  const kind = preferred.startsWith('agent:') ? 'agent' : preferred;
  return (
    <>
      <Pick name="queue" label={t('designer.field_queue')} value={s.queue} choices={useQueueChoices()} none={t('designer.queue_addressed')} error={wrong('queue')} set={(queue) => set({ queue })} />
      <ExpressionField
        graph={graph} name="priority" label={t('designer.field_priority')} hint={t('designer.priority_more')} value={s.priority} error={wrong('priority')} stumbled={stumbled('priority')}
        set={(priority) => set({ priority }, 'priority')}
      />
      <SkillLevels label={t('designer.field_skills')} value={s.skills ?? []} change={(skills) => set({ skills })} atLeast />
      <Select
        size="xs" name="preferred" label={t('designer.field_preferred')} value={kind} error={wrong('preferred')}
        data={(['none', 'last_agent', 'customer_agent', 'agent'] as const).map((value) => ({ value, label: t(`designer.preferred_${value}`) }))}
        onChange={(value) => set({ preferred: value === 'agent' ? `agent:${agents[0]?.value ?? ''}` : (value ?? 'none') })}
      />
      {kind === 'agent' && (
        <Pick name="agent" label={t('designer.field_agent')} value={preferred.slice(6)} choices={agents} error={undefined} set={(id) => set({ preferred: `agent:${id}` })} />
      )}
      {kind !== 'none' && (
        <Seconds name="hold_s" label={t('designer.field_hold_s')} hint={t('designer.hold_more')} value={s.hold_s || 60} min={1} max={3600} error={wrong('hold_s')} set={(hold_s) => set({ hold_s }, 'hold_s')} />
      )}
      <p className="hint">{t('designer.queue_more')}</p>
    </>
  );
}

export function WaitForm({ graph, settings: s, set, wrong }: FormProps<'wait'>) {
  const t = useTexts();
  return (
    <>
      <div className="halves">
        <Seconds name="seconds" label={t('designer.field_seconds')} value={s.seconds} min={1} max={604_800} error={wrong('seconds')} set={(seconds) => set({ seconds }, 'seconds')} />
        <Seconds name="every_s" label={t('designer.field_every_s')} hint={t('designer.every_more')} value={s.every_s} max={86_400} error={wrong('every_s')} set={(every_s) => set({ every_s }, 'every_s')} />
      </div>
      <TextsField graph={graph} texts={s.texts} waiting error={wrong('texts')} set={(texts) => set({ texts }, 'texts')} />
    </>
  );
}

export function TransferForm({ settings: s, set, wrong }: FormProps<'transfer'>) {
  const t = useTexts();
  const [queues, agents] = [useQueueChoices(), useAgentChoices()];
  const to = s.to ?? 'queue';
  return (
    <>
      <SegmentedControl
        size="xs" fullWidth aria-label={t('designer.field_to')} value={to} data={(['queue', 'agent', 'address'] as const).map((value) => ({ value, label: t(`designer.field_${value}`) }))}
        onChange={(value) => set({ to: value as 'queue' })}
      />
      {to === 'queue' && <Pick name="queue" label={t('designer.field_queue')} value={s.queue} choices={queues} error={wrong('queue')} set={(queue) => set({ queue })} />}
      {to === 'agent' && <Pick name="agent" label={t('designer.field_agent')} value={s.agent} choices={agents} error={wrong('agent')} set={(agent) => set({ agent })} />}
      {to === 'address' && (
        <TextInput
          size="xs" name="address" label={t('designer.field_address')} description={t('designer.address_more')} value={s.address ?? ''} error={wrong('address')} maxLength={320} autoComplete="off"
          onChange={(e) => set({ address: e.currentTarget.value }, 'address')}
        />
      )}
    </>
  );
}

export function SetForm({ graph, settings: s, set, wrong, stumbled }: FormProps<'set'>) {
  const t = useTexts();
  return (
    <>
      <p className="hint">{t('designer.set_more')}</p>
      <Rows
        label={t('designer.field_data')} rows={s.data ?? []} add={() => ({ key: '', value: '' })} addLabel={t('designer.add_data')} nameOf={(d) => d.key} set={(data, field) => set({ data }, `data.${field}`)}
      >
        {(d, put, i) => (
          <>
            <KeyField label={t('designer.field_key')} name={`data.${i}.key`} value={d.key} error={wrong(`data.${i}.key`)} set={(key) => put({ key })} />
            <ExpressionField
              graph={graph} name={`data.${i}.value`} label={t('designer.field_value')} value={d.value} error={wrong(`data.${i}.value`)} stumbled={stumbled(`data.${i}.value`)} set={(value) => put({ value })}
            />
          </>
        )}
      </Rows>
      <ExpressionField
        graph={graph} name="priority" label={t('designer.field_priority')} hint={t('designer.priority_more')} value={s.priority} error={wrong('priority')} stumbled={stumbled('priority')}
        set={(priority) => set({ priority }, 'priority')}
      />
      <TemplateField
        graph={graph} name="language" label={t('designer.field_language')} hint={t('designer.language_more')} value={s.language} error={wrong('language')} set={(language) => set({ language }, 'language')}
      />
      <SkillLevels label={t('designer.field_skills')} value={s.skills ?? []} change={(skills) => set({ skills })} atLeast />
    </>
  );
}

export function CategoryForm({ settings: s, set, wrong }: FormProps<'category'>) {
  const t = useTexts();
  return (
    <Pick
      name="category" label={t('designer.field_category')} value={s.category} choices={useCategoryChoices()} error={wrong('category')} set={(category) => set({ category })}
      make={{ href: '/manager/categories/new', text: t('designer.make_category') }}
    />
  );
}

export function DisconnectForm({ graph, settings: s, set, wrong }: FormProps<'disconnect'>) {
  const t = useTexts();
  return (
    <>
      <TextsField graph={graph} label={t('designer.last_words')} texts={s.texts} error={wrong('texts')} set={(texts) => set({ texts }, 'texts')} />
      <Pick
        name="category" label={t('designer.field_category')} value={s.category} choices={useCategoryChoices()} none={t('designer.category_kept')} error={wrong('category')} set={(category) => set({ category })}
      />
    </>
  );
}
