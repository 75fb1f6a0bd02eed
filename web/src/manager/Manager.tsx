import { Select, TextInput } from '@mantine/core';
import {
  IconAddressBook, IconAdjustments, IconBuilding, IconCalendarTime, IconClipboardCheck, IconClipboardData, IconCoffee, IconDeviceDesktopCog, IconEraser, IconHistory, IconInbox, IconKey, IconLanguage, IconMessage2Cog,
  IconMailCheck, IconMailCog, IconMailExclamation, IconMailFast, IconMailOff, IconMailbox, IconMessageReply, IconSignature, IconPhoneOff, IconSearch, IconDatabase, IconLock, IconMathFunction, IconRoute, IconSparkles, IconStack2, IconStar, IconTag, IconUsers, IconUsersGroup, type Icon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useLocation, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import type { Me } from '../api/types';
import { setTitle } from '../app/notify';
import { has, meQuery } from '../app/session';
import { subjectGroups, subjectTitle, type SubjectGroup, type SubjectId } from '../app/subjects';
import { useOpener } from '../kit/commands';
import { matches } from '../kit/list';
import '../kit/managerTexts';
import { Empty, Loading } from '../kit/states';
import { useTexts, type Key } from '../kit/texts';
import { AuditLog } from './AuditLog';
import { useCustomers } from './Customers';
import { Erasures } from './Erasures';
import { Editor, type Editable } from './Editor';
import './Manager.css';
import './List.css';
import './Outside.css';
import './Form.css';
import './Steps.css';
import './Hours.css';
import './Texts.css';
import './ChatSettings.css';
import './Differences.css';
import './Panels.css';
import './Mail.css';
import { useBlockedSenders, useMailAccounts, useMailSettings, useSignatures } from './mail';
import { MailApprovals } from './MailApprovals';
import { MailExceptions } from './MailExceptions';
import { MailQueue } from './MailQueue';
import { Objects, type Listed } from './Objects';
import { OfflineRequests } from './OfflineRequests';
import { useCategories, useConnections, useFunctions, useSecrets, useWorkflows } from './outside';
import { useDeskProfiles, useSkills, useTeams, useUsers } from './people';
import { useExcluded, useQueues, useReasons, useSchedules, useUnits } from './routing';
import { Satisfaction } from './Satisfaction';
import { useChatLanguageList, useChatSettings, useContactData, useResponses, useSiteSettings } from './talking';
import { Tokens } from './Tokens';
import { UnitContext, useUnitChoice } from './unitChoice';

const Designer = lazy(() => import('../designer/Designer'));

interface Shown {
  id: string | undefined;
  from: string | undefined;
}

/** A group of subjects that the person may see. */
interface Mine {
  id: SubjectGroup['id'];
  subjects: { id: SubjectId; icon: Icon }[];
}

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

/** A list as every subject's, and the designer in the place of a form. */
function Workflows({ id, from }: Shown) {
  const subject = useWorkflows();
  if (!id) return <Objects subject={subject} id={undefined} from={undefined} />;
  return (
    <Suspense fallback={<Loading />}>
      <Designer id={id} from={from} />
    </Suspense>
  );
}

const parts: Record<SubjectId, { icon: Icon; Page: (shown: Shown) => ReactNode }> = {
  users: { icon: IconUsers, Page: page(useUsers) },
  teams: { icon: IconUsersGroup, Page: page(useTeams) },
  skills: { icon: IconSparkles, Page: page(useSkills) },
  'desk-profiles': { icon: IconDeviceDesktopCog, Page: page(useDeskProfiles) },
  queues: { icon: IconStack2, Page: page(useQueues) },
  workflows: { icon: IconRoute, Page: Workflows },
  schedules: { icon: IconCalendarTime, Page: page(useSchedules) },
  'unavailable-reasons': { icon: IconCoffee, Page: page(() => useReasons('unavailable')) },
  dispositions: { icon: IconClipboardCheck, Page: page(() => useReasons('disposition')) },
  categories: { icon: IconTag, Page: page(useCategories) },
  responses: { icon: IconMessageReply, Page: page(useResponses) },
  'chat-languages': { icon: IconLanguage, Page: page(useChatLanguageList) },
  'chat-settings': { icon: IconMessage2Cog, Page: single(useChatSettings) },
  'contact-data': { icon: IconClipboardData, Page: single(useContactData) },
  'offline-requests': { icon: IconInbox, Page: OfflineRequests },
  satisfaction: { icon: IconStar, Page: Satisfaction },
  'mail-approvals': { icon: IconMailCheck, Page: MailApprovals },
  'mail-queue': { icon: IconMailFast, Page: MailQueue },
  'mail-exceptions': { icon: IconMailExclamation, Page: MailExceptions },
  'blocked-senders': { icon: IconMailOff, Page: page(useBlockedSenders) },
  'mail-accounts': { icon: IconMailbox, Page: page(useMailAccounts) },
  signatures: { icon: IconSignature, Page: page(useSignatures) },
  'mail-settings': { icon: IconMailCog, Page: single(useMailSettings) },
  customers: { icon: IconAddressBook, Page: page(useCustomers) },
  erasures: { icon: IconEraser, Page: Erasures },
  'excluded-numbers': { icon: IconPhoneOff, Page: page(useExcluded) },
  functions: { icon: IconMathFunction, Page: page(useFunctions) },
  connections: { icon: IconDatabase, Page: page(useConnections) },
  secrets: { icon: IconLock, Page: page(useSecrets) },
  tokens: { icon: IconKey, Page: Tokens },
  units: { icon: IconBuilding, Page: page(useUnits) },
  settings: { icon: IconAdjustments, Page: single(useSiteSettings) },
  audit: { icon: IconHistory, Page: AuditLog },
};

const words = (id: SubjectId) => `manager.find_${id.replaceAll('-', '_')}` as Key;

/** What is set up here: subjects at the left; a list and a form for each, with addresses of their own. */
export default function ManagerPage() {
  const { data: me } = useQuery(meQuery);
  return me ? <ManagerOf me={me} /> : null;
}

/** The address as long as it is one of the manager's: it changes before the page that it leads to is there. */
function useHere() {
  const now = useLocation();
  const [here, set] = useState(now);
  if (now !== here && /^\/manager(\/|$)/.test(now.pathname)) {
    set(now);
    return now;
  }
  return here;
}

function ManagerOf({ me }: { me: Me }) {
  const t = useTexts();
  const navigate = useNavigate();
  const location = useHere();
  const [, , subjectId, id] = location.pathname.split('/');
  const from = new URLSearchParams(location.searchStr).get('from') ?? undefined;
  const unit = useUnitChoice(me);
  const mine = subjectGroups
    .map((group) => ({ id: group.id, subjects: group.subjects.filter((s) => has(me, ...s.roles)).map(({ id: name }) => ({ id: name, ...parts[name] })) }))
    .filter((group) => group.subjects.length > 0);
  const all = mine.flatMap((group) => group.subjects);
  const subject = all.find((s) => s.id === subjectId);
  useOpener({
    customer: (found) => void navigate({ to: `/manager/customers/${found}` }),
    person: (found) => void navigate({ to: `/manager/users/${found}` }),
  });
  const name = subject && t(subjectTitle(subject.id));
  useEffect(() => {
    if (name) setTitle(`${name} · Portico`);
    return () => setTitle('Portico');
  }, [name]);

  if (!subjectId && all[0]) return <Navigate to={`/manager/${all[0].id}`} replace />;
  // A canvas wants all the room there is.
  const wide = subject?.id === 'workflows' && id !== undefined && id !== 'new';
  return (
    <div className="manager" data-wide={wide}>
      <h1 className="unseen">{t('app.nav_manager')}</h1>
      {!wide && <Subjects groups={mine} chosen={subjectId}>
        {unit.choices.length > 0 && (
          <Select
            size="xs" label={t('manager.work_in')} value={unit.chosen} data={unit.choices} searchable={unit.choices.length > 8} onChange={(to) => to && unit.choose(to)}
          />
        )}
      </Subjects>}
      <div className="manager-work">
        {subject && unit.ready && (
          <UnitContext value={unit}>
            <subject.Page key={`${unit.chosen} ${subject.id}`} id={id || undefined} from={from} />
          </UnitContext>
        )}
        {!subject && <Empty title={t('manager.no_subject')}>{t('manager.choose')}</Empty>}
      </div>
    </div>
  );
}

interface SubjectsProps {
  groups: Mine[];
  chosen: string | undefined;
  children: ReactNode;
}

/** The subjects, by groups; what one types finds them by their names and by what they hold. */
function Subjects({ groups: all, chosen, children }: SubjectsProps) {
  const t = useTexts();
  const navigate = useNavigate();
  const [find, look] = useState('');
  const found = all
    .map((group) => ({ ...group, subjects: group.subjects.filter((s) => matches(find, t(subjectTitle(s.id)), t(words(s.id)))) }))
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
                  <span>{t(subjectTitle(id))}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
