import { Button } from '@mantine/core';
import type { Contact, QueueFigures } from '../api/types';
import { domainName } from '../kit/names';
import { SidePanel } from '../kit/SidePanel';
import { Empty } from '../kit/states';
import { useTexts } from '../kit/texts';
import { Elapsed, span } from '../kit/time';
import { ContactState } from './columns';
import { DayPart } from './DayPart';

interface Props {
  queue: QueueFigures;
  contacts: Contact[];
  only: boolean;
  setOnly: (only: boolean) => void;
  open: (contact: string) => void;
  close: () => void;
}

/** One queue at the side: who waits, and how its day goes. */
export function QueuePanel({ queue, contacts, only, setOnly, open, close }: Props) {
  const t = useTexts();
  const waiting = contacts
    .filter((c) => c.queue === queue.queue && c.state === 'queued')
    .sort((a, b) => b.priority - a.priority || (a.first_queued_at ?? a.at) - (b.first_queued_at ?? b.at));
  return (
    <SidePanel
      title={queue.name} name="floor" close={close}
      below={
        <span className="figures">
          {domainName(t, queue.domain)} · {t('supervisor.objective')} {span(queue.objective_s * 1000)}
        </span>
      }
    >
      <Button variant={only ? 'light' : 'default'} aria-pressed={only} onClick={() => setOnly(!only)}>
        {t('supervisor.only_queue')}
      </Button>
      <section>
        <h3>{t('supervisor.waiting')}</h3>
        {waiting.length === 0 && <Empty title={t('supervisor.nobody_waits')} />}
        {waiting.slice(0, 10).map((c) => (
          <button key={c.id} type="button" className="panel-row" onClick={() => open(c.id)}>
            <span>{c.name || t('desk.customer')}</span>
            <span className="figures">
              <ContactState contact={c} t={t} /> <Elapsed since={c.first_queued_at ?? c.at} />
            </span>
          </button>
        ))}
      </section>
      <DayPart queue={queue.queue} />
    </SidePanel>
  );
}

/** The day of all queues together. */
export function FloorPanel({ close }: { close: () => void }) {
  const t = useTexts();
  return (
    <SidePanel title={t('supervisor.whole_floor')} name="floor" close={close}>
      <DayPart queue={undefined} />
    </SidePanel>
  );
}
