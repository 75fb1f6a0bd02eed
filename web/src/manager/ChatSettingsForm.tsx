import { ActionIcon, Button, NumberInput, Switch, TagsInput, TextInput, Textarea } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTexts } from '../kit/texts';
import { known, type ChatSettings, type Mask } from './chatSettings';
import { FieldList } from './FieldList';
import { Section, type Check, type FormProps } from './form';
import { badPattern, masked } from './mask';

const MiB = 1 << 20;
const usualTypes = [
  'image/*', 'application/pdf', 'text/plain', 'text/csv', 'audio/*', 'video/*', 'application/zip', 'application/msword', 'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
];

export function checkChatSettings({ body }: { body: ChatSettings }, check: Check): void {
  check.that(body.idle_end_s === 0 || body.idle_warning_s < body.idle_end_s, 'idle_end_s', 'manager.check_idle');
  body.attachments.types.forEach((type) => check.that(/^[a-z0-9!#$&^_.+-]+\/(\*|[a-z0-9!#$&^_.+-]+)$/.test(type), 'attachments.types', 'manager.check_type', { type }));
  body.masks.forEach((m, i) => {
    check.needed(`masks[${i}].name`, m.name);
    check.needed(`masks[${i}].pattern`, m.pattern);
    check.that(!m.pattern || !badPattern(m.pattern), `masks[${i}].pattern`, 'manager.check_mask');
  });
  for (const form of ['pre_chat', 'offline'] as const) {
    const { enabled, fields } = body[form];
    check.that(!enabled || fields.length > 0, form, 'manager.check_fields');
    fields.forEach((f, i) => {
      const at = `${form}.fields[${i}]`;
      check.that(/^[a-z0-9_]{1,40}$/.test(f.name), `${at}.name`, 'manager.check_field_name');
      check.that(fields.findIndex((o) => o.name === f.name) === i, `${at}.name`, 'manager.check_twice');
      check.that(f.kind !== 'choice' || (f.choices?.length ?? 0) > 0, `${at}.choices`, 'manager.check_choices');
      check.that(known.has(f.name) || Object.values(f.label ?? {}).some(Boolean), `${at}.label`, 'manager.check_label');
    });
  }
}

export function ChatSettingsForm({ body, set, wrong }: FormProps<ChatSettings>) {
  const t = useTexts();
  const toggle = (field: 'show_typed' | 'transcript' | 'satisfaction' | 'mask_cards', label: Parameters<typeof t>[0], more: Parameters<typeof t>[0]) => (
    <Switch label={t(label)} description={t(more)} checked={body[field]} onChange={(e) => set({ [field]: e.currentTarget.checked })} />
  );
  const attach = (part: Partial<ChatSettings['attachments']>) => set({ attachments: { ...body.attachments, ...part } });
  return (
    <>
      <Section title={t('manager.part_conversation')}>
        <div className="pair">
          <NumberInput
            label={t('manager.idle_warning_s')} description={t('manager.idle_warning_s_more')} value={body.idle_warning_s} error={wrong('idle_warning_s')} min={0} max={86_400} suffix=" s"
            clampBehavior="strict" onChange={(n) => set({ idle_warning_s: Number(n) || 0 })}
          />
          <NumberInput
            label={t('manager.idle_end_s')} description={t('manager.idle_end_s_more')} value={body.idle_end_s} error={wrong('idle_end_s')} min={0} max={86_400} suffix=" s"
            clampBehavior="strict" onChange={(n) => set({ idle_end_s: Number(n) || 0 })}
          />
        </div>
        {toggle('show_typed', 'manager.show_typed', 'manager.show_typed_more')}
        {toggle('transcript', 'manager.transcript', 'manager.transcript_more')}
        {toggle('satisfaction', 'manager.ask_satisfaction', 'manager.ask_satisfaction_more')}
      </Section>
      <Section title={t('manager.attachments')} more={t('manager.attachments_more')}>
        <Switch label={t('manager.attachments_on')} checked={body.attachments.enabled} onChange={(e) => attach({ enabled: e.currentTarget.checked })} />
        {body.attachments.enabled && (
          <>
            <NumberInput
              className="short" label={t('manager.bytes_max')} value={body.attachments.bytes_max / MiB} error={wrong('attachments.bytes_max')} min={0.1} max={25} step={1} decimalScale={1}
              suffix={t('manager.mib_suffix')} clampBehavior="blur" onChange={(n) => Number(n) > 0 && attach({ bytes_max: Math.round(Number(n) * MiB) })}
            />
            <TagsInput
              label={t('manager.types')} description={t('manager.types_more')} value={body.attachments.types} error={wrong('attachments.types')} data={usualTypes} acceptValueOnBlur
              onChange={(types) => attach({ types: types.map((type) => type.trim().toLowerCase()) })}
            />
          </>
        )}
      </Section>
      <Section title={t('manager.masks')} more={t('manager.masks_more')}>
        {toggle('mask_cards', 'manager.mask_cards', 'manager.mask_cards_more')}
        <Masks masks={body.masks} set={(masks) => set({ masks })} wrong={wrong} />
        <TryMask settings={body} />
      </Section>
      <Section title={t('manager.pre_chat')} more={t('manager.pre_chat_more')}>
        <Switch label={t('manager.pre_chat_on')} checked={body.pre_chat.enabled} onChange={(e) => set({ pre_chat: { ...body.pre_chat, enabled: e.currentTarget.checked } })} />
        <FieldList
          fields={body.pre_chat.fields} set={(fields) => set({ pre_chat: { ...body.pre_chat, fields } })} wrong={(field) => wrong(`pre_chat.${field}`)} label={t('manager.pre_chat')}
          error={wrong('pre_chat')}
        />
      </Section>
      <Section title={t('manager.offline')} more={t('manager.offline_more')}>
        <Switch label={t('manager.offline_on')} checked={body.offline.enabled} onChange={(e) => set({ offline: { ...body.offline, enabled: e.currentTarget.checked } })} />
        <FieldList
          fields={body.offline.fields} set={(fields) => set({ offline: { ...body.offline, fields } })} wrong={(field) => wrong(`offline.${field}`)} label={t('manager.offline')}
          error={wrong('offline')}
        />
      </Section>
    </>
  );
}

function Masks({ masks, set, wrong }: { masks: Mask[]; set: (masks: Mask[]) => void; wrong: (field: string) => string | undefined }) {
  const t = useTexts();
  const put = (i: number, part: Partial<Mask>) => set(masks.map((m, at) => (at === i ? { ...m, ...part } : m)));
  return (
    <>
      {masks.map((m, i) => (
        <div key={i} className="mask">
          <TextInput size="xs" label={t('manager.name')} value={m.name} error={wrong(`masks[${i}].name`)} maxLength={100} onChange={(e) => put(i, { name: e.currentTarget.value })} />
          <TextInput
            size="xs" label={t('manager.mask_pattern')} value={m.pattern} error={wrong(`masks[${i}].pattern`)} maxLength={500} spellCheck={false} autoComplete="off"
            onChange={(e) => put(i, { pattern: e.currentTarget.value })}
          />
          <NumberInput
            size="xs" label={t('manager.keep_last')} value={m.keep_last ?? 0} min={0} max={8} clampBehavior="strict" error={wrong(`masks[${i}].keep_last`)}
            onChange={(n) => put(i, { keep_last: Number(n) || 0 })}
          />
          <ActionIcon variant="subtle" color="gray" aria-label={t('manager.take_away', { name: m.name })} onClick={() => set(masks.filter((_, at) => at !== i))}>
            <IconX size={16} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <div className="row">
        <Button variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => set([...masks, { name: '', pattern: '', keep_last: 0 }])}>
          {t('manager.add_mask')}
        </Button>
      </div>
    </>
  );
}

/** A text as it would be saved. Nothing of it leaves the page. */
function TryMask({ settings }: { settings: ChatSettings }) {
  const t = useTexts();
  const [typed, type] = useState('');
  return (
    <div className="try-mask">
      <Textarea
        label={t('manager.try_mask')} description={t('manager.try_mask_more')} value={typed} autosize minRows={1} autoComplete="off" spellCheck={false}
        placeholder="4111 1111 1111 1111" onChange={(e) => type(e.currentTarget.value)}
      />
      {typed && (
        <p className="preview" role="status">
          <span>{t('manager.mask_saved')}</span> {masked(typed, settings)}
        </p>
      )}
    </div>
  );
}
