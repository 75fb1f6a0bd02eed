import { Select, TextInput } from '@mantine/core';
import {
  IconAddressBook, IconAdjustments, IconBuilding, IconCalendarTime, IconClipboardCheck, IconCoffee, IconHistory, IconInbox, IconKey, IconLanguage, IconMessage2Cog,
  IconMessageReply, IconPhoneOff, IconSearch, IconSparkles, IconStack2, IconStar, IconUsers, IconUsersGroup, type Icon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import type { Me, Role } from '../api/types';
import { setTitle } from '../app/notify';
import { has, meQuery } from '../app/session';
import { useCommands, useOpener } from '../kit/commands';
import { matches } from '../kit/list';
import '../kit/managerTexts';
import { Empty } from '../kit/states';
import { useTexts, type Key } from '../kit/texts';
import { AuditLog } from './AuditLog';
import { useCustomers } from './Customers';
import { Editor, type Editable } from './Editor';
import './Manager.css';
import { Objects, type Listed } from './Objects';
import { OfflineRequests } from './OfflineRequests';
import { useSkills, useTeams, useUsers } from './people';
import { useExcluded, useQueues, useReasons, useSchedules, useUnits } from './routing';
import { Satisfaction } from './Satisfaction';
import { useChatLanguageList, useChatSettings, useResponses, useSiteSettings } from './talking';
import { Tokens } from './Tokens';
import { useUnitChoice } from './unitChoice';

interface Shown {
  id: string | undefined;
  from: string | undefined;
}

interface Subject {
  id: string;
  icon: Icon;
  roles: readonly Role[];
  Page: (shown: Shown) => ReactNode;
}

const business: readonly Role[] = ['business_administrator', 'system_administrator'];
const supervising: readonly Role[] = [...business, 'supervisor'];
const system: readonly Role[] = ['system_administrator'];

function page<Body extends object>(use: () => Listed<Body>) {
  return function ObjectsPage(shown: Shown) {
    return <Objects subject={use()} {...shown} />;
  };
}

function single<Body extends object>(use: () => Editable<Body>) {
  return function SettingsPage() {
    const subject = use();
    return <Editor subject={subject} id={subject.id} from={undefined} />;
  };
}

const groups: readonly { id: string; subjects: readonly Subject[] }[] = [
  {
    id: 'people',
    subjects: [
      { id: 'users', icon: IconUsers, roles: business, Page: page(useUsers) },
      { id: 'teams', icon: IconUsersGroup, roles: business, Page: page(useTeams) },
      { id: 'skills', icon: IconSparkles, roles: business, Page: page(useSkills) },
    ],
  },
  {
    id: 'routing',
    subjects: [
      { id: 'queues', icon: IconStack2, roles: business, Page: page(useQueues) },
      { id: 'schedules', icon: IconCalendarTime, roles: business, Page: page(useSchedules) },
      { id: 'unavailable-reasons', icon: IconCoffee, roles: business, Page: page(() => useReasons('unavailable')) },
      { id: 'dispositions', icon: IconClipboardCheck, roles: business, Page: page(() => useReasons('disposition')) },
    ],
  },
  {
    id: 'chat',
    subjects: [
      { id: 'responses', icon: IconMessageReply, roles: supervising, Page: page(useResponses) },
      { id: 'chat-languages', icon: IconLanguage, roles: business, Page: page(useChatLanguageList) },
      { id: 'chat-settings', icon: IconMessage2Cog, roles: business, Page: single(useChatSettings) },
      { id: 'offline-requests', icon: IconInbox, roles: supervising, Page: OfflineRequests },
      { id: 'satisfaction', icon: IconStar, roles: supervising, Page: Satisfaction },
    ],
  },
  {
    id: 'outside',
    subjects: [
      { id: 'customers', icon: IconAddressBook, roles: supervising, Page: page(useCustomers) },
      { id: 'excluded-numbers', icon: IconPhoneOff, roles: business, Page: page(useExcluded) },
    ],
  },
  {
    id: 'site',
    subjects: [
      { id: 'tokens', icon: IconKey, roles: business, Page: Tokens },
      { id: 'units', icon: IconBuilding, roles: system, Page: page(useUnits) },
      { id: 'settings', icon: IconAdjustments, roles: system, Page: single(useSiteSettings) },
      { id: 'audit', icon: IconHistory, roles: business, Page: AuditLog },
    ],
  },
];

const title = (id: string) => `manager.subject_${id.replaceAll('-', '_')}` as Key;
const words = (id: string) => `manager.find_${id.replaceAll('-', '_')}` as Key;

/** What is set up here: subjects at the left; a list and a form for each, with addresses of their own. */
export default function ManagerPage() {
  const { data: me } = useQuery(meQuery);
  return me ? <ManagerOf me={me} /> : null;
}

function ManagerOf({ me }: { me: Me }) {
  const t = useTexts();
  const navigate = useNavigate();
  const location = useLocation();
  const [, , subjectId, id] = location.pathname.split('/');
  const from = new URLSearchParams(location.searchStr).get('from') ?? undefined;
  const unit = useUnitChoice(me);
  const mine = groups
    .map((group) => ({ ...group, subjects: group.subjects.filter((s) => has(me, ...s.roles)) }))
    .filter((group) => group.subjects.length > 0);
  const all = mine.flatMap((group) => group.subjects);
  const subject = all.find((s) => s.id === subjectId);
  useCommands(all.map((s) => ({ id: `manager ${s.id}`, title: t(title(s.id)), run: () => void navigate({ to: `/manager/${s.id}` }) })));
  useOpener({
    customer: (found) => void navigate({ to: `/manager/customers/${found}` }),
    person: (found) => void navigate({ to: `/manager/users/${found}` }),
  });
  const name = subject && t(title(subject.id));
  useEffect(() => {
    if (name) setTitle(`${name} · Portico`);
    return () => setTitle('Portico');
  }, [name]);

  if (!subjectId && all[0]) return <Navigate to={`/manager/${all[0].id}`} replace />;
  return (
    <div className="manager">
      <h1 className="unseen">{t('app.nav_manager')}</h1>
      <Subjects groups={mine} chosen={subjectId}>
        {unit.choices.length > 0 && (
          <Select
            size="xs" label={t('manager.work_in')} value={unit.chosen} data={unit.choices} searchable={unit.choices.length > 8} onChange={(to) => to && unit.choose(to)}
          />
        )}
      </Subjects>
      <div className="manager-work">
        {subject && unit.ready && <subject.Page key={`${unit.chosen} ${subject.id}`} id={id || undefined} from={from} />}
        {!subject && <Empty title={t('manager.no_subject')}>{t('manager.choose')}</Empty>}
      </div>
    </div>
  );
}

interface SubjectsProps {
  groups: typeof groups;
  chosen: string | undefined;
  children: ReactNode;
}

/** The subjects, by groups; what one types finds them by their names and by what they hold. */
function Subjects({ groups: all, chosen, children }: SubjectsProps) {
  const t = useTexts();
  const navigate = useNavigate();
  const [find, look] = useState('');
  const found = all
    .map((group) => ({ ...group, subjects: group.subjects.filter((s) => matches(find, t(title(s.id)), t(words(s.id)))) }))
    .filter((group) => group.subjects.length > 0);
  const first = found[0]?.subjects[0];
  return (
    <nav className="subjects" aria-label={t('manager.subjects')}>
      {children}
      <TextInput
        size="xs" aria-label={t('manager.find_subject')} placeholder={t('manager.find_subject')} value={find} leftSection={<IconSearch size={14} aria-hidden="true" />}
        autoComplete="off" onChange={(e) => look(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === 'Escape') look('');
          if (e.key !== 'Enter' || !first || find === '') return;
          look('');
          void navigate({ to: `/manager/${first.id}` });
        }}
      />
      {found.length === 0 && <p className="hint">{t('kit.nothing_found')}</p>}
      {found.map((group) => (
        <section key={group.id} aria-labelledby={`group-${group.id}`}>
          <h2 id={`group-${group.id}`}>{t(`manager.group_${group.id}` as Key)}</h2>
          <ul>
            {group.subjects.map(({ id, icon: Sign }) => (
              <li key={id}>
                <Link to={`/manager/${id}`} aria-current={id === chosen ? 'page' : undefined}>
                  <Sign size={17} stroke={1.75} aria-hidden="true" />
                  <span>{t(title(id))}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
