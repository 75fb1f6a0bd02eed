import { Autocomplete, MultiSelect, Switch, TextInput, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTexts } from '../kit/texts';
import { responses, type Response } from './kinds';
import { useAll, useChatLanguageNames, useQueueChoices } from './choices';
import { NameField, Places, Section, filled, insertPlace, placesOf, type Check, type FormProps } from './form';
import { useSample } from './sample';

const places = ['customer', 'agent', 'queue', 'company', 'date', 'time'] as const;

export function checkResponse({ name, body }: { name: string; body: Response }, check: Check): void {
  check.name(name);
  check.that(/^[a-z0-9_-]{0,32}$/.test(body.shortcut), 'shortcut', 'manager.check_shortcut');
  const texts = Object.entries(body.texts);
  for (const [language, text] of texts) {
    const unknown = placesOf(text).find((place) => !(places as readonly string[]).includes(place));
    check.that(unknown === undefined, `texts.${language}`, 'manager.check_place', { place: `{${unknown}}` });
  }
  if (!texts.some(([, text]) => text.trim())) check.needed(`texts.${texts[0]?.[0] ?? 'english'}`, '');
}

/** What is the copied response's own is left out. */
export const copyResponse = (body: Response): Response => ({ ...body, shortcut: '' });

export function ResponseForm({ name, setName, body, set, wrong, thing }: FormProps<Response>) {
  const t = useTexts();
  const queues = useQueueChoices();
  const categories = [...new Set(useAll(responses).map((r) => r.body.category).filter(Boolean))].sort();
  const languages = useChatLanguageNames(Object.keys(body.texts));
  const fields = useRef(new Map<string, HTMLTextAreaElement | null>());
  const [at, setAt] = useState<string>();
  const into = at && languages.includes(at) ? at : languages[0]!;
  const put = (language: string, text: string): void => {
    const { [language]: _, ...others } = body.texts;
    set({ texts: text === '' ? others : { ...others, [language]: text } });
  };
  return (
    <>
      <div className="pair">
        <NameField name={name} setName={setName} wrong={wrong} />
        <TextInput
          label={t('manager.shortcut')} description={t('manager.shortcut_more')} value={body.shortcut} error={wrong('shortcut')} maxLength={32} leftSection="/" autoComplete="off"
          onChange={(e) => set({ shortcut: e.currentTarget.value.toLowerCase() })}
        />
        <Autocomplete
          label={t('manager.category')} value={body.category} error={wrong('category')} data={categories} maxLength={100} onChange={(category) => set({ category })}
        />
        <MultiSelect
          label={t('manager.in_queues')} value={body.queues ?? []} error={wrong('queues')} data={queues} searchable placeholder={body.queues?.length ? undefined : t('manager.all_queues')}
          onChange={(chosen) => set({ queues: chosen })}
        />
      </div>
      <Section title={t('manager.texts')} more={t('manager.texts_more')}>
        <Places
          label={t('manager.places')} names={places} insert={(place) => insertPlace(fields.current.get(into) ?? null, body.texts[into] ?? '', place, (text) => put(into, text))}
        />
        <div className="side-by-side">
          {languages.map((language) => (
            <LanguageText
              key={language} language={language} text={body.texts[language] ?? ''} error={wrong(`texts.${language}`)} change={(text) => put(language, text)} focus={() => setAt(language)}
              field={(element) => void fields.current.set(language, element)}
            />
          ))}
        </div>
      </Section>
      {thing?.body.personal && <Switch label={t('manager.personal')} description={t('manager.personal_more')} checked={body.personal} onChange={(e) => set({ personal: e.currentTarget.checked })} />}
    </>
  );
}

interface TextProps {
  language: string;
  text: string;
  error: string | undefined;
  change: (text: string) => void;
  focus: () => void;
  field: (element: HTMLTextAreaElement | null) => void;
}

/** The text of one language, and how a customer would read it. */
function LanguageText({ language, text, error, change, focus, field }: TextProps) {
  const t = useTexts();
  const sample = useSample();
  const hasPlaces = placesOf(text).length > 0;
  return (
    <div>
      <Textarea
        ref={field} label={language} value={text} error={error} autosize minRows={4} maxRows={14} maxLength={4000} spellCheck onFocus={focus}
        onChange={(e) => change(e.currentTarget.value)}
      />
      {hasPlaces && (
        <p className="preview">
          <span>{t('manager.preview')}</span> {filled(text, sample)}
        </p>
      )}
    </div>
  );
}
