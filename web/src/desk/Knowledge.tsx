import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowLeft, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { answer, api, asFault } from '../api/client';
import type { Contact } from '../api/types';
import { useCommands } from '../kit/commands';
import { Failed, Loading } from '../kit/states';
import { useTexts } from '../kit/texts';
import { insertHere } from './insertable';
import './Knowledge.css';

/** The knowledge base beside a contact: what belongs to its queue, or what has the words; one opens it, and puts it into what one writes. */
export function Knowledge({ contact }: { contact: Contact }) {
  const t = useTexts();
  const [words, type] = useState('');
  const [asked] = useDebouncedValue(words.trim(), 200);
  const [open, show] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  useCommands([{ id: 'knowledge', title: t('desk.knowledge_find'), run: () => field.current?.focus() }]);
  const found = useQuery({
    queryKey: ['articles', contact.queue, contact.language, asked],
    queryFn: () => answer(api.GET('/api/v1/article-search', { params: { query: { words: asked, queue: contact.queue, language: contact.language } } })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  if (open) {
    return (
      <Article
        id={open}
        back={() => {
          show(undefined);
          // The field is there again once the list is drawn.
          setTimeout(() => field.current?.focus());
        }}
      />
    );
  }
  return (
    <div className="knowledge">
      <TextInput
        ref={field} size="xs" aria-label={t('desk.knowledge_find')} placeholder={t('desk.knowledge_find')} value={words} maxLength={200} autoComplete="off"
        leftSection={<IconSearch size={14} aria-hidden="true" />} onChange={(e) => type(e.currentTarget.value)}
        onKeyDown={(e) => e.key === 'Escape' && type('')}
      />
      {found.error && <Failed fault={asFault(found.error)} again={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.data?.items.length === 0 && <p className="hint">{t(asked ? 'desk.knowledge_not_found' : 'desk.knowledge_none')}</p>}
      <ul>
        {found.data?.items.map((a) => (
          <li key={a.id}>
            <button type="button" onClick={() => show(a.id)}>
              <strong>{a.title}</strong>
              <span>{a.excerpt}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Article({ id, back }: { id: string; back: () => void }) {
  const t = useTexts();
  const head = useRef<HTMLHeadingElement>(null);
  const article = useQuery({
    queryKey: ['article', id],
    queryFn: () => answer(api.GET('/api/v1/articles/{id}', { params: { path: { id } } })),
    staleTime: 30_000,
  });
  const read = article.data;
  useEffect(() => head.current?.focus(), [read?.id]);
  if (article.error) return <Failed fault={asFault(article.error)} again={() => void article.refetch()} />;
  if (!read) return <Loading />;
  return (
    <article className="knowledge">
      <button type="button" className="link" onClick={back}>
        <IconArrowLeft size={13} aria-hidden="true" /> {t('desk.knowledge_back')}
      </button>
      <h3 ref={head} tabIndex={-1}>
        {read.name}
      </h3>
      <div className="knowledge-do">
        <Button size="compact-xs" onClick={() => insertHere(read.body.text)}>
          {t('desk.knowledge_insert')}
        </Button>
        {read.body.link && (
          <Button size="compact-xs" variant="default" onClick={() => insertHere(read.body.link ?? '')}>
            {t('desk.knowledge_insert_link')}
          </Button>
        )}
      </div>
      <p className="knowledge-text">{read.body.text}</p>
    </article>
  );
}
