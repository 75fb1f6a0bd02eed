import { Button, Menu, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { languageName, useTexts, type Key } from '../kit/texts';
import { known, type Field } from './chatSettings';
import { useChatLanguageNames } from './choices';
import { Order, moved, onOrderKey } from './form';

const kinds = ['text', 'long', 'email', 'phone', 'choice'] as const;

interface Props {
  fields: Field[];
  set: (fields: Field[]) => void;
  wrong: (field: string) => string | undefined;
  label: string;
  error: string | undefined;
}

/** What a form asks of customers, in the order in which it asks. */
export function FieldList({ fields, set, wrong, label, error }: Props) {
  const t = useTexts();
  const free = [...known].filter(([name]) => !fields.some((f) => f.name === name));
  const put = (i: number, part: Partial<Field>) => set(fields.map((f, at) => (at === i ? { ...f, ...part } : f)));
  function own(): Field {
    let n = fields.length + 1;
    while (fields.some((f) => f.name === `field_${n}`)) n++;
    return { name: `field_${n}`, kind: 'text', label: {}, required: false };
  }
  return (
    <div className="field-list">
      <ol aria-label={label}>
        {fields.map((f, i) => (
          <FieldRow
            key={i} field={f} at={i} count={fields.length} put={(part) => put(i, part)} wrong={(field) => wrong(`fields[${i}].${field}`)} move={(to) => set(moved(fields, i, to))}
            remove={() => set(fields.filter((_, at) => at !== i))}
          />
        ))}
      </ol>
      {error && <p className="refusal">{error}</p>}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />}>
            {t('manager.add_field')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {free.map(([name, kind]) => (
            <Menu.Item key={name} onClick={() => set([...fields, { name, kind: kind as Field['kind'], required: false }])}>
              {t(`manager.known_${name}` as Key)}
            </Menu.Item>
          ))}
          {free.length > 0 && <Menu.Divider />}
          <Menu.Item onClick={() => set([...fields, own()])}>{t('manager.field_own')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

interface RowProps {
  field: Field;
  at: number;
  count: number;
  put: (part: Partial<Field>) => void;
  wrong: (field: string) => string | undefined;
  move: (to: number) => void;
  remove: () => void;
}

function FieldRow({ field: f, at, count, put, wrong, move, remove }: RowProps) {
  const t = useTexts();
  const languages = useChatLanguageNames(Object.keys(f.label ?? {}));
  const isKnown = known.has(f.name);
  const name = isKnown ? t(`manager.known_${f.name}` as Key) : f.name;
  return (
    <li className="field-row" onKeyDown={(e) => onOrderKey(e, at, count, move)}>
      <div className="field-head">
        {isKnown ? (
          <strong>{name}</strong>
        ) : (
          <>
            <TextInput
              size="xs" label={t('manager.field_name')} value={f.name} error={wrong('name')} maxLength={40} autoComplete="off"
              onChange={(e) => put({ name: e.currentTarget.value.toLowerCase().replace(/[^a-z0-9_]/g, '_') })}
            />
            <Select
              size="xs" label={t('manager.field_kind')} value={f.kind} error={wrong('kind')} data={kinds.map((value) => ({ value, label: t(`manager.field_kind_${value}`) }))}
              onChange={(kind) => put({ kind: kind as Field['kind'], choices: kind === 'choice' ? (f.choices ?? []) : undefined })}
            />
          </>
        )}
        <Switch size="xs" label={t('manager.required')} checked={f.required ?? false} onChange={(e) => put({ required: e.currentTarget.checked })} />
        <Order name={name} at={at} count={count} move={move} remove={remove} />
      </div>
      {!isKnown && (
        <div className="field-labels">
          {languages.map((language) => (
            <TextInput
              key={language} size="xs" label={t('manager.label_in', { language: languageName(language) })} value={f.label?.[language] ?? ''} error={wrong('label')} maxLength={200}
              onChange={(e) => {
                const { [language]: _, ...others } = f.label ?? {};
                put({ label: e.currentTarget.value ? { ...others, [language]: e.currentTarget.value } : others });
              }}
            />
          ))}
        </div>
      )}
      {f.kind === 'choice' && (
        <TagsInput
          size="xs" label={t('manager.choices')} description={t('manager.choices_more')} value={f.choices ?? []} error={wrong('choices')} acceptValueOnBlur
          onChange={(choices) => put({ choices })}
        />
      )}
    </li>
  );
}
