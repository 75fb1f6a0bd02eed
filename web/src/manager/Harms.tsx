import { IconAlertTriangle } from '@tabler/icons-react';
import { useTexts } from '../kit/texts';
import './Harms.css';
import type { Harm } from './kinds';

/** So many of those concerned are named. */
const namedMax = 8;

/** Whom and what a change would hurt at once, kind by kind, with names. */
export function Harms({ harms }: { harms: readonly Harm[] }) {
  const t = useTexts();
  return (
    <ul className="harms">
      {harms.map((harm) => {
        const items = harm.items ?? [];
        const contacts = items.reduce((sum, item) => sum + item.contacts, 0);
        const more = harm.count - Math.min(items.length, namedMax);
        return (
          <li key={harm.what}>
            <IconAlertTriangle size={17} aria-hidden="true" />
            <div>
              <strong>{t(`manager.harm_${harm.what}`, { count: harm.count })}</strong>
              <span>{items.slice(0, namedMax).map((item) => item.name).join(', ')}</span>
              {more > 0 && <span>{t('manager.harm_more', { count: more })}</span>}
              {contacts > 0 && harm.what !== 'rerouted' && <span>{t('manager.harm_contacts', { count: contacts })}</span>}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
