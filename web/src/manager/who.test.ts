import { expect, test } from 'vitest';
import { whoMay, type Able, type QueueRule } from './who';

const agent = (id: string, chat: number, ...skills: [string, number][]): Able => ({ id, capacity: { chat }, skills: skills.map(([skill, level]) => ({ skill, level })) });
const agents = [agent('best', 3, ['sales', 90]), agent('some', 3, ['sales', 20]), agent('none', 3), agent('voice', 0, ['sales', 90])];
const ids = (queue: QueueRule, others: QueueRule[] = []) => whoMay(queue, agents, others).map((step) => step.map((a) => a.id));

// Each step adds people and takes nobody away; without capacity for the medium one takes nothing.
test('steps widen the circle', () => {
  const steps = [60, 1].map((level, i) => ({ after_s: i * 30, requirements: [{ skill: 'sales', level }] }));
  expect(ids({ domain: 'chat', steps: [...steps, { after_s: 90 }] })).toEqual([['best'], ['best', 'some'], ['best', 'some', 'none']]);
});

// All requirements are to be met; agents by name come beside them.
test('requirements and names', () => {
  const requirements = [{ skill: 'sales', level: 1 }, { skill: 'danish', level: 1 }];
  expect(ids({ domain: 'chat', steps: [{ after_s: 0, requirements }] })).toEqual([[]]);
  expect(ids({ domain: 'chat', steps: [{ after_s: 0, requirements, agents: ['none', 'voice'] }] })).toEqual([['none']]);
});

// A queue lends the agents of its first step, also those lent to it; queues that name each other do no harm.
test('agents of other queues', () => {
  const sales: QueueRule = { id: 'sales', domain: 'chat', steps: [{ after_s: 0, requirements: [{ skill: 'sales', level: 50 }], queues: ['mine'] }, { after_s: 9 }] };
  const calls: QueueRule = { id: 'calls', domain: 'voice', steps: [{ after_s: 0 }] };
  expect(ids({ id: 'mine', domain: 'chat', steps: [{ after_s: 0, queues: ['sales'] }] }, [sales])).toEqual([['best']]);
  expect(ids({ domain: 'chat', steps: [{ after_s: 0, queues: ['calls'] }] }, [calls])).toEqual([[]]);
});
