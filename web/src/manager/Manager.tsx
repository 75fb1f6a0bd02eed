import { IconClipboardList, IconSparkles, IconStack2, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useTexts } from '../kit/texts';
import './Manager.css';
import { queues, reasons, skills, users } from './kinds';
import { QueueForm } from './QueueForm';
import { ReasonForm } from './ReasonForm';
import { SkillForm } from './SkillForm';
import { Subject } from './Subject';
import { UserForm } from './UserForm';

const subjects = [
  { id: 'users', icon: IconUsers },
  { id: 'queues', icon: IconStack2 },
  { id: 'skills', icon: IconSparkles },
  { id: 'reasons', icon: IconClipboardList },
] as const;

type SubjectName = (typeof subjects)[number]['id'];

/** What a business administrator sets up: a list and a form for each subject. */
export default function ManagerPage() {
  const t = useTexts();
  const [subject, setSubject] = useState<SubjectName>('users');
  const [unsaved, setUnsaved] = useState(false);

  function go(to: SubjectName): void {
    if (unsaved && !window.confirm(t('manager.leave_unsaved'))) return;
    setUnsaved(false);
    setSubject(to);
  }

  return (
    <div className="manager">
      <h1 className="unseen">{t('app.nav_manager')}</h1>
      <nav aria-label={t('manager.subjects')}>
        {subjects.map(({ id, icon: Icon }) => (
          <button key={id} type="button" aria-current={subject === id ? 'page' : undefined} onClick={() => go(id)}>
            <Icon size={18} aria-hidden="true" />
            {t(`manager.${id}`)}
          </button>
        ))}
      </nav>
      {subject === 'users' && <Subject key="users" kind={users} unsaved={unsaved} setUnsaved={setUnsaved} more={userLine} Form={UserForm} />}
      {subject === 'queues' && <Subject key="queues" kind={queues} unsaved={unsaved} setUnsaved={setUnsaved} more={(q) => q.description ?? ''} Form={QueueForm} />}
      {subject === 'skills' && <Subject key="skills" kind={skills} unsaved={unsaved} setUnsaved={setUnsaved} more={(s) => s.description ?? ''} Form={SkillForm} />}
      {subject === 'reasons' && (
        <Subject key="reasons" kind={reasons} unsaved={unsaved} setUnsaved={setUnsaved} more={(r) => t(`manager.use_${r.use}`)} Form={ReasonForm} />
      )}
    </div>
  );
}

function userLine(user: { first_name: string; last_name: string }): string {
  return `${user.first_name} ${user.last_name}`.trim();
}
