import { useQuery } from '@tanstack/react-query';
import { answer, api, asFault } from '../api/client';
import type { Contact } from '../api/types';
import './ContactData.css';
import { Failed, Loading } from './states';
import { clockTime, useTexts, type Key } from './texts';

/** Which components of workflows a contact has passed, oldest first. What it waits in now is the last one. */
export function FlowPath({ contact }: { contact: Pick<Contact, 'id' | 'state' | 'since'> }) {
  const t = useTexts();
  const path = useQuery({
    queryKey: ['flow path', contact.id, contact.state, contact.since],
    queryFn: async () => (await answer(api.GET('/api/v1/contacts/{id}/path', { params: { path: { id: contact.id } } }))).steps,
    placeholderData: (before) => before,
  });
  if (path.error) return <Failed fault={asFault(path.error)} again={() => void path.refetch()} />;
  if (!path.data) return <Loading />;
  if (path.data.length === 0) return <p className="path-none">{t('kit.flow_none')}</p>;
  return (
    <ol className="path">
      {path.data.map((step, i, all) => (
        <li key={`${step.workflow} ${step.visit}`}>
          <time>{clockTime(step.at)}</time>
          <span>
            {all[i - 1]?.workflow !== step.workflow && <small>{t('kit.flow_release', { name: step.workflow_name, n: step.release })} · </small>}
            {step.name || t(`kit.step_${step.kind}` as Key)}
            {step.note && <small> ({step.note})</small>}
          </span>
        </li>
      ))}
    </ol>
  );
}
