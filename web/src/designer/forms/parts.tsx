import { ActionIcon, Button, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useRef, useState, type ReactNode } from 'react';
import { languageName, useTexts, type Key } from '../../kit/texts';
import { useChatLanguageNames, type Choice } from '../../manager/choices';
import { filled, insertPlace, placesOf } from '../../manager/form';
import { useSample } from '../../manager/sample';
import type { Graph, Node, SettingsOf, Texts, Kind } from '../graph';
import { dataKeys } from '../graph';

/** What the form of a component is given. */
export interface FormProps<K extends Kind> {
  node: Node<K>;
  graph: Graph;
  settings: SettingsOf[K];
  /** Changes some settings; the field names what one step of undo is. */
  set: (part: Partial<SettingsOf[K]>, field?: string) => void;
  /** The sentence for a wrong field, by its path within the settings. */
  wrong: (field: string) => string | undefined;
  /** Where in the field the server stumbled: line and column. */
  stumbled: (field: string) => { line: number; column: number } | undefined;
}

const usual = ['name', 'language', 'caption', 'queue'] as const;

/** The places that a text may have, and a button for each. */
function PlaceButtons({ graph, waiting, opens, insert }: { graph: Graph; waiting: boolean; opens?: boolean; insert: (name: string) => void }) {
  const t = useTexts();
  const names = [...usual, ...(waiting ? ['position', 'minutes'] : []), ...(opens ? ['opens'] : []), ...dataKeys(graph).map((key) => `data.${key}`)];
  return (
    <div className="places" role="group" aria-label={t('designer.places')}>
      {names.map((name) => (
        <Button
          key={name} size="compact-xs" variant="default" title={name.startsWith('data.') ? t('designer.name_data') : t(`designer.place_${name}` as Key)}
          onMouseDown={(e) => e.preventDefault()} onClick={() => insert(name)}
        >
          {`{${name}}`}
        </Button>
      ))}
    </div>
  );
}

interface TextsProps {
  graph: Graph;
  label?: string;
  texts: Texts | undefined;
  set: (texts: Texts) => void;
  error: string | undefined;
  /** Position and minutes are known here. */
  waiting?: boolean;
  /** So is when customers are called back next. */
  opens?: boolean;
}

/** A text in each chat language, with its places, and how a customer would read it. */
export function TextsField({ graph, label, texts = {}, set, error, waiting = false, opens = false }: TextsProps) {
  const t = useTexts();
  const languages = useChatLanguageNames(Object.keys(texts).filter(Boolean));
  const sample = useSample();
  const fields = useRef(new Map<string, HTMLTextAreaElement | null>());
  const [at, setAt] = useState<string>();
  const into = at !== undefined && languages.includes(at) ? at : languages[0]!;
  const put = (language: string, text: string): void => {
    const { [language]: _, ...others } = texts;
    set(text === '' ? others : { ...others, [language]: text });
  };
  const values = { ...sample, name: sample.customer!, language: into, caption: t('designer.sample_caption') };
  const missing = languages.filter((l) => !texts[l]?.trim());
  return (
    <fieldset className="texts">
      <legend>{label ?? t('designer.field_texts')}</legend>
      <PlaceButtons graph={graph} waiting={waiting} opens={opens} insert={(place) => insertPlace(fields.current.get(into) ?? null, texts[into] ?? '', place, (text) => put(into, text))} />
      {languages.map((language, i) => (
        <div key={language}>
          <Textarea
            size="xs" name={i === 0 ? 'texts' : `texts.${language}`} label={languageName(language)} value={texts[language] ?? ''} error={i === 0 ? error : undefined} autosize minRows={2} maxRows={10} maxLength={4000} spellCheck
            ref={(element) => void fields.current.set(language, element)} onFocus={() => setAt(language)} onChange={(e) => put(language, e.currentTarget.value)}
          />
          {placesOf(texts[language] ?? '').length > 0 && (
            <p className="preview">
              <span>{t('manager.preview')}</span> {filled(texts[language]!, values)}
            </p>
          )}
        </div>
      ))}
      {missing.length > 0 && missing.length < languages.length && <p className="hint">{t('designer.texts_missing', { languages: missing.map(languageName).join(', ') })}</p>}
    </fieldset>
  );
}

interface TemplateProps {
  graph: Graph;
  name: string;
  label: string;
  hint?: string;
  value: string | undefined;
  set: (value: string) => void;
  error: string | undefined;
  long?: boolean;
  max?: number;
}

