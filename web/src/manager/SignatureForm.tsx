import { Button, MultiSelect, Switch, Textarea } from '@mantine/core';
import { lazy, Suspense, useRef, useState } from 'react';
import { Loading } from '../kit/states';
import { Tabs } from '../kit/Tabs';
import { languageName, useTexts } from '../kit/texts';
import { escaped } from '../mail/body';
import type { EditorHandle } from '../mail/Editor';
import { htmlText } from '../mail/page';
import { useAgentChoices, useChatLanguageNames } from './choices';
import { NameField, Places, Section, filled, insertPlace, placesOf, type Check, type FormProps } from './form';
import type { Signature } from './kinds';
import { useMailQueueChoices } from './MailAliases';
import { workingIn } from './rest';
import { useSample } from './sample';

const Editor = lazy(() => import('../mail/Editor'));
const MailFrame = lazy(() => import('../mail/MailFrame').then(({ MailFrame: Frame }) => ({ default: Frame })));
const ignore = () => undefined;

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
            id, title: id === others ? t('manager.signature_others') : languageName(id), wrong: wrongFields.some((field) => field.startsWith(`texts.${keyOf(id)}.`)) ? t('manager.tab_wrong') : undefined,
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

/** The lines of a signature stand close together: paragraphs are lines. */
export const tight = (html: string): string => html.replace(/<\/p>\s*<p(?: [^>]*)?>/g, '<br>').replace(/^<p>(?:<br>)*<\/p>$/, '');

/** The formatted text in one language, the plain one that follows it until somebody changes it, and how both read. */
function Words({ texts, put, wrong }: { texts: Texts; put: (texts: Texts) => void; wrong: (field: string) => string | undefined }) {
  const t = useTexts();
  const sample = useSample();
  const rich = useRef<EditorHandle>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const [into, setInto] = useState<'text' | 'html'>('html');
  const [start] = useState(() => texts.html || escaped(texts.text).replaceAll('\n', '<br>'));
  const [apart, setApart] = useState(() => texts.text !== htmlText(start));
  const values = Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, escaped(value)]));
  const shown = texts.html || escaped(texts.text).replaceAll('\n', '<br>');
  return (
    <div className="fields signature">
      <Places
        label={t('manager.places')} names={places}
        insert={(place) => (into === 'html' ? rich.current?.put(`{${place}}`) : insertPlace(plain.current, texts.text, place, (text) => change(text)))}
      />
      <div className="signature-rich" onFocus={() => setInto('html')}>
        <span className="signature-label" aria-hidden="true">{t('manager.signature_rich')}</span>
        <div className="signature-box">
          <Suspense fallback={<Loading />}>
            <Editor
              ref={rich} start={start} focus={false} label={t('manager.signature_rich')} lang={undefined} onMove={ignore} onKey={() => false}
              onChange={(written) => {
                const html = tight(written);
                put({ html, text: apart ? texts.text : htmlText(html) });
              }}
            />
          </Suspense>
        </div>
        {wrong('html') && <p className="signature-wrong">{wrong('html')}</p>}
      </div>
      <div className="side-by-side">
        <div>
          <Textarea
            ref={plain} label={t('manager.signature_text')} description={t(apart ? 'manager.signature_text_apart' : 'manager.signature_text_more')} value={texts.text} error={wrong('text')} autosize
            minRows={4} maxRows={14} maxLength={8000} spellCheck onFocus={() => setInto('text')} onChange={(e) => change(e.currentTarget.value)}
          />
          {apart && texts.html && (
            <Button
              size="compact-sm" variant="default" mt="xs"
              onClick={() => {
                setApart(false);
                put({ ...texts, text: htmlText(texts.html ?? '') });
              }}
            >
              {t('manager.signature_follow')}
            </Button>
          )}
        </div>
        {shown && (
          <div>
            <span className="signature-label">{t('manager.preview')}</span>
            <div className="mail-text">
              <Suspense>
                <MailFrame html={filled(shown, values)} title={t('manager.preview')} />
              </Suspense>
            </div>
            {texts.html && <p className="preview signature-preview">{filled(texts.text, sample)}</p>}
          </div>
        )}
      </div>
    </div>
  );

  function change(text: string): void {
    setApart(true);
    put({ ...texts, text });
  }
}
