import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { asFault } from '../api/client';
import type { Contact } from '../api/types';
import { newId } from '../kit/id';
import { takesText, useKeys } from '../kit/keys';
import { Refusal } from '../kit/states';
import { Remaining } from '../kit/time';
import { useTexts } from '../kit/texts';
import { queuesQuery, reasonsQuery, useCommands } from './queries';
import './WrapUpBar.css';

/** How much more time one gets at a press. */
const moreTime = 60;

/** The end of the work on a contact: a reason by its number, done by Ctrl+Enter. */
export function WrapUpBar({ contact }: { contact: Contact }) {
  const t = useTexts();
  const bar = useRef<HTMLDivElement>(null);
  const [chosen, choose] = useState<string>();
  const [clientId] = useState(newId);
  const { wrapUp, extend } = useCommands(contact);
  const all = useQuery(reasonsQuery).data ?? [];
  const queue = useQuery(queuesQuery).data?.find((q) => q.id === contact.queue);
  const allowed = queue?.body.dispositions ?? [];
  const reasons = all.filter((r) => r.body.use === 'disposition' && !r.built_in && (allowed.length === 0 || allowed.includes(r.id)));
  const needed = (queue?.body.disposition_needed ?? false) && reasons.length > 0;
  const fault = wrapUp.error ?? extend.error;

  const done = () => {
    if (!wrapUp.isPending && (chosen || !needed)) wrapUp.mutate({ disposition: chosen, clientId });
  };
  useKeys({ done });

  // The bar takes the focus, unless somebody is writing elsewhere.
  useEffect(() => {
    if (!takesText(document.activeElement)) bar.current?.focus();
  }, []);

  function onKeyDown(event: KeyboardEvent): void {
    const reason = /^[1-9]$/.test(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey && reasons[Number(event.key) - 1];
    if (!reason) return;
    event.preventDefault();
    choose(reason.id);
  }

  return (
    <div className="wrap-up" ref={bar} tabIndex={-1} role="group" aria-label={t('desk.state_wrap_up')} onKeyDown={onKeyDown}>
      <div className="wrap-up-top">
        <strong>{t('desk.how_ended')}</strong>
        {contact.deadline_at ? (
          <span className="wrap-up-left">
            {t('desk.ends_in')} <Remaining until={contact.deadline_at} />
          </span>
        ) : null}
      </div>
      <div className="wrap-up-reasons" role="radiogroup" aria-label={t('desk.reason')}>
        {reasons.map((reason, i) => (
          <button
            key={reason.id} type="button" role="radio" aria-checked={chosen === reason.id} className="reason"
            onClick={() => choose(chosen === reason.id && !needed ? undefined : reason.id)}
          >
            {i < 9 && <kbd>{i + 1}</kbd>}
            {reason.name}
          </button>
        ))}
      </div>
      {fault && <Refusal fault={asFault(fault)} />}
      <div className="wrap-up-do">
        <Button size="sm" loading={wrapUp.isPending} disabled={needed && !chosen} onClick={done} rightSection={<kbd>Ctrl Enter</kbd>}>
          {t('desk.done')}
        </Button>
        {contact.deadline_at ? (
          <Button size="sm" variant="default" loading={extend.isPending} onClick={() => extend.mutate(moreTime)}>
            {t('desk.more_time')}
          </Button>
        ) : null}
        {needed && !chosen && <span className="composer-hint">{t('desk.reason_needed')}</span>}
      </div>
    </div>
  );
}