/** One line or more with places. */
export function TemplateField({ graph, name, label, hint, value = '', set, error, long, max = 2000 }: TemplateProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [near, come] = useState(false);
  return (
    <div onFocus={() => come(true)}>
      <Textarea
        ref={field} size="xs" name={name} label={label} description={hint} value={value} error={error} autosize minRows={long ? 3 : 1} maxRows={12} maxLength={max} spellCheck={false}
        className="code" onChange={(e) => set(long ? e.currentTarget.value : e.currentTarget.value.replaceAll('\n', ''))}
      />
      {near && <PlaceButtons graph={graph} waiting={false} insert={(place) => insertPlace(field.current, value, place, set)} />}
    </div>
  );
}

interface PickProps {
  name: string;
  label: string;
  hint?: string;
  value: string | undefined;
  choices: Choice[];
  set: (id: string) => void;
  error: string | undefined;
  /** What an empty choice means; without it there is none. */
  none?: string;
  /** Where one makes the first of this kind. */
  make?: { href: string; text: string };
}

/** One object of a kind. What was removed meanwhile is still told by its id. */
export function Pick({ name, label, hint, value, choices, set, error, none, make }: PickProps) {
  const t = useTexts();
  const gone = value && !choices.some((c) => c.value === value) ? [{ value, label: t('designer.gone', { id: value.slice(0, 8) }) }] : [];
  return (
    <div>
      <Select
        size="xs" name={name} label={label} description={hint} value={value || (none ? '-' : null)} error={error} searchable selectFirstOptionOnChange selectFirstOptionOnDropdownOpen={!value && !none} placeholder={none ? undefined : t('designer.choose')}
        nothingFoundMessage={t('kit.nothing_found')} data={[...(none ? [{ value: '-', label: none }] : []), ...choices, ...gone]} onChange={(id) => set(id === '-' ? '' : (id ?? ''))}
      />
      {make && choices.length === 0 && (
        <p className="hint">
          <a href={make.href} target="_blank" rel="noreferrer">
            {make.text}
          </a>
        </p>
      )}
    </div>
  );
}

interface SecondsProps {
  name: string;
  label: string;
  hint?: string;
  value: number | undefined;
  usual?: number;
  min?: number;
  max: number;
  set: (value: number) => void;
  error: string | undefined;
}

export function Seconds({ name, label, hint, value, usual: begin, min = 0, max, set, error }: SecondsProps) {
  return (
    <NumberInput
      size="xs" name={name} label={label} description={hint} value={value ?? begin ?? ''} error={error} min={min} max={max} suffix=" s" clampBehavior="strict" allowDecimal={false}
      onChange={(n) => set(Number(n) || 0)}
    />
  );
}

interface RowsProps<Row> {
  label: string;
  hint?: string | undefined;
  rows: readonly Row[];
  set: (rows: Row[], field: string) => void;
  add: () => Row;
  addLabel: string;
  nameOf: (row: Row) => string;
  max?: number;
  children: (row: Row, put: (part: Partial<Row>) => void, at: number) => ReactNode;
}

/** Lines of one form: pairs of a name and a value, mostly. */
export function Rows<Row extends object>({ label, hint, rows, set, add, addLabel, nameOf, max = 100, children }: RowsProps<Row>) {
  const t = useTexts();
  return (
    <fieldset className="rows">
      <legend>{label}</legend>
      {hint && <p className="hint">{hint}</p>}
      {rows.map((row, i) => (
        <div key={i} className="row">
          <div className="row-fields">{children(row, (part) => set(rows.map((r, at) => (at === i ? { ...r, ...part } : r)), `${i}`), i)}</div>
          <ActionIcon variant="subtle" color="gray" aria-label={t('manager.take_away', { name: nameOf(row) || `${i + 1}` })} onClick={() => set(rows.filter((_, at) => at !== i), 'less')}>
            <IconX size={16} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <Button size="compact-xs" variant="default" leftSection={<IconPlus size={12} aria-hidden="true" />} disabled={rows.length >= max} onClick={() => set([...rows, add()], 'more')}>
        {addLabel}
      </Button>
    </fieldset>
  );
}

/** A key of the contact data; those that the graph already writes are offered. */
export function KeyField({ label, name, value, set, error }: { label: string; name: string; value: string; set: (key: string) => void; error: string | undefined }) {
  return <TextInput size="xs" label={label} name={name} value={value} error={error} maxLength={64} autoComplete="off" spellCheck={false} onChange={(e) => set(e.currentTarget.value)} />;
}
