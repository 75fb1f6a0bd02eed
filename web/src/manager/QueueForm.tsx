import { ActionIcon, Button, MultiSelect, NumberInput, Select, Switch, Textarea } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { domainName } from '../kit/names';
import { useTexts } from '../kit/texts';
import { useAgentChoices, useDispositionChoices, useQueueChoices } from './choices';
import type { Queue, Step } from './kinds';
import { SkillLevels } from './SkillLevels';
import type { FormProps } from './Subject';

const policies = ['longest_idle', 'least_occupied', 'highest_level', 'preference'] as const;
const times = ['objective_s', 'offer_s', 'wrap_up_s', 'customer_grace_s', 'preferred_hold_s'] as const;
const switches = ['auto_accept', 'no_wrap_up', 'wrap_up_frees_slot', 'no_answer_stays', 'cherry_pick', 'disposition_needed'] as const;
const stepsMax = 10;

export function QueueForm({ body, set, wrong, id }: FormProps<Queue>) {
  const t = useTexts();
  const dispositions = useDispositionChoices();
  const last = body.steps.at(-1)?.after_s ?? 0;
  const put = (i: number, part: Partial<Step>) => set({ steps: body.steps.map((s, at) => (at === i ? { ...s, ...part } : s)) });
  return (
    <>
      <Textarea
        label={t('manager.description')} value={body.description ?? ''} error={wrong('description')} maxLength={1000} autosize minRows={1}
        onChange={(e) => set({ description: e.currentTarget.value })}
      />
      <div className="pair">
        <Select
          label={t('manager.medium')} value={body.domain} error={wrong('domain')} onChange={(domain) => domain && set({ domain })}
          data={['chat', 'email', 'voice', 'outbound'].map((value) => ({ value, label: domainName(t, value) }))}
        />
        <Select
          label={t('manager.policy')} description={t(`manager.policy_${body.policy}_more`)} value={body.policy} error={wrong('policy')} inputWrapperOrder={['label', 'input', 'description', 'error']}
          onChange={(policy) => policy && set({ policy: policy as Queue['policy'] })} data={policies.map((value) => ({ value, label: t(`manager.policy_${value}`) }))}
        />
      </div>
      <fieldset className="steps">
        <legend>{t('manager.steps')}</legend>
        <p>{t('manager.steps_more')}</p>
        {body.steps.map((step, i) => (
          <StepFields
            key={i} n={i} step={step} queue={id} wrong={wrong(`steps[${i}].after_s`)} put={(part) => put(i, part)}
            remove={() => set({ steps: body.steps.filter((_, at) => at !== i) })}
          />
        ))}
        <Button
          size="compact-sm" variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />} disabled={body.steps.length >= stepsMax}
          onClick={() => set({ steps: [...body.steps, { after_s: last + 30 }] })}
        >
          {t('manager.add_step')}
        </Button>
      </fieldset>
      <div className="triple">
        {times.map((field) => (
          <NumberInput
            key={field} label={t(`manager.${field}`)} value={body[field]} error={wrong(field)} min={0} suffix=" s" clampBehavior="strict"
            onChange={(value) => set({ [field]: Number(value) || 0 })}
          />
        ))}
        <NumberInput
          label={t('manager.waiting_max')} value={body.waiting_max} error={wrong('waiting_max')} min={0} clampBehavior="strict"
          onChange={(value) => set({ waiting_max: Number(value) || 0 })}
        />
      </div>
      <MultiSelect
        label={t('manager.dispositions')} description={t('manager.dispositions_more')} value={body.dispositions ?? []} error={wrong('dispositions')} data={dispositions}
        onChange={(chosen) => set({ dispositions: chosen })} searchable
      />
      <div className="switches">
        {switches.map((field) => (
          <Switch key={field} label={t(`manager.${field}`)} checked={body[field]} onChange={(e) => set({ [field]: e.currentTarget.checked })} />
        ))}
      </div>
    </>
  );
}

interface StepProps {
  n: number;
  step: Step;
  queue: string | undefined;
  wrong: string | undefined;
  put: (part: Partial<Step>) => void;
  remove: () => void;
}

/** Who joins from when on. */
function StepFields({ n, step, queue, wrong, put, remove }: StepProps) {
  const t = useTexts();
  const queues = useQueueChoices().filter((q) => q.value !== queue);
  const agents = useAgentChoices();
  const everybody = !step.requirements?.length && !step.queues?.length && !step.agents?.length;
  return (
    <fieldset className="step">
      <legend>{n === 0 ? t('manager.step_first') : t('manager.step_then', { n: n + 1 })}</legend>
      {n > 0 && (
        <div className="step-after">
          <NumberInput
            size="xs" label={t('manager.after_s')} value={step.after_s} error={wrong} min={1} suffix=" s" clampBehavior="strict"
            onChange={(value) => put({ after_s: Number(value) || 0 })}
          />
          <ActionIcon variant="subtle" color="gray" aria-label={t('manager.remove_step', { n: n + 1 })} onClick={remove}>
            <IconTrash size={16} aria-hidden="true" />
          </ActionIcon>
        </div>
      )}
      <SkillLevels label={t('manager.requirements')} value={step.requirements ?? []} change={(requirements) => put({ requirements })} />
      <div className="pair">
        <MultiSelect size="xs" label={t('manager.step_agents')} value={step.agents ?? []} data={agents} onChange={(chosen) => put({ agents: chosen })} searchable />
        <MultiSelect size="xs" label={t('manager.step_queues')} value={step.queues ?? []} data={queues} onChange={(chosen) => put({ queues: chosen })} searchable />
      </div>
      {everybody && <p>{t('manager.step_everybody')}</p>}
    </fieldset>
  );
}
