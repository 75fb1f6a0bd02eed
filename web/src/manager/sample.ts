import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../app/session';
import { serverNow } from '../live/clock';
import { clockTime, tag, useTexts } from '../kit/texts';
import { useQueueChoices } from './choices';

/** Values for the places of a text, so that one sees what customers will read. */
export function useSample(): Record<string, string> {
  const t = useTexts();
  const me = useQuery(meQuery).data;
  const queue = useQueueChoices()[0]?.label ?? '';
  const now = serverNow();
  return {
    customer: t('manager.sample_customer'), agent: t('manager.sample_agent'), queue, company: me?.company ?? '', position: '2', minutes: '5', time: clockTime(now),
    date: new Intl.DateTimeFormat(tag(), { dateStyle: 'long' }).format(now),
    opens: new Intl.DateTimeFormat(tag(), { dateStyle: 'full', timeStyle: 'short' }).format(now + 12 * 3_600_000),
  };
}
