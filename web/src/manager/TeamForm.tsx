import { MultiSelect } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTexts } from '../kit/texts';
import { personLabel, useAll, useSupervisorChoices } from './choices';
import { DescriptionField, NameField, Section, type FormProps } from './form';
import { users, type Team, type Thing } from './kinds';

export function TeamForm({ name, setName, body, set, wrong }: FormProps<Team>) {
  const t = useTexts();
  const supervisors = useSupervisorChoices();
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} />
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
      <MultiSelect
        label={t('manager.supervisors')} description={t('manager.supervisors_more')} value={body.supervisors} error={wrong('supervisors')} data={supervisors} searchable
        onChange={(chosen) => set({ supervisors: chosen })}
      />
    </>
  );
}

/** Who belongs to the team: that is set at each person, or for many at once in their list. */
export function TeamMembers({ thing }: { thing: Thing<Team> }) {
  const t = useTexts();
  const members = useAll(users).filter((u) => u.body.team === thing.id);
  return (
    <Section title={t('manager.members', { count: members.length })} more={t('manager.members_more')}>
      <ul className="people">
        {members.map((u) => (
          <li key={u.id}>
            <Link to={`/manager/users/${u.id}`}>{personLabel(u)}</Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
