import { tag, useTexts } from '../kit/texts';
import { useNames } from './choices';
import { pathLabel, valueText } from './labels';
import type { Change } from './merge';

/** The days of the week in the person's language, from Monday. */
export function weekdays(style: 'long' | 'short'): string[] {
  const format = new Intl.DateTimeFormat(tag(), { weekday: style, timeZone: 'UTC' });
  // The 1st of January 2024 was a Monday.
  return [1, 2, 3, 4, 5, 6, 7].map((day) => format.format(Date.UTC(2024, 0, day)));
}

/** A difference that people can read: field, what was, what is. */
export function Differences({ changes }: { changes: readonly Change[] }) {
  const t = useTexts();
  const nameOf = useNames();
  const days = weekdays('short');
  const text = (path: string[], value: unknown) => valueText(t, path, value, nameOf, days);
  if (changes.length === 0) return <p className="hint">{t('manager.no_difference')}</p>;
  return (
    <dl className="differences">
      {changes.map((c) => (
        <div key={c.path.join('.')}>
          <dt>{pathLabel(t, c.path, nameOf)}</dt>
          <dd>
            {c.added || c.removed ? (
              <>
                {(c.removed ?? []).map((entry) => (
                  <del key={`- ${JSON.stringify(entry)}`}>
                    <span className="unseen">{t('manager.taken_away')}</span> {text(c.path, entry)}
                  </del>
                ))}
                {(c.added ?? []).map((entry) => (
                  <ins key={`+ ${JSON.stringify(entry)}`}>
                    <span className="unseen">{t('manager.added')}</span> {text(c.path, entry)}
                  </ins>
                ))}
              </>
            ) : (
              <>
                <del>
                  <span className="unseen">{t('manager.before')}</span> {text(c.path, c.before)}
                </del>
                <span aria-hidden="true">→</span>
                <ins>
                  <span className="unseen">{t('manager.after')}</span> {text(c.path, c.after)}
                </ins>
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
