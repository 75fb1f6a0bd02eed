import { useQuery } from '@tanstack/react-query';
import { span } from '../kit/time';
import { useTexts } from '../kit/texts';
import { dayQuery } from './queries';

/** My day in three numbers: how many contacts, how long each took, how long I have worked. */
export function MyDay() {
  const t = useTexts();
  const day = useQuery(dayQuery).data;
  if (!day) return null;
  const mean = day.mean_handle_s;
  return (
    <div className="my-day" role="group" aria-label={t('desk.day')}>
      <dl>
        <div>
          <dt>{t('desk.day_handled')}</dt>
          <dd className="figures">{day.handled}</dd>
        </div>
        <div>
          <dt>{t('desk.day_mean')}</dt>
          <dd className="figures">{mean === undefined ? '–' : span(mean * 1000)}</dd>
        </div>
        <div>
          <dt>{t('desk.day_worked')}</dt>
          <dd className="figures">{span(day.worked_s * 1000)}</dd>
        </div>
      </dl>
    </div>
  );
}
