import { Button, MultiSelect, NumberInput, Select } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, asFault } from '../api/client';
import type { AgentFigures } from '../api/types';
import { Confirm } from '../kit/Confirm';
import { reasonName } from '../kit/names';
import { Loading, Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { useMay, useReasons, useSteerAgent } from './steer';

/** An agent's state and work, as far as one may change them. */
export function AgentActions({ agent }: { agent: AgentFigures }) {
  const t = useTexts();
  const { may } = useMay();
  const reasons = useReasons().filter((r) => r.body.use === 'unavailable');
  const { state, signOut } = useSteerAgent(agent.agent);
  const [reason, setReason] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const fault = state.error && asFault(state.error);
  const tooFew = fault?.code === 'minimum' && may('override_minimum');
  if (!may('agent_state')) return null;
  const pause = (force: boolean) => reason && state.mutate({ available: false, reason, force });
  return (
    <section aria-label={t('supervisor.agent_state')}>
      <h3>{t('supervisor.agent_state')}</h3>
      {agent.signed_in ? (
        <>
          <div className="floor-do">
            <Select
              size="xs" label={t('supervisor.pause_reason')} placeholder={t('supervisor.pause_choose')} value={reason} onChange={setReason}
              data={reasons.map((r) => ({ value: r.id, label: reasonName(t, r) }))}
            />
            <Button variant="default" disabled={!reason} loading={state.isPending && state.variables.available === false} onClick={() => pause(false)}>
              {t('supervisor.pause')}
            </Button>
          </div>
          <div className="deeds">
            <Button variant="default" loading={state.isPending && state.variables.available} onClick={() => state.mutate({ available: true })}>
              {t('supervisor.make_available')}
            </Button>
            <Button variant="default" onClick={() => setLeaving(true)}>
              {t('supervisor.sign_out')}
            </Button>
            {tooFew && (
              <Button variant="default" onClick={() => pause(true)}>
                {t('supervisor.pause_anyway')}
              </Button>
            )}
          </div>
        </>
      ) : (
        <p className="hint">{t('supervisor.not_working')}</p>
      )}
      {fault && <Refusal fault={fault} />}
      {leaving && (
        <Confirm
          title={t('supervisor.sign_out_this', { name: agent.name })} yes={t('supervisor.sign_out')} danger busy={signOut.isPending}
          fault={signOut.error && asFault(signOut.error)} run={() => signOut.mutate(true, { onSuccess: () => setLeaving(false) })} close={() => setLeaving(false)}
        >
          <p>{t('supervisor.sign_out_more')}</p>
        </Confirm>
      )}
    </section>
  );
}

/** An agent's skills, and the queues that name the agent: in force at once. */
export function AgentSkills({ agent }: { agent: AgentFigures }) {
  const t = useTexts();
  const { may } = useMay();
  const cache = useQueryClient();
  const id = agent.agent;
  const allowed = may('agent_skills');
  const user = useQuery({
    queryKey: ['floor-user', id], enabled: allowed,
    queryFn: () => answer(api.GET('/api/v1/users/{id}', { params: { path: { id } } })),
  });
  const skills = useQuery({
    queryKey: ['floor-skills'], enabled: allowed, staleTime: 60_000,
    queryFn: async () => (await answer(api.GET('/api/v1/skills', { params: { query: { limit: 500 } } }))).items,
  });
  const served = useQuery({
    queryKey: ['floor-agent-queues', id], enabled: allowed,
    queryFn: () => answer(api.GET('/api/v1/agents/{id}/queues', { params: { path: { id } } })),
  });
  const steer = useSteerAgent(id);
  const all = useQuery({
    queryKey: ['floor-queues'], enabled: allowed, staleTime: 60_000,
    queryFn: async () => (await answer(api.GET('/api/v1/queues', { params: { query: { limit: 500 } } }))).items,
  });
  const [changed, change] = useState<{ skill: string; level: number }[]>();
  const [named, name] = useState<string[]>();
  if (!allowed) return null;
  if (!user.data || !skills.data || !served.data || !all.data) return <Loading />;
  const have = changed ?? user.data.body.agent?.skills ?? [];
  const was = served.data.items.filter((q) => q.named);
  // From which step on a queue names the agent: as it does, or the first that names anybody.
  const steps = new Map([...served.data.others.map((q) => [q.queue, q.step] as const), ...was.map((q) => [q.queue, q.named_step] as const)]);
  const queues = named ?? was.map((q) => q.queue);
  const again = () => Promise.all([
    cache.invalidateQueries({ queryKey: ['floor-user', id] }),
    cache.invalidateQueries({ queryKey: ['floor-agent-queues', id] }),
  ]);
  const fault = steer.skills.error ?? steer.queues.error;
  return (
    <section aria-label={t('supervisor.skills_queues')}>
      <h3>{t('supervisor.skills_queues')}</h3>
      <MultiSelect
        size="xs" label={t('supervisor.skills')} searchable data={skills.data.map((s) => ({ value: s.id, label: s.name }))} value={have.map((s) => s.skill)}
        clearButtonProps={{ 'aria-label': t('kit.clear') }} nothingFoundMessage={t('supervisor.nothing_found')}
        onChange={(ids) => change(ids.map((skill) => have.find((s) => s.skill === skill) ?? { skill, level: 50 }))}
      />
      {have.map((s, i) => (
        <NumberInput
          key={s.skill} size="xs" label={t('supervisor.skill_level', { name: skills.data.find((k) => k.id === s.skill)?.name ?? '' })} min={1} max={100} clampBehavior="strict"
          value={s.level} onChange={(level) => level !== '' && change(have.map((one, at) => (at === i ? { ...one, level: Number(level) } : one)))}
        />
      ))}
      <div className="deeds">
        <Button
          variant="default" disabled={!changed} loading={steer.skills.isPending}
          onClick={() => changed && steer.skills.mutate({ version: user.data.version, skills: changed }, {
            // What was chosen since then stays.
            onSuccess: () => again().then(() => change((now) => (now === changed ? undefined : now))),
          })}
        >
          {t('supervisor.skills_save')}
        </Button>
      </div>
      {steps.size > 0 && (
        <>
          <MultiSelect
            size="xs" label={t('supervisor.queues_named')} description={t('supervisor.queues_named_more')} searchable value={queues} onChange={name}
            data={all.data.filter((q) => steps.has(q.id)).map((q) => ({ value: q.id, label: q.name }))}
            clearButtonProps={{ 'aria-label': t('kit.clear') }} nothingFoundMessage={t('supervisor.nothing_found')}
          />
          <div className="deeds">
            <Button
              variant="default" disabled={!named} loading={steer.queues.isPending}
              onClick={() => named && steer.queues.mutate({
                expect: was.map((q) => ({ queue: q.queue, step: q.named_step })),
                queues: named.map((queue) => ({ queue, step: steps.get(queue) ?? 0 })),
              }, { onSuccess: () => again().then(() => name((now) => (now === named ? undefined : now))) })}
            >
              {t('supervisor.queues_save')}
            </Button>
          </div>
        </>
      )}
      <p className="hint">{t('supervisor.serves', { queues: served.data.items.map((q) => q.name).join(', ') || '–' })}</p>
      {fault && <Refusal fault={asFault(fault)} />}
    </section>
  );
}
