import { useMemo } from 'react';
import { bare } from '../kit/bare';
import { languageName, languages, useLanguage, useTexts } from '../kit/texts';
import { ArticleForm, checkArticle } from './ArticleForm';
import { ChatLanguageForm, checkChatLanguage } from './ChatLanguageForm';
import { useAll, useChatLanguageNames, useNames, useQueueChoices } from './choices';
import { chatSettings, contactData, siteSettings, type ChatSettings, type ContactData, type SiteSettings } from './chatSettings';
import { ChatSettingsForm, checkChatSettings } from './ChatSettingsForm';
import { ContactDataForm } from './ContactDataForm';
import type { Editable } from './Editor';
import { articles, chatLanguages, responses, type Article, type ChatLanguage, type Response } from './kinds';
import type { Listed } from './Objects';
import { ResponseForm, checkResponse, copyResponse } from './ResponseForm';
import { SiteSettingsForm } from './SiteSettingsForm';

/** The languages of a response, and what it says in one: the text, or what stands in mails. */
const languagesOf = (r: Response): string[] => [...new Set([...Object.keys(r.texts), ...Object.keys(r.mails ?? {})])].sort();
const wordsIn = (r: Response, language: string): string => r.texts[language] || bare(r.mails?.[language]?.html ?? '') || (r.mails?.[language]?.subject ?? '');

export function useResponses(): Listed<Response> {
  const t = useTexts();
  const nameOf = useNames();
  const all = useAll(responses);
  const queues = useQueueChoices();
  const names = useChatLanguageNames().join('\n');
  const own = useLanguage();
  return useMemo(() => {
    const categories = [...new Set(all.map((r) => r.body.category))].sort();
    const language = names.split('\n');
    return {
      kind: responses, id: 'responses', title: t('manager.responses'), Form: ResponseForm, check: checkResponse, copy: copyResponse, empty: 'manager.empty_responses', csv: true,
      keep: (r) => !r.body.personal, words: (r) => languagesOf(r.body).flatMap((l) => [wordsIn(r.body, l), r.body.mails?.[l]?.subject ?? '']),
      parts: [
        { id: 'shortcut', title: t('manager.shortcut'), width: '110px', text: (r) => (r.body.shortcut ? `/${r.body.shortcut}` : '') },
        { id: 'category', title: t('manager.category'), width: '14%', text: (r) => r.body.category },
        { id: 'text', title: t('manager.text'), width: '30%', text: (r) => wordsIn(r.body, own) || wordsIn(r.body, languagesOf(r.body)[0] ?? '') },
        { id: 'languages', title: t('manager.languages'), width: '14%', text: (r) => languagesOf(r.body).map(languageName).join(', ') },
        { id: 'queues', title: t('manager.in_queues'), width: '15%', text: (r) => (r.body.queues?.length ? r.body.queues.map(nameOf).join(', ') : t('manager.all_queues')) },
      ],
      sieves: [
        { id: 'category', label: t('manager.category'), choices: categories.map((c) => ({ value: c || '-', label: c || t('manager.nothing') })), keep: (r, c) => (r.body.category || '-') === c },
        { id: 'queue', label: t('manager.queue'), choices: queues, keep: (r, q) => !r.body.queues?.length || r.body.queues.includes(q) },
        {
          id: 'missing', label: t('manager.text_missing'), choices: language.map((l) => ({ value: l, label: t('manager.text_missing_in', { language: languageName(l) }) })),
          keep: (r, l) => !wordsIn(r.body, l),
        },
      ],
      bulk: [
        {
          id: 'category', label: t('manager.category'), choices: categories.map((c) => ({ value: c || '-', label: c || t('manager.nothing') })),
          part: (c) => ({ category: c === '-' ? '' : c }),
        },
        { id: 'queues', label: t('manager.in_queues'), choices: [{ value: '-', label: t('manager.all_queues') }, ...queues], part: (q) => ({ queues: q === '-' ? [] : [q] }) },
      ],
    };
  }, [t, nameOf, all, queues, names, own]);
}

