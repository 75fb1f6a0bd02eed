import { useQuery } from '@tanstack/react-query';
import { span } from '../kit/time';
import { tag, useTexts } from '../kit/texts';
import { dayQuery } from './queries';

/** My day in three numbers: how many, how long each, and how it was liked or, before anybody has said so, how long I have worked. */
export function MyDay() {
  const t = useTexts();
  const day = useQuery(dayQuery).data;
  if (!day) return null;
  const rating = day.mean_rating ? new Intl.NumberFormat(tag(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(day.mean_rating) : undefined;
  return (
    <div aria-label={t('desk.day')} role="group">
      <dl className="my-day">
        <div>
          <dt>{t('desk.day_handled')}</dt>
          <dd className="figures">{day.handled}</dd>
        </div>
        <div>
          <dt>{t('desk.day_mean')}</dt>
          <dd className="figures">{span(day.mean_handle_s * 1000)}</dd>
        </div>
        {rating ? (
          <div>
            <dt>{t('desk.day_rating')}</dt>
            <dd className="figures">{rating}</dd>
          </div>
        ) : day.worked_s !== undefined ? (
          <div>
            <dt>{t('desk.day_worked')}</dt>
            <dd className="figures">{span(day.worked_s * 1000)}</dd>
          </div>
        ) : null}
      </dl>
    </div>
  );
}
