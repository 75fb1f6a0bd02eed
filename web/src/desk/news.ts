import { useEffect, useRef } from 'react';
import type { Contact } from '../api/types';
import { notify, useNews } from '../app/notify';
import { useTexts } from '../kit/texts';
import { onThisMachine } from '../live/clock';
import type { Talk } from './needs';
import { offerTitle } from './offer';

/** While a contact is offered: a sound, a notification and a flashing title, also in a tab that nobody sees. A click on the notification accepts. */
export function useOfferNews(offer: Contact | undefined, accept: (offer: Contact) => void): void {
  const t = useTexts();
  const name = offer && (offer.name || t('desk.customer'));
  useNews(
    offer && {
      id: `${offer.id} ${offer.offer}`,
      title: offer.role && offer.role !== 'owner' ? t('desk.asks_short') : offerTitle(t, offer.medium),
      body: t('desk.offer_notification', { name: name ?? '', caption: offer.caption }),
      sound: 'offer',
      flash: true,
      ...(offer.deadline_at ? { until: onThisMachine(offer.deadline_at) } : {}),
      click: () => accept(offer),
    },
  );
}

/** What a customer says where I do not look is one soft tone, and a notification while the page is not seen. */
export function useMessageNews(contacts: readonly Contact[], talks: ReadonlyMap<string, Talk>, shown: string | undefined, show: (id: string) => void): void {
  const t = useTexts();
  const told = useRef(new Map<string, { unread: number; end?: () => void }>());
  const latest = useRef(show);
  useEffect(() => {
    latest.current = show;
  });
  useEffect(() => {
    const before = told.current;
    const now = new Map<string, { unread: number; end?: () => void }>();
    for (const contact of contacts) {
      const { unread, last } = talks.get(contact.id) ?? { unread: 0, last: '' };
      const was = before.get(contact.id);
      let end = was?.end;
      if (unread === 0) {
        end?.();
        end = undefined;
      } else if (was && unread > was.unread && (document.hidden || contact.id !== shown)) {
        end?.();
        end = notify({
          id: `message ${contact.id}`, title: contact.name || t('desk.customer'), body: last, sound: 'message', flash: document.hidden,
          click: () => latest.current(contact.id),
        });
      }
      now.set(contact.id, { unread, ...(end ? { end } : {}) });
    }
    for (const [id, { end }] of before) if (!now.has(id)) end?.();
    told.current = now;
  }, [contacts, talks, shown, t]);
}
