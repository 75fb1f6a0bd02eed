import { Button, Checkbox, Group, MultiSelect, NumberInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { use, useEffect, useState } from 'react';
import { asFault } from '../api/client';
import { domainName } from '../kit/names';
import { Refusal } from '../kit/states';
import { Tabs } from '../kit/Tabs';
import { languages, useTexts } from '../kit/texts';
import { useAll, useDeskChoices, useTeamChoices } from './choices';
import { DescriptionField, NameField, Section, type Check, type FormProps } from './form';
import { queues, setPassword, type Account, type Thing } from './kinds';
import { fieldNames } from './labels';
import { SkillLevels } from './SkillLevels';
import { UnitContext } from './unitChoice';
import { userName } from './userName';

const roles = ['agent', 'supervisor', 'business_administrator'] as const;
/** The media of the tab that support_digital opens, and the others. */
const digital = ['chat', 'email'] as const;
const spoken = ['voice', 'outbound'] as const;
const permissions = ['monitor', 'whisper', 'barge_in', 'take_over', 'reassign', 'end', 'agent_state', 'agent_skills', 'override_minimum', 'mail_queue', 'erase', 'pick'] as const;

type Tab = 'person' | 'sign_in' | 'work' | 'digital';

/** Where a field is, so that a wrong one brings its tab forward. */
function tabOf(field: string): Tab {
  if (/^(roles|permissions|disabled|login_enabled|sign_in)/.test(field)) return 'sign_in';
  if (/^agent\.capacity\.(chat|email)|^screen_name/.test(field)) return 'digital';
  return /^(agent\.|team|supervised|desk_profile)/.test(field) ? 'work' : 'person';
}

export function checkUser({ name, body }: { name: string; body: Account }, check: Check): void {
  check.name(name);
  check.needed('first_name', body.first_name);
  check.needed('last_name', body.last_name);
  check.mail('mail', body.mail);
  check.that(body.roles.length > 0, 'roles', 'manager.check_roles');
}

/** What is the copied person's own is left out. */
export function copyUser(body: Account): Account {
  return { ...body, first_name: '', last_name: '', screen_name: '', mail: '', agent_id: '', disabled: false };
}

export function UserForm(props: FormProps<Account>) {
  const { body, set, wrong, wrongFields } = props;
  const t = useTexts();
  const [tab, show] = useState<Tab>('person');
  const isAgent = body.roles.includes('agent');
  const withDigital = isAgent && body.support_digital !== false;
  const tabs: Tab[] = ['person', 'sign_in', 'work', ...(withDigital ? (['digital'] as const) : [])];
  const wrongTabs = new Set(wrongFields.map((field) => (tabOf(field) === 'digital' && !withDigital ? 'person' : tabOf(field))));
  const [seen, see] = useState('');
  // A wrong field behind another tab brings its own forward, once.
  const wrongNow = [...wrongTabs].join();
  if (wrongNow !== seen) {
    see(wrongNow);
    if (wrongNow && !wrongTabs.has(tab)) show(tabs.find((one) => wrongTabs.has(one)) ?? tab);
  }
  const capacity = (domain: string, n: number): void => {
    const { [domain]: _, ...others } = body.agent.capacity;
    set({ agent: { ...body.agent, capacity: n > 0 ? { ...others, [domain]: n } : others } });
  };
  const capacities = (list: readonly string[]) => (
    <fieldset className="capacity">
      <legend>{t('manager.capacity')}</legend>
      {list.map((domain) => (
        <NumberInput
          key={domain} label={domainName(t, domain)} value={body.agent.capacity[domain] ?? 0} min={0} max={255} clampBehavior="strict"
          error={wrong(`agent.capacity.${domain}`)} onChange={(n) => capacity(domain, Number(n) || 0)}
        />
      ))}
    </fieldset>
  );
  const shown = tabs.includes(tab) ? tab : 'person';
  return (
    <Tabs
      label={t('manager.tabs')} value={shown} set={show}
      tabs={tabs.map((id) => ({ id, title: t(`manager.tab_${id}`), wrong: wrongTabs.has(id) ? t('manager.tab_wrong') : undefined }))}
    >
      <div className="fields">
        {shown === 'person' && <Person {...props} />}
        {shown === 'sign_in' && <SignIn {...props} />}
        {shown === 'work' && (
          <>
            <Teams {...props} />
            {isAgent ? (
              <>
                <Switch
                  label={t('manager.support_digital')} description={t('manager.support_digital_more')} checked={body.support_digital !== false}
                  onChange={(e) => set({ support_digital: e.currentTarget.checked })}
                />
                {capacities(spoken)}
                <SkillLevels label={t('manager.skills')} value={body.agent.skills} change={(skills) => set({ agent: { ...body.agent, skills } })} />
                <Preferences {...props} />
              </>
            ) : (
              <p className="hint">{t('manager.no_agent')}</p>
            )}
          </>
        )}
        {shown === 'digital' && (
          <>
            <p className="hint">{t('manager.digital_more')}</p>
            <TextInput
              label={t('manager.screen_name')} description={t('manager.screen_name_more')} placeholder={body.first_name} value={body.screen_name} error={wrong('screen_name')}
              maxLength={100} autoComplete="off" onChange={(e) => set({ screen_name: e.currentTarget.value })}
            />
            {capacities(digital)}
          </>
        )}
      </div>
    </Tabs>
  );
}

function SignIn({ body, set, wrong, thing }: FormProps<Account>) {
  const t = useTexts();
  const { global } = use(UnitContext);
  return (
    <>
      <Checkbox.Group label={t('manager.roles')} value={body.roles} error={wrong('roles')} onChange={(chosen) => set({ roles: chosen as Account['roles'] })}>
        <Group gap="md" mt={6}>
          {(global ? (['system_administrator'] as const) : roles).map((role) => (
            <Checkbox key={role} value={role} label={t(`app.role_${role}`)} aria-invalid={wrong('roles') ? true : undefined} />
          ))}
        </Group>
      </Checkbox.Group>
      <Permissions {...{ body, set, wrong }} />
      <Select
        label={t('manager.sign_in')} description={t('manager.sign_in_more')} value={body.sign_in ?? 'local'} data={[{ value: 'local', label: t('manager.sign_in_local') }]}
        error={wrong('sign_in')} onChange={() => set({ sign_in: 'local' })}
      />
      <Switch
        label={t('manager.login_enabled')} description={t('manager.login_enabled_more')} checked={body.login_enabled !== false}
        onChange={(e) => set({ login_enabled: e.currentTarget.checked })}
      />
      <Switch
        label={t('manager.disabled')} description={t('manager.disabled_more')} checked={body.disabled} onChange={(e) => set({ disabled: e.currentTarget.checked })}
      />
      {thing ? <Password id={thing.id} /> : <p className="hint">{t('manager.password_later')}</p>}
    </>
  );
}

/** What the person may do to the work of others: what the roles bring, or just what is chosen here. */
function Permissions({ body, set, wrong }: Pick<FormProps<Account>, 'body' | 'set' | 'wrong'>) {
  const t = useTexts();
  const own = body.permissions;
  return (
    <Section title={t('manager.permissions')} more={t('manager.permissions_more')}>
      <Switch
        label={t('manager.permissions_by_role')} checked={own === undefined}
        onChange={(e) => set({ permissions: e.currentTarget.checked ? undefined : brought(body.roles) })}
      />
      {own && (
        <Checkbox.Group label={t('manager.permissions')} value={own} error={wrong('permissions')} onChange={(chosen) => set({ permissions: chosen as Account['permissions'] })}>
          <Group gap="md" mt={6}>
            {permissions.map((p) => (
              <Checkbox key={p} value={p} label={t(`manager.permission_${p}`)} />
            ))}
          </Group>
        </Checkbox.Group>
      )}
    </Section>
  );
}

/** What roles bring: the beginning of a choice of one's own. */
function brought(roles: Account['roles']): NonNullable<Account['permissions']> {
  const steers = roles.some((role) => role !== 'agent');
  return permissions.filter((p) => (p === 'pick' ? roles.includes('agent') : p === 'erase' ? roles.includes('business_administrator') : steers));
}

function Person({ name, setName, body, set, wrong, thing }: FormProps<Account>) {
  const t = useTexts();
  const suggested = userName(body);
  // Until one is written, be it the same, a new one's user name follows the person's.
  const [own, setOwn] = useState(name !== '' && name !== suggested);
  const follows = !thing && !own;
  function put(part: Partial<Account>): void {
    set(part);
    if (follows) setName(userName({ ...body, ...part }));
  }
  const text = (field: 'first_name' | 'last_name' | 'mail' | 'agent_id', more: { required?: boolean; placeholder?: string; 'data-first'?: boolean } = {}) => (
    <TextInput
      {...more} key={field} label={t(fieldNames[field]!)} value={body[field] ?? ''} error={wrong(field)} autoComplete="off" maxLength={field === 'mail' ? 254 : 100}
      onChange={(e) => put({ [field]: e.currentTarget.value })}
    />
  );
  return (
    <>
      <UnitField {...{ name, body, thing }} />
      <div className="pair">
        {text('first_name', { required: true, 'data-first': true })}
        {text('last_name', { required: true })}
      </div>
      <NameField
        name={name} wrong={wrong} label={t('setup.user')} hint={t(thing ? 'manager.user_name_more' : 'manager.user_name_suggested')}
        setName={(written) => {
          setOwn(written !== '');
          setName(written);
        }}
      />
      <div className="pair">
        {text('mail')}
        {text('agent_id', { placeholder: t('manager.agent_id_more') })}
        <Select
          label={t('manager.own_language')} value={body.language} error={wrong('language')} onChange={(language) => set({ language: language ?? '' })}
          data={[{ value: '', label: t('manager.language_of_unit') }, ...languages.map(({ value, label }) => ({ value, label }))]}
        />
      </div>
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
    </>
  );
}

/** What was typed of a new person while another unit was chosen, for the form that begins anew there. */
let carried: { name: string; body: Partial<Account> } | undefined;
export const carriedUser = () => carried;

/** Where a person works, for whoever administers several business units. */
function UnitField({ name, body, thing }: Pick<FormProps<Account>, 'name' | 'body' | 'thing'>) {
  const t = useTexts();
  const unit = use(UnitContext);
  useEffect(() => {
    carried = undefined;
  }, []);
  if (unit.choices.length === 0) return null;
  return (
    <Select
      label={t('manager.work_in')} description={t(thing ? 'manager.unit_stays' : 'manager.unit_of_user')} value={unit.chosen} data={unit.choices} disabled={!!thing}
      searchable={unit.choices.length > 8}
      onChange={(to) => {
        if (!to) return;
        const { first_name, last_name, screen_name, mail, description, language } = body;
        carried = { name, body: { first_name, last_name, screen_name, mail, description, language } };
        unit.choose(to);
      }}
    />
  );
}

function Teams({ body, set, wrong }: FormProps<Account>) {
  const t = useTexts();
  const teams = useTeamChoices();
  const profiles = useDeskChoices();
  return (
    <div className="pair">
      <Select
        label={t('manager.desk_profile')} value={body.desk_profile ?? ''} error={wrong('desk_profile')} data={[{ value: '', label: t('manager.desk_system') }, ...profiles]}
        searchable={profiles.length > 8} onChange={(profile) => set({ desk_profile: profile || undefined })}
      />
      <Select
        label={t('manager.team')} value={body.team ?? ''} error={wrong('team')} data={[{ value: '', label: t('manager.no_team') }, ...teams]} searchable
        onChange={(team) => set({ team: team || undefined })}
      />
      {body.roles.includes('supervisor') && (
        <MultiSelect
          label={t('manager.supervised_teams')} description={t('manager.supervised_teams_more')} value={body.supervised_teams ?? []} error={wrong('supervised_teams')}
          data={teams} searchable onChange={(supervised_teams) => set({ supervised_teams })}
        />
      )}
    </div>
  );
}

/** The agent's number for each queue that asks in that order. */
function Preferences({ body, set, wrong }: FormProps<Account>) {
  const t = useTexts();
  const asking = useAll(queues).filter((q) => q.body.policy === 'preference');
  if (asking.length === 0) return null;
  const put = (queue: string, n: number | undefined): void => {
    const { [queue]: _, ...others } = body.agent.preferences ?? {};
    set({ agent: { ...body.agent, preferences: n === undefined ? others : { ...others, [queue]: n } } });
  };
  return (
    <Section title={t('manager.preferences')} more={t('manager.preferences_more')}>
      <div className="triple">
        {asking.map((q) => (
          <NumberInput
            key={q.id} label={q.name} placeholder="50" value={body.agent.preferences?.[q.id] ?? ''} min={1} max={100} clampBehavior="strict" error={wrong('agent.preferences')}
            onChange={(n) => put(q.id, n === '' ? undefined : Number(n))}
          />
        ))}
      </div>
    </Section>
  );
}

/** Sets a password at once, apart from the rest of the form. */
function Password({ id }: { id: string }) {
  const t = useTexts();
  const [password, write] = useState('');
  const save = useMutation({ mutationFn: () => setPassword(id, password), onSuccess: () => write('') });
  return (
    <fieldset className="levels">
      <legend>{t('manager.password')}</legend>
      <div className="password">
        <PasswordInput
          aria-label={t('manager.password_new')} placeholder={t('manager.password_new')} value={password} autoComplete="new-password"
          onChange={(e) => write(e.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': t('setup.show_password') }}
          onKeyDown={(e) => {
            if (e.key !== 'Enter') return;
            e.preventDefault();
            if (password) save.mutate();
          }}
        />
        <Button size="sm" variant="default" disabled={password === ''} loading={save.isPending} onClick={() => save.mutate()}>
          {t('manager.password_set')}
        </Button>
      </div>
      {save.isSuccess && password === '' && <p role="status">{t('manager.password_done')}</p>}
      <Refusal fault={save.error && asFault(save.error)} />
    </fieldset>
  );
}

/** Whether the person is now, or no longer, among those who serve e-mail and chat. */
export function saysDigital(before: Thing<Account> | undefined, after: Thing<Account>): boolean | undefined {
  const serves = (u: Thing<Account> | undefined) => !!u && u.body.roles.includes('agent') && u.body.support_digital !== false;
  return serves(before) === serves(after) ? undefined : serves(after);
}
