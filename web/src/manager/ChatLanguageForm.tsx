import { ActionIcon, Button, Select, TextInput, Textarea } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { languages, useTexts, type Key } from '../kit/texts';
import type { ChatLanguage } from './kinds';
import { NameField, Places, Section, filled, insertPlace, placesOf, type Check, type FormProps } from './form';
import { useSample } from './sample';

/** What a chat says by itself, and the places that each message knows. */
const messages = {
  welcome: ['company', 'customer', 'queue'],
  waiting: ['position', 'minutes', 'queue', 'company', 'customer'],
  joined: ['agent', 'customer', 'company'],
  left: ['agent', 'customer', 'company'],
  transferred: ['agent', 'queue', 'customer', 'company'],
  returned: ['agent', 'customer', 'company'],
  idle_warning: ['minutes', 'agent', 'customer', 'company'],
  idle_end: ['agent', 'customer', 'company'],
  closing: ['agent', 'customer', 'company'],
  closed: ['opens', 'company', 'customer', 'queue'],
  busy: ['company', 'customer', 'queue'],
} as const;

const places = ['agent', 'customer', 'queue', 'position', 'minutes', 'company', 'opens'];

/** The catalogue's own words, which count where a chat language has none. */
const catalogues: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  english: () => import('@texts/english/chat.json'),
  deutsch: () => import('@texts/deutsch/chat.json'),
  francais: () => import('@texts/francais/chat.json'),
  portugues: () => import('@texts/portugues/chat.json'),
};

function useCatalogue(language: string): Record<string, string> {
  const { data } = useQuery({
    queryKey: ['catalogue', 'chat', language], staleTime: Infinity,
    queryFn: async () => (await (catalogues[language] ?? catalogues.english!)()).default,
  });
  return data ?? {};
}

export function checkChatLanguage({ name, body }: { name: string; body: ChatLanguage }, check: Check): void {
  check.name(name);
  for (const [key, text] of Object.entries(body.messages)) {
    const unknown = placesOf(text).find((place) => !places.includes(place));
    check.that(unknown === undefined, `messages.${key}`, 'manager.check_place', { place: `{${unknown}}` });
  }
  body.emoticons.forEach((e, i) => {
    check.needed(`emoticons[${i}].code`, e.code);
    check.needed(`emoticons[${i}].shows`, e.shows);
    check.that(body.emoticons.findIndex((o) => o.code === e.code) === i || !e.code, `emoticons[${i}].code`, 'manager.check_twice');
  });
}

export function ChatLanguageForm({ name, setName, body, set, wrong }: FormProps<ChatLanguage>) {
  const t = useTexts();
  const usual = useCatalogue(body.pages);
  const put = (key: string, text: string): void => {
    const { [key]: _, ...others } = body.messages;
    set({ messages: text === '' ? others : { ...others, [key]: text } });
  };
  return (
    <>
      <div className="pair">
        <NameField name={name} setName={setName} wrong={wrong} hint={t('manager.chat_language_name_more')} />
        <Select
          label={t('manager.pages')} description={t('manager.pages_more')} value={body.pages} error={wrong('pages')} data={languages.map(({ value, label }) => ({ value, label }))}
          onChange={(pages) => pages && set({ pages })}
        />
      </div>
      <Section title={t('manager.messages')} more={t('manager.messages_more')}>
        {Object.entries(messages).map(([key, names]) => (
          <Message
            key={key} id={key} names={names} text={body.messages[key] ?? ''} usual={usual[`chat.${key}`] ?? ''} error={wrong(`messages.${key}`)} change={(text) => put(key, text)}
          />
        ))}
      </Section>
      <Emoticons {...{ body, set, wrong }} />
    </>
  );
}

interface MessageProps {
  id: string;
  names: readonly string[];
  text: string;
  usual: string;
  error: string | undefined;
  change: (text: string) => void;
}

function Message({ id, names, text, usual, error, change }: MessageProps) {
  const t = useTexts();
  const sample = useSample();
  const field = useRef<HTMLTextAreaElement>(null);
  const shown = text || usual;
  return (
    <div className="message">
      <Textarea
        ref={field} label={t(`manager.message_${id}` as Key)} description={t(`manager.message_${id}_more` as Key)} placeholder={usual} value={text} error={error} autosize minRows={1}
        maxRows={8} maxLength={2000} spellCheck onChange={(e) => change(e.currentTarget.value)}
      />
      <div className="message-foot">
        <Places
          label={t('manager.places_of', { name: t(`manager.message_${id}` as Key) })} names={names}
          insert={(place) => insertPlace(text ? field.current : null, text || usual, place, change)}
        />
        {text === '' && usual && (
          <Button size="compact-xs" variant="subtle" onClick={() => change(usual)}>
            {t('manager.message_own')}
          </Button>
        )}
        {text !== '' && (
          <Button size="compact-xs" variant="subtle" onClick={() => change('')}>
            {t('manager.message_usual')}
          </Button>
        )}
      </div>
      {placesOf(shown).length > 0 && (
        <p className="preview">
          <span>{t('manager.preview')}</span> {filled(shown, sample)}
        </p>
      )}
    </div>
  );
}

/** What is typed, and the sign that customers see instead. */
function Emoticons({ body, set, wrong }: Pick<FormProps<ChatLanguage>, 'body' | 'set' | 'wrong'>) {
  const t = useTexts();
  const [tried, type] = useState('');
  const list = body.emoticons;
  const put = (i: number, part: Partial<(typeof list)[number]>) => set({ emoticons: list.map((e, at) => (at === i ? { ...e, ...part } : e)) });
  // The longest first, as in the chat itself.
  const shown = [...list].filter((e) => e.code).sort((a, b) => b.code.length - a.code.length).reduce((text, e) => text.replaceAll(e.code, e.shows), tried);
  return (
    <Section title={t('manager.emoticons')} more={t('manager.emoticons_more')}>
      <ul className="emoticons">
        {list.map((e, i) => (
          <li key={i}>
            <TextInput
              size="xs" aria-label={t('manager.code')} placeholder=":-)" value={e.code} error={wrong(`emoticons[${i}].code`)} maxLength={20} autoComplete="off"
              onChange={(event) => put(i, { code: event.currentTarget.value.trim() })}
            />
            <TextInput
              size="xs" aria-label={t('manager.shows_of', { name: e.code })} placeholder="🙂" value={e.shows} error={wrong(`emoticons[${i}].shows`)} maxLength={20} autoComplete="off"
              onChange={(event) => put(i, { shows: event.currentTarget.value.trim() })}
            />
            <ActionIcon variant="subtle" color="gray" aria-label={t('manager.take_away', { name: e.code })} onClick={() => set({ emoticons: list.filter((_, at) => at !== i) })}>
              <IconX size={16} aria-hidden="true" />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <div className="row">
        <Button variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => set({ emoticons: [...list, { code: '', shows: '' }] })}>
          {t('manager.add_emoticon')}
        </Button>
        {list.length > 0 && (
          <TextInput
            className="try" size="xs" aria-label={t('manager.try_emoticons')} placeholder={t('manager.try_emoticons')} value={tried}
            onChange={(e) => type(e.currentTarget.value)}
          />
        )}
        {tried && <output>{shown}</output>}
      </div>
    </Section>
  );
}
