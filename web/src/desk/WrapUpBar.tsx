import { Button, TextInput } from '@mantine/core';
import { IconNote, IconSearch } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { asFault } from '../api/client';
import type { Contact } from '../api/types';
import { newId } from '../kit/id';
import { Kbd } from '../kit/Kbd';
import { keyTable, takesText } from '../kit/keys';
import { Refusal } from '../kit/states';
import { Remaining } from '../kit/time';
import { useTexts } from '../kit/texts';
import { serverNow } from '../live/clock';
import { useDo } from './do';
import { setDraft, useTyped } from './drafts';
import { Medium, converses } from './Medium';
import { dayQuery, queuesQuery, reasonsQuery, useActions } from './queries';
import { fold } from './responses';
import './WrapUpBar.css';

/** How much more time one gets at a press. */
const moreTime = 60;
/** Reasons that have a digit. With more of them there is a search. */
const digits = 9;
const noteMax = 4000;
/** So long before the wrap-up ends by itself, what is there is saved. */
const beforeEnd = 1_500;

/** The end of the work on a contact: a reason by its number, a note, done by Ctrl+Enter. */
export function WrapUpBar({ contact }: { contact: Contact }) {
  const t = useTexts();
  const cache = useQueryClient();
  const bar = useRef<HTMLDivElement>(null);
  const [chosen, choose] = useState<string>();
  const [words, setWords] = useState('');
  const [clientId] = useState(newId);
  const { note } = useTyped(contact.id);
  const { wrapUp, extend } = useActions(contact);
  const all = useQuery(reasonsQuery).data;
  const queue = useQuery(queuesQuery).data?.find((q) => q.id === contact.queue);
  const reasons = useMemo(() => {
    const allowed = queue?.body.dispositions ?? [];
    return (all ?? []).filter((r) => r.body.use === 'disposition' && !r.built_in && (allowed.length === 0 || allowed.includes(r.id)));
  }, [all, queue]);
  const shown = reasons.filter((r) => r.id === chosen || fold(r.name).includes(fold(words.trim())));
  const needed = (queue?.body.disposition_needed ?? false) && reasons.length > 0;
  const fault = wrapUp.error ?? extend.error;
  const writes = converses(contact.medium);

  const done = () => {
    if (wrapUp.isPending || (needed && !chosen)) return;
    wrapUp.mutate(
      { disposition: chosen, note: writes ? note.trim() : undefined, clientId },
      { onSuccess: () => void cache.invalidateQueries({ queryKey: dayQuery.queryKey }) },
    );
  };
  const more = () => {
    if (!extend.isPending) extend.mutate(moreTime);
  };
  useDo({ done, ...(contact.deadline_at ? { more } : {}) });

  // What was chosen or noted counts, also when the time runs out in the middle of it.
  const inTime = useRef<() => void>(() => undefined);
  useEffect(() => {
    inTime.current = () => {
      if (!wrapUp.isPending && (chosen || note.trim() !== '') && (chosen || !needed)) done();
    };
  });
  const end = contact.deadline_at;
  useEffect(() => {
    if (!end) return;
    const timer = setTimeout(() => inTime.current(), end - serverNow() - beforeEnd);
    return () => clearTimeout(timer);
  }, [end]);

  // The bar takes the focus, unless somebody is writing elsewhere.
  useEffect(() => {
    if (!takesText(document.activeElement)) bar.current?.focus();
  }, []);

  const toggle = (id: string) => choose(chosen === id && !needed ? undefined : id);

  function onKeyDown(event: KeyboardEvent): void {
    if (takesText(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
    const reason = /^[1-9]$/.test(event.key) && shown[Number(event.key) - 1];
    if (!reason) return;
    event.preventDefault();
    choose(reason.id);
  }

  function onSearchKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.ctrlKey || event.nativeEvent.isComposing) return;
    const [only] = shown;
    if (!only) return;
    event.preventDefault();
    choose(only.id);
    bar.current?.focus();
  }

  return (
    <div className="wrap-up" ref={bar} tabIndex={-1} role="group" aria-label={t('desk.state_wrap_up')} onKeyDown={onKeyDown}>
      <div className="wrap-up-top">
        <Medium medium={contact.medium} size={16} />
        <strong>{t('desk.how_ended')}</strong>
        {reasons.length > digits && (
          <TextInput
            size="xs" className="wrap-up-find" aria-label={t('desk.reason_find')} placeholder={t('desk.reason_find')} value={words}
            leftSection={<IconSearch size={14} aria-hidden="true" />} onChange={(e) => setWords(e.currentTarget.value)} onKeyDown={onSearchKey}
          />
        )}
        {contact.deadline_at ? (
          <span className="wrap-up-left">
            {t('desk.ends_in')} <Remaining until={contact.deadline_at} />
          </span>
        ) : null}
      </div>
      <div className="wrap-up-reasons" role="radiogroup" aria-label={t('desk.reason')}>
        {shown.map((reason, i) => (
          <button key={reason.id} type="button" role="radio" aria-checked={chosen === reason.id} className="reason" onClick={() => toggle(reason.id)}>
            {i < digits && <kbd>{i + 1}</kbd>}
            {reason.name}
          </button>
        ))}
        {shown.length === 0 && reasons.length > 0 && <span className="composer-hint">{t('desk.reason_none')}</span>}
      </div>
      {writes && (
        <TextInput
          size="sm" className="wrap-up-note" aria-label={t('desk.wrap_up_note')} placeholder={t('desk.wrap_up_note')} value={note} maxLength={noteMax}
          leftSection={<IconNote size={16} aria-hidden="true" />} onChange={(e) => setDraft(contact.id, 'note', e.currentTarget.value)}
        />
      )}
      {fault && <Refusal fault={asFault(fault)} />}
      <div className="wrap-up-do">
        <Button size="sm" loading={wrapUp.isPending} disabled={needed && !chosen} onClick={done} rightSection={<Kbd keys="Ctrl Enter" />}>
          {t('desk.done')}
        </Button>
        {contact.deadline_at ? (
          <Button size="sm" variant="default" loading={extend.isPending} onClick={more} rightSection={<Kbd keys={keyTable.more.shown} />}>
            {t('desk.more_time')}
          </Button>
        ) : null}
        {needed && !chosen && <span className="composer-hint">{t('desk.reason_needed')}</span>}
      </div>
    </div>
  );
}
