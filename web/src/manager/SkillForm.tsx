import { Button, MultiSelect, NumberInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTexts } from '../kit/texts';
import { personLabel, useAll } from './choices';
import { DescriptionField, NameField, Section, type FormProps } from './form';
import { users, type Skill, type Thing } from './kinds';
import { Outcome, useSkillForMany } from './skillForMany';

export function SkillForm({ name, setName, body, set, wrong }: FormProps<Skill>) {
  return (
    <>
      <NameField name={name} setName={setName} wrong={wrong} />
      <DescriptionField value={body.description} set={(description) => set({ description })} wrong={wrong} />
    </>
  );
}

/** Who has the skill, and the way to give it to many at once. */
export function SkillHolders({ thing }: { thing: Thing<Skill> }) {
  const t = useTexts();
  const agents = useAll(users).filter((u) => u.body.roles.includes('agent'));
  const level = (u: (typeof agents)[number]) => u.body.agent.skills.find((s) => s.skill === thing.id)?.level;
  const have = agents.filter((u) => level(u) !== undefined).sort((a, b) => level(b)! - level(a)!);
  const [chosen, choose] = useState<string[]>([]);
  const [at, setAt] = useState(50);
  const give = useSkillForMany();
  return (
    <Section title={t('manager.holders', { count: have.length })}>
      {have.length > 0 && (
        <ul className="people">
          {have.map((u) => (
            <li key={u.id}>
              <Link to={`/manager/users/${u.id}`}>{personLabel(u)}</Link>
              <meter min={0} max={100} value={level(u)} aria-label={t('manager.level_of', { name: u.name })} />
              <span className="figures">{level(u)}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="give">
        <MultiSelect
          label={t('manager.give_to')} value={chosen} data={agents.map((u) => ({ value: u.id, label: personLabel(u) }))} searchable hidePickedOptions
          placeholder={chosen.length === 0 ? t('manager.give_choose') : undefined} onChange={choose}
        />
        <NumberInput label={t('manager.level')} min={1} max={100} clampBehavior="strict" value={at} onChange={(n) => setAt(Number(n) || 1)} />
        <Button
          size="sm" variant="default" disabled={chosen.length === 0} loading={give.isPending}
          onClick={() => give.mutate({ people: agents.filter((u) => chosen.includes(u.id)), skill: thing.id, level: at }, { onSuccess: (r) => r.applied && choose([]) })}
        >
          {t('manager.give')}
        </Button>
      </div>
      <Outcome done={give} />
    </Section>
  );
}
