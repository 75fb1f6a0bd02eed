import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { faultText, useTexts } from '../kit/texts';
import { users, type Account, type BulkResult, type Thing } from './kinds';

interface Wish {
  people: readonly Thing<Account>[];
  skill: string;
  /** undefined: the skill is taken away. */
  level: number | undefined;
}

/** The skills of one person with the wish fulfilled; the others stay. */
function withSkill({ agent }: Account, skill: string, level: number | undefined): Partial<Account> {
  const others = agent.skills.filter((s) => s.skill !== skill);
  return { agent: { ...agent, skills: level === undefined ? others : [...others, { skill, level }] } };
}

const ask = ({ people, skill, level }: Wish) =>
  users.bulk(people.map((p) => ({ id: p.id, version: p.version, set: withSkill(p.body, skill, level) })), undefined, false);

/** Gives a skill to many, or takes it away, as one change: to all of them, or to nobody. */
export function useSkillForMany(): UseMutationResult<BulkResult, Error, Wish> {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (wish: Wish) => {
      const given = await ask(wish);
      if (!given.items.some((item) => item.code === 'changed')) return given;
      // Somebody changed some of them meanwhile: once more upon their change.
      return ask({ ...wish, people: await Promise.all(wish.people.map((p) => users.read(p.id))) });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['objects'] }),
  });
}

/** What came of it: all have it, or who stood in the way. */
export function Outcome({ done }: { done: UseMutationResult<BulkResult, Error, Wish> }) {
  const t = useTexts();
  if (!done.data) return null;
  const refused = done.data.items.filter((item) => item.code);
  return (
    <div role="status" className="outcome">
      <p>
        {done.data.applied
          ? t(done.variables?.level === undefined ? 'manager.taken_from' : 'manager.given_to', { count: done.data.items.length })
          : t('manager.bulk_refused', { count: refused.length })}
      </p>
      {refused.length > 0 && (
        <ul>
          {refused.map((r) => (
            <li key={r.id}>
              <strong>{r.name}</strong> {faultText(r.code!, r.message)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
