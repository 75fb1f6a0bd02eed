/** Who may take a contact of a queue: the same rule as the server's plan, for a form that is not saved yet. */
export interface Level {
  skill: string;
  level: number;
}

export interface StepRule {
  after_s: number;
  requirements?: Level[];
  queues?: string[];
  agents?: string[];
}

export interface QueueRule {
  id?: string;
  domain: string;
  steps: StepRule[];
}

/** An agent, as far as this rule asks. */
export interface Able {
  id: string;
  capacity: Record<string, number>;
  skills: Level[];
}

function meets(agent: Able, requirements: readonly Level[]): boolean {
  return requirements.every((r) => agent.skills.some((s) => s.skill === r.skill && s.level >= r.level));
}

/**
 * Does the step let the agent in? A queue that it names lends the agents of its
 * first step, who may be lent to it in turn; seen are the queues on the way.
 */
function admits(step: StepRule, agent: Able, others: readonly QueueRule[], seen: readonly string[]): boolean {
  const asks = step.requirements ?? [];
  if (asks.length > 0 && meets(agent, asks)) return true;
  if (step.agents?.includes(agent.id)) return true;
  for (const id of step.queues ?? []) {
    const other = seen.includes(id) ? undefined : others.find((q) => q.id === id);
    const first = other?.steps[0];
    if (other && first && serves(agent, other.domain) && admits(first, agent, others, [...seen, id])) return true;
  }
  return !asks.length && !step.agents?.length && !step.queues?.length;
}

const serves = (agent: Able, domain: string): boolean => (agent.capacity[domain] ?? 0) > 0;

/** Of each step, who may take a contact from then on: those of all steps before, and the new ones. */
export function whoMay(queue: QueueRule, agents: readonly Able[], others: readonly QueueRule[]): Able[][] {
  const able = agents.filter((a) => serves(a, queue.domain));
  let upToNow: Able[] = [];
  return queue.steps.map((step) => {
    upToNow = able.filter((a) => upToNow.includes(a) || admits(step, a, others, queue.id ? [queue.id] : []));
    return upToNow;
  });
}
