import { MultiSelect, Select, TextInput, Textarea } from '@mantine/core';
import { languageName, useTexts } from '../kit/texts';
import { useChatLanguageNames, useQueueChoices } from './choices';
import { NameField, type Check, type FormProps } from './form';
import type { Article } from './kinds';

export function checkArticle({ name, body }: { name: string; body: Article }, check: Check): void {
  check.name(name);
  check.needed('text', body.text);
  check.that(!body.link || /^https:\/\/[^\s/]+/.test(body.link), 'link', 'manager.check_link');
}

/** One answer of the knowledge base. */
export function ArticleForm({ name, setName, body, set, wrong }: FormProps<Article>) {
  const t = useTexts();
  const queues = useQueueChoices();
  const languages = useChatLanguageNames(body.language ? [body.language] : []);
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} />
      <div className="pair">
        <Select
          label={t('app.language')} value={body.language} error={wrong('language')} data={[{ value: '', label: t('manager.any_language') }, ...languages.map((l) => ({ value: l, label: languageName(l) }))]}
          onChange={(language) => set({ language: language ?? '' })}
        />
        <MultiSelect
          label={t('manager.article_queues')} value={body.queues ?? []} error={wrong('queues')} data={queues} searchable
          placeholder={body.queues?.length ? undefined : t('manager.article_no_queue')} onChange={(chosen) => set({ queues: chosen })}
        />
      </div>
      <TextInput
        label={t('manager.keywords')} description={t('manager.keywords_more')} value={body.keywords} error={wrong('keywords')} maxLength={500} autoComplete="off"
        onChange={(e) => set({ keywords: e.currentTarget.value })}
      />
      <TextInput
        label={t('manager.article_link')} description={t('manager.article_link_more')} value={body.link ?? ''} error={wrong('link')} maxLength={500} autoComplete="off"
        onChange={(e) => set({ link: e.currentTarget.value })}
      />
      <Textarea
        label={t('manager.text')} value={body.text} error={wrong('text')} required autosize minRows={8} maxRows={24} maxLength={20_000} spellCheck
        onChange={(e) => set({ text: e.currentTarget.value })}
      />
    </>
  );
}
