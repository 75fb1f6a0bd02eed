import { MultiSelect, Switch, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import { Tabs } from '../kit/Tabs';
import { useTexts } from '../kit/texts';
import { useAgentChoices, useChatLanguageNames } from './choices';
import { NameField, Places, Section, filled, insertPlace, placesOf, type Check, type FormProps } from './form';
import type { Signature } from './kinds';
import { useMailQueueChoices } from './MailAliases';
import { workingIn } from './rest';
import { useSample } from './sample';

const places = ['agent', 'queue', 'company'] as const;

/** What stands for all languages without a text of their own has the empty name in the API. */
const others = '-';
const keyOf = (tab: string) => (tab === others ? '' : tab);

export function checkSignature({ name, body }: { name: string; body: Signature }, check: Check): void {
  check.name(name);
  for (const [language, { text, html }] of Object.entries(body.texts)) {
    for (const [field, value] of [['text', text], ['html', html ?? '']] as const) {
      const unknown = placesOf(value).find((place) => !(places as readonly string[]).includes(place));
      check.that(unknown === undefined, `texts.${language}.${field}`, 'manager.check_place', { place: `{${unknown}}` });
    }
  }
  if (!Object.values(body.texts).some((one) => one.text.trim() || one.html?.trim())) check.needed('texts..text', '');
}

/** What stands below mails: for whom, and in each language. */
export function SignatureForm({ name, setName, body, set, wrong, wrongFields }: FormProps<Signature>) {
  const t = useTexts();
  const queues = useMailQueueChoices(workingIn());
  const agents = useAgentChoices();
  const languages = [others, ...useChatLanguageNames(Object.keys(body.texts).filter(Boolean))];
  const [tab, show] = useState(others);
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} />
      <Section title={t('manager.signature_for')} more={t('manager.signature_for_more')}>
        <div className="pair">
          <MultiSelect
            label={t('manager.queues')} value={body.queues ?? []} error={wrong('queues')} data={queues} searchable placeholder={body.queues?.length ? undefined : t('manager.signature_no_queue')}
            onChange={(chosen) => set({ queues: chosen })}
          />
          <MultiSelect
            label={t('manager.signature_agents')} value={body.agents ?? []} error={wrong('agents')} data={agents} searchable placeholder={body.agents?.length ? undefined : t('manager.signature_no_agent')}
            onChange={(chosen) => set({ agents: chosen })}
          />
        </div>
        <Switch label={t('manager.signature_standard')} description={t('manager.signature_standard_more')} checked={body.standard ?? false} onChange={(e) => set({ standard: e.currentTarget.checked })} />
      </Section>
      <Section title={t('manager.texts')} more={t('manager.signature_texts_more')}>
        <Tabs
          label={t('manager.languages')} value={tab} set={show}
          tabs={languages.map((id) => ({
            id, title: id === others ? t('manager.signature_others') : id, wrong: wrongFields.some((field) => field.startsWith(`texts.${keyOf(id)}.`)) ? t('manager.tab_wrong') : undefined,
          }))}
        >
          <Words
            key={tab} texts={body.texts[keyOf(tab)] ?? { text: '' }} wrong={(field) => wrong(`texts.${keyOf(tab)}.${field}`)}
            put={(words) => {
              const { [keyOf(tab)]: _, ...rest } = body.texts;
              set({ texts: words.text === '' && !words.html ? rest : { ...rest, [keyOf(tab)]: words } });
            }}
          />
        </Tabs>
      </Section>
    </>
  );
}

type Texts = Signature['texts'][string];

/** Both forms in one language, and how it reads. */
function Words({ texts, put, wrong }: { texts: Texts; put: (texts: Texts) => void; wrong: (field: string) => string | undefined }) {
  const t = useTexts();
  const sample = useSample();
  const plain = useRef<HTMLTextAreaElement>(null);
  const marked = useRef<HTMLTextAreaElement>(null);
  const [into, setInto] = useState<'text' | 'html'>('text');
  const value = (field: 'text' | 'html') => texts[field] ?? '';
  return (
    <div className="fields signature">
      <Places
        label={t('manager.places')} names={places}
        insert={(place) => insertPlace((into === 'text' ? plain : marked).current, value(into), place, (text) => put({ ...texts, [into]: text }))}
      />
      <div className="side-by-side">
        <div>
          <Textarea
            ref={plain} label={t('manager.signature_text')} description={t('manager.signature_text_more')} value={texts.text} error={wrong('text')} autosize minRows={5} maxRows={14} maxLength={8000}
            spellCheck onFocus={() => setInto('text')} onChange={(e) => put({ ...texts, text: e.currentTarget.value })}
          />
          {texts.text && (
            <p className="preview signature-preview">
              <span>{t('manager.preview')}</span> {filled(texts.text, sample)}
            </p>
          )}
        </div>
        <Textarea
          ref={marked} label={t('manager.signature_html')} description={t('manager.signature_html_more')} value={value('html')} error={wrong('html')} autosize minRows={5} maxRows={14} maxLength={8000}
          spellCheck={false} onFocus={() => setInto('html')} onChange={(e) => put({ ...texts, html: e.currentTarget.value })}
        />
      </div>
    </div>
  );
}
