import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { asFault, type Fault } from '../api/client';
import { sentence, useTexts } from '../kit/texts';
import { users, type Account, type Thing } from './kinds';

interface Wish {
  people: readonly Thing<Account>[];
  skill: string;
  /** undefined: the skill is taken away. */
  level: number | undefined;
}

interface Given {
  done: number;
  refused: { name: string; fault: Fault }[];
}

function withSkill(body: Account, skill: string, level: number | undefined): Account {
  const others = body.agent.skills.filter((s) => s.skill !== skill);
  return { ...body, agent: { ...body.agent, skills: level === undefined ? others : [...others, { skill, level }] } };
}

/** One person; if somebody changed that person meanwhile, once more upon their change. */
async function give(person: Thing<Account>, { skill, level }: Wish): Promise<void> {
  try {
    await users.change(person.id, person.version, person.name, withSkill(person.body, skill, level));
  } catch (thrown) {
    if (asFault(thrown).code !== 'changed') throw thrown;
    const now = await users.read(person.id);
    await users.change(now.id, now.version, now.name, withSkill(now.body, skill, level));
  }
}

/**
 * Gives a skill to many, or takes it away. Everybody's other skills stay, so each
 * person is a change of their own: who could not be changed is named.
 */
export function useSkillForMany(): UseMutationResult<Given, Error, Wish> {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (wish: Wish) => {
      const given: Given = { done: 0, refused: [] };
      for (const person of wish.people) {
        try {
          await give(person, wish);
          given.done++;
        } catch (thrown) {
          given.refused.push({ name: person.name, fault: asFault(thrown) });
        }
      }
      return given;
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['objects'] }),
  });
}

/** What became of it, person by person where it was refused. */
export function Outcome({ done }: { done: UseMutationResult<Given, Error, Wish> }) {
  const t = useTexts();
  if (!done.data) return null;
  const { done: count, refused } = done.data;
  return (
    <div role="status" className="outcome">
      <p>{t(done.variables?.level === undefined ? 'manager.taken_from' : 'manager.given_to', { count })}</p>
      {refused.length > 0 && (
        <ul>
          {refused.map((r) => (
            <li key={r.name}>
              <strong>{r.name}</strong> {sentence(r.fault)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
