import { useQuery } from '@tanstack/react-query';
import { queues, reasons, skills, users, type Kind, type Thing } from './kinds';

/** All objects of a kind as choices of a field: at most five pages, which is beyond what one chooses from. */
function useAll<Body>(kind: Kind<Body>): Thing<Body>[] {
  const { data } = useQuery({
    queryKey: ['objects', kind.path, 'all'],
    queryFn: async () => {
      const all: Thing<Body>[] = [];
      let after = '';
      for (let page = 0; page < 5; page++) {
        const answer = await kind.list('', after);
        all.push(...answer.items);
        if (!answer.next) break;
        after = answer.next;
      }
      return all;
    },
    staleTime: 10_000,
  });
  return data ?? [];
}

const choice = (thing: Thing<unknown>) => ({ value: thing.id, label: thing.name });

export const useSkillChoices = () => useAll(skills).map(choice);
export const useQueueChoices = () => useAll(queues).map(choice);
export const useAgentChoices = () => useAll(users).filter((u) => u.body.roles.includes('agent')).map(choice);
export const useDispositionChoices = () => useAll(reasons).filter((r) => r.body.use === 'disposition' && !r.built_in).map(choice);
