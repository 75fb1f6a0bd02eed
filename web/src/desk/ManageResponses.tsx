import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import i18next from 'i18next';
import { useMemo, useState } from 'react';
import { answer, api, asFault } from '../api/client';
import { Dialog } from '../kit/Dialog';
import { Empty, Failed, Loading, Refusal } from '../kit/states';
import { languageName, useTexts } from '../kit/texts';
import { ResponseMail, withMail } from '../mail/ResponseMail';
import './ManageResponses.css';
import { responsesKey, responsesQuery, useChatLanguages } from './queries';
import type { ResponseBody } from './types';

interface Form {
  id?: string;
  version: number;
  name: string;
  body: ResponseBody;
}

const places = ['customer', 'agent', 'queue', 'company', 'date', 'time'] as const;
const textMax = 4000;

/** My own standard responses: made, changed and removed here, without leaving the conversation. */
export function ManageResponses({ close }: { close: () => void }) {
  const t = useTexts();
  const all = useQuery(responsesQuery);
  const languages = useChatLanguages();
  const mine = useMemo(() => (all.data ?? []).filter((r) => r.body.personal), [all.data]);
  const [form, setForm] = useState<Form>();
  const fresh = (): Form => ({ version: 0, name: '', body: { shortcut: '', category: '', texts: {}, personal: true } });

  return (
    <Dialog title={t('desk.my_responses')} size={760} close={close}>
      <div className="manage">
        <div className="manage-list">
          <Button data-autofocus variant="default" leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setForm(fresh())}>
            {t('desk.response_new')}
          </Button>
          {all.error ? (
            <Failed fault={asFault(all.error)} again={() => void all.refetch()} />
          ) : !all.data ? (
            <Loading />
          ) : mine.length === 0 ? (
            <Empty title={t('desk.my_responses_none')}>{t('desk.my_responses_none_more')}</Empty>
          ) : (
            <ul>
              {mine.map((r) => (
                <li key={r.id}>
                  <button type="button" className="manage-item" aria-current={form?.id === r.id ? 'true' : undefined} onClick={() => setForm(r)}>
                    <strong>{r.name}</strong>
                    <span>
                      {r.body.shortcut && `/${r.body.shortcut}`} {r.body.category}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
        {form ? (
          <ResponseForm key={form.id ?? 'new'} start={form} languages={languages} done={() => setForm(undefined)} />
        ) : (
          <Empty title={t('desk.responses_how')}>{t('desk.responses_how_more')}</Empty>
        )}
      </div>
    </Dialog>
  );
}

function ResponseForm({ start, languages, done }: { start: Form; languages: readonly string[]; done: () => void }) {
  const t = useTexts();
  const cache = useQueryClient();
  const [name, setName] = useState(start.name);
  const [body, setBody] = useState(start.body);
  const [language, setLanguage] = useState(() => languages.find((l) => start.body.texts[l] || start.body.mails?.[l]) ?? (languages.includes(i18next.language) ? i18next.language : languages[0]) ?? 'english');
  const [sure, setSure] = useState(false);
  const [mailing, setMailing] = useState(() => Object.keys(start.body.mails ?? {}).length > 0);
  const after = {
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: responsesKey });
      done();
    },
  };
  const save = useMutation({
    mutationFn: () => {
      const texts = Object.fromEntries(Object.entries(body.texts).filter(([, text]) => text.trim() !== ''));
      const whole = { name: name.trim(), body: { ...body, texts } };
      return start.id
        ? answer(api.PUT('/api/v1/responses/{id}', { params: { path: { id: start.id } }, body: { ...whole, version: start.version } }))
        : answer(api.POST('/api/v1/responses', { body: whole }));
    },
    ...after,
  });
  const remove = useMutation({ mutationFn: () => answer(api.DELETE('/api/v1/responses/{id}', { params: { path: { id: start.id! }, query: { version: start.version } } })), ...after });
  const fault = save.error ?? remove.error;
  const wrong = fault ? asFault(fault) : undefined;
  const shortcutWrong = body.shortcut && !/^[a-z0-9_-]+$/.test(body.shortcut) ? t('desk.response_shortcut_wrong') : undefined;
  const said = body.mails?.[language] ?? {};
  const unknown = [...[body.texts[language], said.subject, said.html].join(' ').matchAll(/\{([^{}]*)\}/g)].map((m) => m[1]!).find((p) => !(places as readonly string[]).includes(p));
  const whole = name.trim() !== '' && (Object.values(body.texts).some((text) => text.trim() !== '') || Object.values(body.mails ?? {}).some((mail) => mail.html)) && !shortcutWrong && unknown === undefined;
  const text = body.texts[language] ?? '';

  return (
    <form
      className="manage-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (whole && !save.isPending) save.mutate();
      }}
    >
      <TextInput label={t('desk.response_name')} value={name} maxLength={200} required onChange={(e) => setName(e.currentTarget.value)} error={wrong?.field === 'name' && t('app.fault.name_taken')} />
      <div className="manage-two">
        <TextInput
          label={t('desk.response_shortcut')} value={body.shortcut ?? ''} maxLength={32} error={shortcutWrong} spellCheck={false}
          onChange={(e) => setBody({ ...body, shortcut: e.currentTarget.value.toLowerCase() })}
        />
        <TextInput label={t('desk.response_category')} value={body.category ?? ''} maxLength={100} onChange={(e) => setBody({ ...body, category: e.currentTarget.value })} />
      </div>
      <Select
        label={t('app.language')} data={languages.map((l) => ({ value: l, label: body.texts[l] || body.mails?.[l] ? `${languageName(l)} ✓` : languageName(l) }))} value={language}
        onChange={(l) => l && setLanguage(l)}
      />
      <Textarea
        label={t('desk.response_text')} value={text} rows={6} maxLength={textMax} error={unknown !== undefined && t('desk.response_place_unknown', { name: `{${unknown}}` })}
        onChange={(e) => setBody({ ...body, texts: { ...body.texts, [language]: e.currentTarget.value } })}
      />
      <div className="manage-places" role="group" aria-label={t('desk.response_places')}>
        {places.map((place) => (
          <button key={place} type="button" className="tag tag-button" onClick={() => setBody({ ...body, texts: { ...body.texts, [language]: `${text}{${place}}` } })}>
            {`{${place}}`}
          </button>
        ))}
      </div>
      <details className="manage-mail" open={mailing} onToggle={(e) => setMailing(e.currentTarget.open)}>
        <summary>{t('mail.response_title')}</summary>
        {mailing && (
          <>
            <p>{t('mail.response_more')}</p>
            <ResponseMail key={language} said={said} text={text} put={(next) => setBody((now) => ({ ...now, mails: withMail(now.mails, language, next) }))} />
          </>
        )}
      </details>
      <Refusal fault={wrong} />
      <div className="dialog-do">
        {start.id && (
          <Button
            variant="default" size="sm" className="manage-remove" color="red" loading={remove.isPending} leftSection={<IconTrash size={15} aria-hidden="true" />}
            onClick={() => (sure ? remove.mutate() : setSure(true))}
          >
            {sure ? t('desk.response_remove_sure') : t('desk.response_remove')}
          </Button>
        )}
        <Button variant="default" size="sm" onClick={done}>
          {t('app.cancel')}
        </Button>
        <Button size="sm" type="submit" disabled={!whole} loading={save.isPending}>
          {t('desk.save')}
        </Button>
      </div>
    </form>
  );
}
