import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, asFault } from '../api/client';
import type { Contact } from '../api/types';
import { Dialog } from '../kit/Dialog';
import { Refusal } from '../kit/states';
import { dateTime, useTexts } from '../kit/texts';
import { serverNow } from '../live/clock';

/** An instant as the browser's own field for dates writes it, in the person's zone. */
function field(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** So many days from now, at an hour. */
function day(days: number, hour: number): Date {
  const at = new Date(serverNow());
  at.setDate(at.getDate() + days);
  at.setHours(hour, 0, 0, 0);
  return at;
}

/** Days from today to the next Monday. */
const toMonday = () => ((8 - new Date(serverNow()).getDay()) % 7) || 7;

/** Puts a contact back until a date: it enters its queue again by itself. */
export function DeferDialog({ contact, close }: { contact: Contact; close: () => void }) {
  const t = useTexts();
  const [until, setUntil] = useState(() => field(day(1, 9)));
  const at = new Date(until).getTime();
  const ahead = at > serverNow();
  const defer = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/contacts/{id}/defer', { params: { path: { id: contact.id } }, body: { until: at } })),
    onSuccess: close,
  });
  const choices: [string, Date][] = [
    [t('mail.defer_soon'), new Date(serverNow() + 2 * 3_600_000)], [t('mail.defer_tomorrow'), day(1, 9)], [t('mail.defer_monday'), day(toMonday(), 9)],
    [t('mail.defer_week'), day(7, 9)],
  ];
  return (
    <Dialog title={t('mail.defer_title')} size={460} close={close}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (ahead && !defer.isPending) defer.mutate();
        }}
      >
        <p>{t('mail.defer_more', { queue: contact.queue_name })}</p>
        <div className="mail-choices">
          {choices.map(([name, when], i) => (
            <Button key={name} variant="default" size="sm" data-autofocus={i === 0 || undefined} title={dateTime(when.getTime())} onClick={() => setUntil(field(when))}>
              {name}
            </Button>
          ))}
        </div>
        <TextInput
          type="datetime-local" label={t('mail.defer_until')} value={until} min={field(new Date(serverNow()))} onChange={(e) => setUntil(e.currentTarget.value)}
          error={ahead ? undefined : t('mail.defer_past')}
        />
        {defer.error && <Refusal fault={asFault(defer.error)} />}
        <div className="dialog-do">
          <Button variant="default" size="sm" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" type="submit" disabled={!ahead} loading={defer.isPending}>
            {t('mail.defer')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
