import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { asFault } from '../api/client';
import type { Contact } from '../api/types';
import { keyTable, takesText } from '../kit/keys';
import { Kbd } from '../kit/Kbd';
import { Refusal } from '../kit/states';
import { Elapsed, Ring } from '../kit/time';
import { useTexts } from '../kit/texts';
import { useConversation } from '../app/live';
import { useDo } from './do';
import { Medium } from './Medium';
import './OfferCard.css';
import { offerTitle } from './offer';
import { useActions, useMe } from './queries';
import { isMine } from './roles';

/** A contact that is offered to me. Of several, the first has the keys: Enter takes it, wherever the focus is but in a text. */
export function OfferCard({ contact, first }: { contact: Contact; first: boolean }) {
  const t = useTexts();
  const { accept, decline } = useActions(contact);
  const busy = accept.isPending || decline.isPending;
  const fault = accept.error ?? decline.error;
  const name = contact.name || t('desk.customer');

  const take = () => {
    if (!busy) accept.mutate(undefined);
  };
  const refuse = () => {
    if (!busy) decline.mutate(undefined);
  };
  const asks = useAsked(contact);
  const title = asks ? t(asks.role === 'conferenced' ? 'desk.asks_conferenced' : 'desk.asks_consulted', { name: asks.by }) : offerTitle(t, contact.medium);
  useDo(first ? { accept: take, ...((contact.may_decline || asks) && { decline: refuse }) } : {});

  // Enter belongs to whatever has the focus, if that can do something with it: a
  // text with something in it, a button, a link, an open menu.
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    if (!first) return;
    function onKey(event: KeyboardEvent): void {
      if (event.key !== 'Enter' || event.defaultPrevented || event.repeat || event.isComposing) return;
      if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      const target = event.target as HTMLElement;
      if (document.querySelector('[aria-modal="true"]')) return;
      if (takesText(target) ? (target as HTMLTextAreaElement).value !== '' : target.closest('button, a, [role="menu"], [role="row"], [role="separator"], tr')) return;
      event.preventDefault();
      latest.current();
    }
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [first]);

  return (
    <section className="offer" role="region" aria-label={title}>
      <p className="unseen" role="alert">
        {t('desk.offer_said', { what: title, name, caption: asks?.note || contact.caption })}
      </p>
      <div className="offer-head">
        <Ring from={contact.since} until={contact.deadline_at ?? contact.since} />
        <div className="offer-who">
          <h2>
            <Medium medium={contact.medium} size={16} /> {name}
          </h2>
          <span>
            {contact.queue_name} ·{' '}
            {asks ? title : (
              <>
                {t('desk.waits')} <Elapsed since={contact.first_queued_at} />
              </>
            )}
          </span>
        </div>
      </div>
      {asks?.note && <p className="offer-note">{asks.note}</p>}
      {contact.caption && <p className="offer-caption">{contact.caption}</p>}
      {fault && <Refusal fault={asFault(fault)} />}
      <div className="offer-do">
        <Button px={8} loading={accept.isPending} disabled={decline.isPending} onClick={take} rightSection={first && <Kbd keys="Enter" />}>
          {t('desk.accept')}
        </Button>
        {(contact.may_decline || asks) && <Button px={8} variant="default" loading={decline.isPending} disabled={accept.isPending} onClick={refuse} rightSection={first && <Kbd keys={keyTable.decline.shown} />}>
          {t('desk.decline')}
        </Button>}
      </div>
    </section>
  );
}

/** Who asks me into a contact, as what, and why; undefined where it is simply offered. The reason stands in the conversation. */
function useAsked(contact: Contact): { by: string; role: string; note: string } | undefined {
  const me = useMe();
  const { messages } = useConversation(contact.id);
  if (isMine(contact)) return undefined;
  const part = contact.participants.find((p) => p.agent === me?.user.id);
  const note = messages.findLast((m) => m.kind === 'invited' && m.by === part?.by)?.text ?? '';
  return { by: part?.by_name ?? contact.agent_name ?? '', role: part?.role ?? '', note };
}
