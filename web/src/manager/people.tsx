import { Button, NumberInput, Select } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { use, useMemo, useState } from 'react';
import { Dialog } from '../kit/Dialog';
import { domainName } from '../kit/names';
import { languages, useTexts } from '../kit/texts';
import { useAll, useDeskChoices, useNames, useSkillChoices, useSupervisorChoices, useTeamChoices } from './choices';
import { acceptances, checkDeskProfile, DeskProfileForm } from './DeskProfileForm';
import { customRoles, deskProfiles, skills, teams, users, type Account, type CustomRole, type DeskProfile, type Skill, type Team, type Thing } from './kinds';
import type { Listed } from './Objects';
import { RoleForm, checkRole, rightTitle } from './RoleForm';
import { SkillForm, SkillHolders } from './SkillForm';
import { Outcome, useSkillForMany } from './skillForMany';
import { TeamForm, TeamMembers } from './TeamForm';
import { UnitContext } from './unitChoice';
import { UserForm, carriedUser, checkUser, copyUser, saysDigital } from './UserForm';

const roles = ['agent', 'supervisor', 'business_administrator', 'system_administrator', 'auditor', 'integrator'] as const;

/** What a subject's hook gives: all that its list and form need. */
export function useUsers(): Listed<Account> {
  const t = useTexts();
  const nameOf = useNames();
  const teamChoices = useTeamChoices();
  const skillChoices = useSkillChoices();
  const deskChoices = useDeskChoices();
  const { global } = use(UnitContext);
  return useMemo(() => {
    const states = [
      { value: 'active', label: t('manager.is_active') }, { value: 'no_login', label: t('manager.is_no_login') }, { value: 'disabled', label: t('manager.is_disabled') },
    ];
    const stateOf = (u: Thing<Account>) => (u.body.disabled ? 'disabled' : u.body.login_enabled === false ? 'no_login' : 'active');
    const stateName = (u: Thing<Account>) => states.find((s) => s.value === stateOf(u))!.label;
    const yesNo = [{ value: 'yes', label: t('manager.yes') }, { value: 'no', label: t('manager.no') }];
    return {
      kind: users, id: 'users', title: t('manager.users'), Form: UserForm, check: checkUser, copy: copyUser, carried: carriedUser, ...(global && { fresh: { roles: ['system_administrator'], agent: { capacity: {}, skills: [] } } }), empty: 'manager.empty_users', csv: true, nameTitle: t('setup.user'),
      words: (u) => [u.body.mail, u.body.agent_id, u.body.screen_name, u.body.description],
      said: (before, after) => {
        const digital = saysDigital(before, after);
        if (digital === undefined) return t('manager.saved');
        return t(digital ? 'manager.saved_digital' : 'manager.saved_not_digital', { name: after.name });
      },
      parts: [
        { id: 'person', title: t('manager.person'), width: '18%', text: (u) => `${u.body.first_name} ${u.body.last_name}`.trim() },
        { id: 'roles', title: t('manager.roles'), width: '17%', text: (u) => [...u.body.roles.map((role) => t(`app.role_${role}`)), ...(u.body.custom_roles ?? []).map(nameOf)].join(', ') },
        { id: 'team', title: t('manager.team'), width: '13%', text: (u) => (u.body.team ? nameOf(u.body.team) : '') },
        {
          id: 'skills', title: t('manager.skills'), width: '22%', text: (u) => u.body.agent.skills.map((s) => `${nameOf(s.skill)} ${s.level}`).join(', '),
        },
        {
          id: 'state', title: t('manager.state'), width: '110px', text: stateName,
          show: (u) => <span className={stateOf(u) === 'active' ? 'tag tag-good' : stateOf(u) === 'disabled' ? 'tag' : 'tag tag-warn'}>{stateName(u)}</span>,
        },
      ],
      sieves: [
        { id: 'role', label: t('manager.role'), choices: roles.map((value) => ({ value, label: t(`app.role_${value}`) })), keep: (u, role) => u.body.roles.includes(role as never) },
        { id: 'team', label: t('manager.team'), choices: [{ value: '-', label: t('manager.no_team') }, ...teamChoices], keep: (u, team) => (u.body.team ?? '-') === team },
        { id: 'skill', label: t('manager.skill'), choices: skillChoices, keep: (u, skill) => u.body.agent.skills.some((s) => s.skill === skill) },
        { id: 'state', label: t('manager.state'), choices: states, keep: (u, state) => stateOf(u) === state },
      ],
      bulk: [
        { id: 'team', label: t('manager.team'), choices: [{ value: '-', label: t('manager.no_team') }, ...teamChoices], part: (team) => ({ team: team === '-' ? (null as never) : team }) },
        {
          id: 'language', label: t('manager.own_language'), part: (language) => ({ language: language === '-' ? '' : language }),
          choices: [{ value: '-', label: t('manager.language_of_unit') }, ...languages.map(({ value, label }) => ({ value: value as string, label: label as string }))],
        },
        {
          id: 'desk_profile', label: t('manager.desk_profile'), choices: [{ value: '-', label: t('manager.desk_system') }, ...deskChoices],
          part: (profile) => ({ desk_profile: profile === '-' ? (null as never) : profile }),
        },
        { id: 'support_digital', label: t('manager.support_digital'), choices: yesNo, part: (v) => ({ support_digital: v === 'yes' }) },
        { id: 'login_enabled', label: t('manager.login_enabled'), choices: yesNo, part: (v) => ({ login_enabled: v === 'yes' }) },
        { id: 'disabled', label: t('manager.disabled'), choices: yesNo, part: (v) => ({ disabled: v === 'yes' }) },
      ],
      actions: [{ id: 'skill', label: t('manager.give_skill'), icon: <IconSparkles size={14} aria-hidden="true" />, Dialog: GiveSkill }],
    };
  }, [t, nameOf, teamChoices, skillChoices, deskChoices, global]);
}

