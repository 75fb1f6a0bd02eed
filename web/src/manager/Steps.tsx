import { ActionIcon, Button, MultiSelect, NumberInput } from '@mantine/core';
import { IconPlus, IconUsers, IconX } from '@tabler/icons-react';
import type { AgentFigures } from '../api/types';
import { useTable } from '../app/live';
import { tag, useTexts, type Say } from '../kit/texts';
import { useAgentChoices, useAll, useNames, useQueueChoices } from './choices';
import { queues, users, type Queue, type Step } from './kinds';
import { SkillLevels } from './SkillLevels';
import { whoMay, type Able } from './who';

const stepsMax = 10;

interface Props {
  queue: Queue;
  id: string | undefined;
  set: (steps: Step[]) => void;
  wrong: (field: string) => string | undefined;
}

/** Who may take a contact from when on, each step with how many that are. */
export function Steps({ queue, id, set, wrong }: Props) {
  const t = useTexts();
  const steps = queue.steps;
  const circles = useCircles(queue, id);
  const available = useAvailable(queue.domain);
  const last = steps.at(-1)?.after_s ?? 0;
  const put = (i: number, part: Partial<Step>) => set(steps.map((s, at) => (at === i ? { ...s, ...part } : s)));
  return (
    <div className="steps">
      <ol>
        {steps.map((step, i) => (
          <StepFields
            key={i} n={i} step={step} queue={id} wrong={wrong(`steps[${i}].after_s`)} put={(part) => put(i, part)} all={circles[i]} before={circles[i - 1]} available={available}
            remove={() => set(steps.filter((_, at) => at !== i))}
          />
        ))}
      </ol>
      <Button
        variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />} disabled={steps.length >= stepsMax} onClick={() => set([...steps, { after_s: last + 30 }])}
      >
        {t('manager.add_step')}
      </Button>
    </div>
  );
}

/** The agents of each step; undefined while they are not known. */
function useCircles(queue: Queue, id: string | undefined): (Able[] | undefined)[] {
  const people = useAll(users);
  const others = useAll(queues).map((q) => ({ id: q.id, ...q.body }));
  if (people.length === 0) return [];
  const agents = people
    .filter((u) => u.body.roles.includes('agent') && !u.body.disabled)
    .map((u) => ({ id: u.id, capacity: u.body.agent.capacity, skills: u.body.agent.skills }));
  return whoMay({ ...queue, id }, agents, others);
}

/** The agents who are available for a medium now. */
function useAvailable(domain: string): ReadonlySet<string> {
  const { table } = useTable<AgentFigures>('agents');
  const rows = [...(table?.rows.values() ?? [])];
  return new Set(rows.filter((a) => a.signed_in && a.domains.some((d) => d.domain === domain && d.available)).map((a) => a.agent));
}

interface StepProps {
  n: number;
  step: Step;
  queue: string | undefined;
  wrong: string | undefined;
  put: (part: Partial<Step>) => void;
  remove: () => void;
  all: Able[] | undefined;
  before: Able[] | undefined;
  available: ReadonlySet<string>;
}

/** Who joins from when on. */
function StepFields({ n, step, queue, wrong, put, remove, all, before, available }: StepProps) {
  const t = useTexts();
  const nameOf = useNames();
  const others = useQueueChoices().filter((q) => q.value !== queue);
  const agents = useAgentChoices();
  const who = whoJoins(t, step, nameOf);
  const now = all?.filter((a) => available.has(a.id)).length ?? 0;
  const unnamed = !step.requirements?.length && !step.queues?.length && !step.agents?.length;
  return (
    <li className="step">
      <div className="step-head">
        <strong>{n === 0 ? t('manager.step_first', { who }) : t('manager.step_then', { seconds: step.after_s, who })}</strong>
        {n > 0 && (
          <ActionIcon variant="subtle" color="gray" aria-label={t('manager.remove_step', { n: n + 1 })} onClick={remove}>
            <IconX size={16} aria-hidden="true" />
          </ActionIcon>
        )}
      </div>
      {all && (
        <p className={all.length === 0 ? 'step-count none' : 'step-count'}>
          <IconUsers size={14} aria-hidden="true" />
          {all.length === 0 ? t('manager.step_nobody') : t('manager.step_count', { count: all.length, now })}
          {before && all.length === before.length && all.length > 0 && <span> {t('manager.step_no_more')}</span>}
        </p>
      )}
      <div className="step-fields">
        {n > 0 && (
          <NumberInput
            className="step-after" size="xs" label={t('manager.after_s')} value={step.after_s} error={wrong} min={1} suffix=" s" clampBehavior="strict"
            onChange={(value) => put({ after_s: Number(value) || 0 })}
          />
        )}
        <SkillLevels atLeast label={t('manager.requirements')} value={step.requirements ?? []} change={(requirements) => put({ requirements })} />
        <MultiSelect size="xs" label={t('manager.step_agents')} value={step.agents ?? []} data={agents} onChange={(chosen) => put({ agents: chosen })} searchable />
        <MultiSelect size="xs" label={t('manager.step_queues')} value={step.queues ?? []} data={others} onChange={(chosen) => put({ queues: chosen })} searchable />
      </div>
      {unnamed && <p className="hint">{t('manager.step_everybody_more')}</p>}
    </li>
  );
}

/** Who a step lets in, as one reads it. */
function whoJoins(t: Say, step: Step, nameOf: (id: string) => string): string {
  const every = new Intl.ListFormat(tag(), { type: 'conjunction' });
  const any = new Intl.ListFormat(tag(), { type: 'disjunction' });
  const parts: string[] = [];
  if (step.requirements?.length) {
    parts.push(t('manager.who_skills', { skills: every.format(step.requirements.map((r) => t('manager.who_skill', { name: nameOf(r.skill), level: r.level }))) }));
  }
  if (step.queues?.length) parts.push(t('manager.who_queues', { queues: any.format(step.queues.map(nameOf)) }));
  if (step.agents?.length) parts.push(every.format(step.agents.map(nameOf)));
  return parts.length === 0 ? t('manager.who_everybody') : every.format(parts);
}
