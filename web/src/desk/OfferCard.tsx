import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { asFault } from '../api/client';
import type { Contact } from '../api/types';
import { takesText, useKeys } from '../kit/keys';
import { Refusal } from '../kit/states';
import { Elapsed, Ring } from '../kit/time';
import { useTexts } from '../kit/texts';
import './OfferCard.css';
import { useCommands } from './queries';

/** A contact that is offered to me: Enter takes it, wherever the focus is but in a text. */
export function OfferCard({ contact }: { contact: Contact }) {
  const t = useTexts();
  const { accept, decline } = useCommands(contact);
  const busy = accept.isPending || decline.isPending;
  const fault = accept.error ?? decline.error;

  const take = () => !busy && accept.mutate(undefined);
  const refuse = () => !busy && decline.mutate(undefined);
  useKeys({ accept: take, decline: refuse });

  // Enter belongs to whatever has the focus, if that can do something with it: a
  // text with something in it, a button, a link, an open menu.
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.key !== 'Enter' || event.defaultPrevented || event.repeat || event.isComposing) return;
      if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      const target = event.target as HTMLElement;
      if (document.querySelector('[aria-modal="true"]')) return;
      if (takesText(target) ? (target as HTMLTextAreaElement).value !== '' : target.closest('button, a, [role="menu"], [role="row"], tr')) return;
      event.preventDefault();
      latest.current();
    }
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);

  return (
    <section className="offer" role="region" aria-label={t('desk.offer')}>
      <p className="unseen" role="alert">
        {t('desk.offer_said', { name: contact.name || t('desk.customer'), caption: contact.caption })}
      </p>
      <div className="offer-head">
        <Ring from={contact.since} until={contact.deadline_at ?? contact.since} />
        <div className="offer-who">
          <h2>{contact.name || t('desk.customer')}</h2>
          <span>
            {contact.queue_name} · {t('desk.waits')} <Elapsed since={contact.first_queued_at} />
          </span>
        </div>
      </div>
      {contact.caption && <p className="offer-caption">{contact.caption}</p>}
      {fault && <Refusal fault={asFault(fault)} />}
      <div className="offer-do">
        <Button px={8} loading={accept.isPending} disabled={decline.isPending} onClick={take} rightSection={<kbd>Enter</kbd>}>
          {t('desk.accept')}
        </Button>
        <Button px={8} variant="default" loading={decline.isPending} disabled={accept.isPending} onClick={refuse} rightSection={<kbd>Alt X</kbd>}>
          {t('desk.decline')}
        </Button>
      </div>
    </section>
  );
}
