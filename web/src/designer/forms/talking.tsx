import { Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { languageName, useTexts } from '../../kit/texts';
import { useChatLanguageNames, useScheduleChoices } from '../../manager/choices';
import type { Field } from '../graph';
import { KeyField, Pick, Rows, Seconds, TemplateField, TextsField, type FormProps } from './parts';

export function MessageForm({ graph, settings: s, set, wrong }: FormProps<'message'>) {
  return <TextsField graph={graph} texts={s.texts} error={wrong('texts')} set={(texts) => set({ texts }, 'texts')} />;
}

const fieldKinds = ['text', 'long', 'email', 'phone', 'number', 'choice'] as const;

export function CollectForm({ graph, settings: s, set, wrong }: FormProps<'collect'>) {
  const t = useTexts();
  const languages = useChatLanguageNames();
  return (
    <>
      <TextsField graph={graph} label={t('designer.collect_texts')} texts={s.texts} error={wrong('texts')} set={(texts) => set({ texts }, 'texts')} />
      <Rows
        label={t('designer.field_fields')} rows={s.fields ?? []} add={(): Field => ({ key: '', label: {}, kind: 'text', required: false })} addLabel={t('designer.add_question')} max={20}
        nameOf={(f) => f.key} set={(fields, field) => set({ fields }, `fields.${field}`)}
      >
        {(f, put, i) => (
          <>
            <div className="halves">
              <KeyField label={t('designer.field_key')} name={`fields.${i}.key`} value={f.key} error={wrong(`fields.${i}.key`)} set={(key) => put({ key })} />
              <Select
                size="xs" name={`fields.${i}.kind`} label={t('designer.field_kind')} value={f.kind} data={fieldKinds.map((value) => ({ value, label: t(`designer.asks_${value}`) }))}
                onChange={(kind) => put({ kind: kind as Field['kind'] })}
              />
            </div>
            {languages.map((language) => (
              <TextInput
                key={language} size="xs" name={`fields.${i}.label.${language}`} label={t('designer.label_in', { language: languageName(language) })} value={f.label?.[language] ?? ''} maxLength={200} autoComplete="off"
                error={language === languages[0] ? wrong(`fields.${i}.label`) : undefined}
                onChange={(e) => {
                  const { [language]: _, ...others } = f.label ?? {};
                  put({ label: e.currentTarget.value ? { ...others, [language]: e.currentTarget.value } : others });
                }}
              />
            ))}
            {f.kind === 'choice' && (
              <TagsInput
                size="xs" name={`fields.${i}.choices`} label={t('designer.field_choices')} description={t('designer.choices_more')} value={f.choices ?? []} error={wrong(`fields.${i}.choices`)}
                acceptValueOnBlur onChange={(choices) => put({ choices })}
              />
            )}
            <Switch size="xs" label={t('designer.field_required')} checked={f.required} onChange={(e) => put({ required: e.currentTarget.checked })} />
          </>
        )}
      </Rows>
      <Seconds
        name="timeout_s" label={t('designer.field_timeout_s')} hint={t('designer.collect_timeout_more')} value={s.timeout_s || 300} min={1} max={86_400} error={wrong('timeout_s')}
        set={(timeout_s) => set({ timeout_s }, 'timeout_s')}
      />
    </>
  );
}

export function OfferCallbackForm({ graph, settings: s, set, wrong }: FormProps<'offer_callback'>) {
  const t = useTexts();
  return (
    <>
      <TextsField graph={graph} texts={s.texts} waiting opens={!!s.schedule} error={wrong('texts')} set={(texts) => set({ texts }, 'texts')} />
      <Pick
        name="schedule" label={t('designer.callback_schedule')} value={s.schedule} choices={useScheduleChoices()} none={t('designer.callback_any_time')} error={wrong('schedule')}
        set={(schedule) => set({ schedule })}
      />
      <Seconds
        name="timeout_s" label={t('designer.field_timeout_s')} value={s.timeout_s || 60} min={1} max={86_400} error={wrong('timeout_s')} set={(timeout_s) => set({ timeout_s }, 'timeout_s')}
      />
      <p className="hint">{t('designer.callback_more')}</p>
    </>
  );
}

export function AutoReplyForm({ graph, settings: s, set, wrong }: FormProps<'auto_reply'>) {
  const t = useTexts();
  return (
    <>
      <TemplateField graph={graph} name="subject" label={t('designer.field_subject')} value={s.subject} error={wrong('subject')} set={(subject) => set({ subject }, 'subject')} />
      <TextsField graph={graph} texts={s.texts} error={wrong('texts')} set={(texts) => set({ texts }, 'texts')} />
    </>
  );
}

export function AcknowledgeForm({ graph, settings: s, set, wrong }: FormProps<'acknowledge'>) {
  const t = useTexts();
  return (
    <>
      <p className="hint">{t('designer.acknowledge_more')}</p>
      <TemplateField
        graph={graph} name="subject" label={t('designer.field_subject')} hint={t('designer.subject_more')} value={s.subject} error={wrong('subject')} max={250}
        set={(subject) => set({ subject }, 'subject')}
      />
      <TextsField graph={graph} texts={s.texts} error={wrong('texts')} set={(texts) => set({ texts }, 'texts')} />
    </>
  );
}

export function ForwardForm({ graph, settings: s, set, wrong }: FormProps<'forward'>) {
  const t = useTexts();
  return (
    <>
      <p className="hint">{t('designer.forward_more')}</p>
      <TextInput
        size="xs" name="to" type="email" label={t('designer.field_to')} value={s.to ?? ''} error={wrong('to')} maxLength={320} autoComplete="off" spellCheck={false}
        onChange={(e) => set({ to: e.currentTarget.value }, 'to')}
      />
      <TemplateField graph={graph} name="note" label={t('designer.field_note')} value={s.note} error={wrong('note')} long set={(note) => set({ note }, 'note')} />
    </>
  );
}

export function DiscardForm({ graph, settings: s, set, wrong }: FormProps<'discard'>) {
  const t = useTexts();
  return (
    <>
      <p className="hint">{t('designer.discard_more')}</p>
      <TemplateField graph={graph} name="reason" label={t('designer.field_reason')} value={s.reason} error={wrong('reason')} max={200} set={(reason) => set({ reason }, 'reason')} />
    </>
  );
}
