import type { QueueFigures } from '../api/types';
import { domainName } from '../kit/names';
import { useTexts } from '../kit/texts';
import { Elapsed } from '../kit/time';
import { byMedium } from './figures';

/** What all queues of a medium are together, at a glance. */
export function MediaStrip({ queues }: { queues: readonly QueueFigures[] }) {
  const t = useTexts();
  const all = byMedium(queues);
  if (all.length === 0) return null;
  return (
    <ul className="floor-media" aria-label={t('supervisor.by_medium')}>
      {all.map((m) => (
        <li key={m.domain}>
          <strong>{domainName(t, m.domain)}</strong>
          <dl>
            <div>
              <dt>{t('supervisor.waiting')}</dt>
              <dd className="figures">{m.waiting}</dd>
            </div>
            <div>
              <dt>{t('supervisor.longest')}</dt>
              <dd>{m.since ? <Elapsed since={m.since} /> : '–'}</dd>
            </div>
            {(['offered', 'answered', 'abandoned'] as const).map((figure) => (
              <div key={figure}>
                <dt>{t(`supervisor.${figure}_today`)}</dt>
                <dd className="figures">{m[figure]}</dd>
              </div>
            ))}
            <div>
              <dt>{t('supervisor.level_recent_short')}</dt>
              <dd className="figures">{m.levelRecent === undefined ? '–' : `${m.levelRecent} %`}</dd>
            </div>
            <div>
              <dt>{t('supervisor.level_today_short')}</dt>
              <dd className="figures">{m.level === undefined ? '–' : `${m.level} %`}</dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  );
}
