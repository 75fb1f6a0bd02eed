import { Autocomplete, MultiSelect, Switch, TextInput, Textarea } from '@mantine/core';
import { lazy, Suspense, useRef, useState } from 'react';
import { Tabs } from '../kit/Tabs';
import { languageName, useTexts } from '../kit/texts';
import { escaped } from '../mail/body';
import { ResponseMail, withMail, type ResponseMailHandle } from '../mail/ResponseMail';
import { responses, type Response } from './kinds';
import { useAll, useChatLanguageNames, useQueueChoices } from './choices';
import { NameField, Places, Section, filled, insertPlace, placesOf, type Check, type FormProps } from './form';
import { useSample } from './sample';

const MailFrame = lazy(() => import('../mail/MailFrame').then(({ MailFrame: Frame }) => ({ default: Frame })));

const places = ['customer', 'agent', 'queue', 'company', 'date', 'time'] as const;

export function checkResponse({ name, body }: { name: string; body: Response }, check: Check): void {
  check.name(name);
  check.that(/^[a-z0-9_-]{0,32}$/.test(body.shortcut), 'shortcut', 'manager.check_shortcut');
  const texts = Object.entries(body.texts);
  for (const [language, text] of texts) {
    const unknown = placesOf(text).find((place) => !(places as readonly string[]).includes(place));
    check.that(unknown === undefined, `texts.${language}`, 'manager.check_place', { place: `{${unknown}}` });
  }
  const mails = Object.entries(body.mails ?? {});
  for (const [language, said] of mails) {
    for (const field of ['subject', 'html'] as const) {
      const unknown = placesOf(said[field] ?? '').find((place) => !(places as readonly string[]).includes(place));
      check.that(unknown === undefined, `mails.${language}.${field}`, 'manager.check_place', { place: `{${unknown}}` });
    }
  }
  if (!texts.some(([, text]) => text.trim()) && !mails.some(([, said]) => said.html?.trim())) check.needed(`texts.${texts[0]?.[0] ?? 'english'}`, '');
}

/** What is the copied response's own is left out. */
export const copyResponse = (body: Response): Response => ({ ...body, shortcut: '' });

export function ResponseForm({ name, setName, body, set, wrong, wrongFields, thing }: FormProps<Response>) {
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
      <Section title={t('mail.response_title')} more={t('mail.response_more')}>
        <Mails languages={languages} body={body} set={set} wrong={wrong} wrongFields={wrongFields} />
      </Section>
      {thing?.body.personal && <Switch label={t('manager.personal')} description={t('manager.personal_more')} checked={body.personal} onChange={(e) => set({ personal: e.currentTarget.checked })} />}
    </>
  );
}

/** What stands in mails, language by language, and how a customer would read it. */
function Mails({ languages, body, set, wrong, wrongFields }: Pick<FormProps<Response>, 'body' | 'set' | 'wrong' | 'wrongFields'> & { languages: readonly string[] }) {
  const t = useTexts();
  const sample = useSample();
  const mail = useRef<ResponseMailHandle>(null);
  const [chosen, show] = useState(() => languages.find((l) => body.mails?.[l]) ?? languages.find((l) => body.texts[l]));
  const language = chosen !== undefined && languages.includes(chosen) ? chosen : languages[0]!;
  const said = body.mails?.[language] ?? {};
  return (
    <Tabs
      label={t('manager.languages')} value={language} set={show}
      tabs={languages.map((id) => ({ id, title: languageName(id), wrong: wrongFields.some((field) => field.startsWith(`mails.${id}.`)) ? t('manager.tab_wrong') : undefined }))}
    >
      <div className="fields">
        <Places label={t('manager.places')} names={places} insert={(place) => mail.current?.place(place)} />
        <ResponseMail
          key={language} ref={mail} said={said} text={body.texts[language] ?? ''} wrong={(field) => wrong(`mails.${language}.${field}`)}
          put={(next) => set({ mails: withMail(body.mails, language, next) })}
        />
        {said.html && (
          <div className="mail-text">
            <p className="preview">
              <span>{t('manager.preview')}</span> {filled(said.subject ?? '', sample)}
            </p>
            <Suspense>
              <MailFrame html={filled(said.html, escapedSample(sample))} title={t('manager.preview')} />
            </Suspense>
          </div>
        )}
      </div>
    </Tabs>
  );
}

const escapedSample = (sample: Record<string, string>) => Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, escaped(value)]));

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
        ref={field} label={languageName(language)} value={text} error={error} autosize minRows={4} maxRows={14} maxLength={4000} spellCheck onFocus={focus}
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