/** The knowledge base. */
export function useArticles(): Listed<Article> {
  const t = useTexts();
  const nameOf = useNames();
  const queues = useQueueChoices();
  const names = useChatLanguageNames().join('\n');
  return useMemo(() => {
    const languageChoices = [{ value: '-', label: t('manager.any_language') }, ...names.split('\n').map((value) => ({ value, label: value }))];
    return {
      kind: articles, id: 'articles', title: t('manager.subject_articles'), Form: ArticleForm, check: checkArticle, copy: (body) => body, empty: 'manager.empty_articles', csv: true,
      words: (a) => [a.body.keywords, a.body.text],
      parts: [
        { id: 'language', title: t('app.language'), width: '12%', text: (a) => a.body.language ? languageName(a.body.language) : t('manager.any_language') },
        { id: 'keywords', title: t('manager.keywords'), width: '18%', text: (a) => a.body.keywords },
        { id: 'text', title: t('manager.text'), width: '28%', text: (a) => a.body.text },
        { id: 'queues', title: t('manager.article_queues'), width: '16%', text: (a) => (a.body.queues ?? []).map(nameOf).join(', ') },
      ],
      sieves: [
        { id: 'language', label: t('app.language'), choices: languageChoices, keep: (a, l) => (a.body.language || '-') === l },
        { id: 'queue', label: t('manager.queue'), choices: queues, keep: (a, q) => a.body.queues?.includes(q) ?? false },
      ],
      bulk: [
        { id: 'language', label: t('app.language'), choices: languageChoices, part: (l) => ({ language: l === '-' ? '' : l }) },
        { id: 'queues', label: t('manager.article_queues'), choices: [{ value: '-', label: t('manager.nothing') }, ...queues], part: (q) => ({ queues: q === '-' ? [] : [q] }) },
      ],
    };
  }, [t, nameOf, queues, names]);
}

export function useChatLanguageList(): Listed<ChatLanguage> {
  const t = useTexts();
  return useMemo(
    () => ({
      kind: chatLanguages, id: 'chat-languages', title: t('manager.chat_languages'), Form: ChatLanguageForm, check: checkChatLanguage, copy: (body) => body, empty: 'manager.empty_languages',
      parts: [
        { id: 'pages', title: t('manager.pages'), width: '20%', text: (l) => languages.find((x) => x.value === l.body.pages)?.label ?? l.body.pages },
        { id: 'messages', title: t('manager.own_messages'), width: '150px', right: true, text: (l) => Object.keys(l.body.messages).length },
        { id: 'emoticons', title: t('manager.emoticons'), width: '130px', right: true, text: (l) => l.body.emoticons.length },
      ],
      sieves: [{ id: 'pages', label: t('manager.pages'), choices: languages.map(({ value, label }) => ({ value, label })), keep: (l, pages) => l.body.pages === pages }],
      csv: true,
      bulk: [{ id: 'pages', label: t('manager.pages'), choices: languages.map(({ value, label }) => ({ value, label })), part: (pages) => ({ pages: pages as ChatLanguage['pages'] }) }],
    }),
    [t],
  );
}

export function useChatSettings(): Editable<ChatSettings> {
  const t = useTexts();
  return useMemo(
    () => ({ kind: chatSettings, id: 'chat-settings', title: t('manager.chat_settings'), Form: ChatSettingsForm, check: checkChatSettings, single: true }),
    [t],
  );
}

export function useSiteSettings(): Editable<SiteSettings> {
  const t = useTexts();
  return useMemo(
    () => ({ kind: siteSettings, id: 'settings', title: t('manager.settings'), Form: SiteSettingsForm, check: () => undefined, single: true }),
    [t],
  );
}

export function useContactData(): Editable<ContactData> {
  const t = useTexts();
  return useMemo(
    () => ({ kind: contactData, id: 'contact-data', title: t('manager.subject_contact_data'), Form: ContactDataForm, check: () => undefined, single: true }),
    [t],
  );
}
