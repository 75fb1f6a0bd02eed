import { Button } from '@mantine/core';
import { useMutation, useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { answer, api, asFault } from '../api/client';
import type { Contact, QueueFigures } from '../api/types';
import { Dialog } from '../kit/Dialog';
import { Kbd } from '../kit/Kbd';
import { Failed, Refusal } from '../kit/states';
import { Elapsed } from '../kit/time';
import { useTexts } from '../kit/texts';
import { Chooser, type Choosable } from './Chooser';
import { Medium } from './Medium';
import { fold } from './responses';

/** So many of a queue are shown: nobody picks the hundred-and-first. */
const shownMax = 100;
const freshEvery = 4_000;

interface Waiting extends Choosable {
  contact: Contact;
}

/** Contacts that wait in queues which let one choose: pick one, and it is offered to me at once. */
export function PickDialog({ queues, close }: { queues: readonly QueueFigures[]; close: () => void }) {
  const t = useTexts();
  const [find, setFind] = useState('');
  const [at, setAt] = useState(0);
  const pages = useQueries({
    queries: queues.map((q) => ({
      queryKey: ['waiting', q.queue, q.waiting] as const,
      queryFn: async () =>
        (await answer(api.GET('/api/v1/contacts', { params: { query: { queue: q.queue, state: 'queued' as const, limit: shownMax } } }))).items,
      refetchInterval: freshEvery,
      placeholderData: (before: Contact[] | undefined) => before,
    })),
  });
  const error = pages.find((p) => p.error)?.error;
  const loaded = pages.every((p) => p.data);
  const all = pages.flatMap((p) => p.data ?? []);
  const items = useMemo(() => {
    const words = fold(find.trim());
    return all
      .filter((c) => fold(`${c.name} ${c.caption} ${c.queue_name}`).includes(words))
      .sort((a, b) => a.first_queued_at - b.first_queued_at)
      .map((contact): Waiting => ({ id: contact.id, away: false, contact }));
    // The pages are new arrays at each drawing; what they hold is compared by its ids.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [all.map((c) => c.id).join(), find]);
  const place = Math.min(at, Math.max(0, items.length - 1));
  const chosen = items[place];
  const pick = useMutation({
    mutationFn: (contact: Contact) =>
      answer(api.POST('/api/v1/contacts/{id}/pick', { params: { path: { id: contact.id } }, body: { expect: { state: 'queued' } } })),
    onSuccess: close,
  });
  const go = () => chosen && !pick.isPending && pick.mutate(chosen.contact);

  return (
    <Dialog title={t('desk.pick_title')} size={600} close={close}>
      <div className="transfer">
        {error && !loaded ? (
          <Failed fault={asFault(error)} again={() => pages.forEach((p) => void p.refetch())} />
        ) : (
          <Chooser
            label={t('desk.pick_find')} find={find} setFind={setFind} items={loaded ? items : undefined} at={place} setAt={setAt} go={go}
            empty={t('desk.pick_none')} emptyMore={t('desk.pick_none_more')} draw={(x) => <Row contact={x.contact} />}
          />
        )}
        {pick.error && <Refusal fault={asFault(pick.error)} />}
        <div className="transfer-do">
          <Button variant="default" size="sm" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" loading={pick.isPending} disabled={!chosen} onClick={go} rightSection={<Kbd keys="Enter" />}>
            {chosen ? t('desk.pick_this', { name: chosen.contact.name || t('desk.customer') }) : t('desk.pick_one')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Row({ contact }: { contact: Contact }) {
  const t = useTexts();
  return (
    <>
      <Medium medium={contact.medium} />
      <span className="choice-name">
        {contact.name || t('desk.customer')} <small>{contact.queue_name}</small>
      </span>
      <span className="choice-how figures">
        {t('desk.waits')} <Elapsed since={contact.first_queued_at} />
      </span>
      {contact.caption && <span className="choice-more choice-two">{contact.caption}</span>}
    </>
  );
}