/** Gives one skill to all who were chosen, or takes it from them. */
function GiveSkill({ things, close, done }: { things: Thing<Account>[]; close: () => void; done: () => void }) {
  const t = useTexts();
  const choices = useSkillChoices();
  const agents = things.filter((u) => u.body.roles.includes('agent'));
  const [skill, choose] = useState<string | null>(null);
  const [level, setLevel] = useState(50);
  const give = useSkillForMany();
  const run = (to: number | undefined) => skill && give.mutate({ people: agents, skill, level: to }, { onSuccess: done });
  return (
    <Dialog title={t('manager.give_title', { count: agents.length })} size={460} close={close}>
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          run(level);
        }}
      >
        {agents.length < things.length && <p className="hint">{t('manager.give_agents', { count: things.length - agents.length })}</p>}
        <Select label={t('manager.skill')} value={skill} data={choices} searchable onChange={choose} data-autofocus />
        <NumberInput label={t('manager.level')} description={t('manager.level_more')} min={1} max={100} clampBehavior="strict" value={level} onChange={(n) => setLevel(Number(n) || 1)} />
        <Outcome done={give} />
        <div className="dialog-foot">
          <Button variant="default" size="sm" onClick={close}>
            {give.data ? t('app.close') : t('app.cancel')}
          </Button>
          <Button variant="default" size="sm" disabled={!skill || agents.length === 0} loading={give.isPending} onClick={() => run(undefined)}>
            {t('manager.take_skill')}
          </Button>
          <Button type="submit" size="sm" disabled={!skill || agents.length === 0} loading={give.isPending}>
            {t('manager.give')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function useTeams(): Listed<Team> {
  const t = useTexts();
  const nameOf = useNames();
  const people = useAll(users);
  const supervisors = useSupervisorChoices();
  return useMemo(() => {
    const members = new Map<string, number>();
    for (const u of people) if (u.body.team) members.set(u.body.team, (members.get(u.body.team) ?? 0) + 1);
    return {
      kind: teams, id: 'teams', title: t('manager.teams'), Form: TeamForm, check: ({ name }, check) => check.name(name), copy: (body) => body, empty: 'manager.empty_teams', csv: true,
      More: TeamMembers,
      parts: [
        { id: 'description', title: t('manager.description'), width: '30%', text: (team) => team.body.description ?? '' },
        { id: 'supervisors', title: t('manager.supervisors'), width: '25%', text: (team) => team.body.supervisors.map(nameOf).join(', ') },
        { id: 'members', title: t('manager.members_title'), width: '110px', right: true, text: (team) => members.get(team.id) ?? 0 },
      ],
      sieves: [{ id: 'supervisor', label: t('manager.supervisor'), choices: supervisors, keep: (team, user) => team.body.supervisors.includes(user) }],
      bulk: [
        { id: 'supervisors', label: t('manager.supervisors'), choices: [{ value: '-', label: t('manager.nothing') }, ...supervisors], part: (user) => ({ supervisors: user === '-' ? [] : [user] }) },
        { id: 'description', label: t('manager.description'), text: true, part: (description) => ({ description }) },
      ],
    };
  }, [t, nameOf, people, supervisors]);
}

export function useSkills(): Listed<Skill> {
  const t = useTexts();
  const people = useAll(users);
  return useMemo(() => {
    const holders = new Map<string, number>();
    for (const u of people) {
      if (!u.body.roles.includes('agent') || u.body.disabled) continue;
      for (const s of u.body.agent.skills) holders.set(s.skill, (holders.get(s.skill) ?? 0) + 1);
    }
    return {
      kind: skills, id: 'skills', title: t('manager.skills'), Form: SkillForm, check: ({ name }, check) => check.name(name), copy: (body) => body, empty: 'manager.empty_skills', csv: true,
      More: SkillHolders,
      parts: [
        { id: 'description', title: t('manager.description'), width: '48%', text: (skill) => skill.body.description ?? '' },
        { id: 'holders', title: t('manager.holders_title'), width: '110px', right: true, text: (skill) => holders.get(skill.id) ?? 0 },
      ],
      sieves: [
        {
          id: 'held', label: t('manager.holders_title'), choices: [{ value: 'some', label: t('manager.held') }, { value: 'none', label: t('manager.not_held') }],
          keep: (skill, value) => holders.has(skill.id) === (value === 'some'),
        },
      ],
      bulk: [{ id: 'description', label: t('manager.description'), text: true, part: (description) => ({ description }) }],
    };
  }, [t, people]);
}

export function useDeskProfiles(): Listed<DeskProfile> {
  const t = useTexts();
  const nameOf = useNames();
  const people = useAll(users);
  return useMemo(() => {
    const accepts = acceptances.map((value) => ({ value, label: t(`manager.accept_${value}`) }));
    const named = (id: string) => people.filter((u) => u.body.desk_profile === id).length;
    return {
      kind: deskProfiles, id: 'desk-profiles', title: t('manager.subject_desk_profiles'), Form: DeskProfileForm, check: checkDeskProfile, copy: (body) => body,
      empty: 'manager.empty_desk_profiles', csv: true,
      parts: [
        { id: 'description', title: t('manager.description'), width: '24%', text: (d) => d.body.description ?? '' },
        { id: 'accept', title: t('manager.desk_accept'), width: '20%', text: (d) => t(`manager.accept_${d.body.accept}`) },
        { id: 'wrap_up', title: t('manager.wrap_up_s'), width: '150px', right: true, text: (d) => d.body.wrap_up_s, show: (d) => (d.body.wrap_up_s ? t('manager.seconds', { n: d.body.wrap_up_s }) : t('manager.accept_queue')) },
        { id: 'no_answer', title: t('manager.desk_no_answer'), width: '18%', text: (d) => (d.body.no_answer ? nameOf(d.body.no_answer) : t('app.reason_no_answer')) },
        { id: 'agents', title: t('manager.holders_title'), width: '90px', right: true, text: (d) => named(d.id) },
      ],
      sieves: [{ id: 'accept', label: t('manager.desk_accept'), choices: accepts, keep: (d, accept) => d.body.accept === accept }],
      bulk: [
        { id: 'accept', label: t('manager.desk_accept'), choices: accepts, part: (accept) => ({ accept: accept as DeskProfile['accept'] }) },
        { id: 'wrap_up_s', label: t('manager.wrap_up_s'), suffix: ' s', part: (n) => ({ wrap_up_s: Number(n) }) },
        { id: 'description', label: t('manager.description'), text: true, part: (description) => ({ description }) },
      ],
    };
  }, [t, nameOf, people]);
}

/** The roles that the business unit makes itself. */
export function useCustomRoles(): Listed<CustomRole> {
  const t = useTexts();
  const people = useAll(users);
  return useMemo(() => {
    const holders = (id: string) => people.filter((u) => u.body.custom_roles?.includes(id)).length;
    return {
      kind: customRoles, id: 'roles', title: t('manager.subject_roles'), Form: RoleForm, check: checkRole, copy: (body) => body, empty: 'manager.empty_roles',
      parts: [
        { id: 'description', title: t('manager.description'), width: '24%', text: (r) => r.body.description },
        { id: 'rights', title: t('manager.rights'), width: '40%', text: (r) => r.body.rights.map((right) => t(rightTitle(right))).join(', ') },
        { id: 'holders', title: t('manager.holders_title'), width: '110px', right: true, text: (r) => holders(r.id) },
      ],
      bulk: [{ id: 'description', label: t('manager.description'), text: true, part: (description) => ({ description }) }],
    };
  }, [t, people]);
}

export const domainsOf = (t: Parameters<typeof domainName>[0]) => ['chat', 'email', 'voice', 'outbound'].map((value) => ({ value, label: domainName(t, value) }));
