import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { reasonName } from '../kit/names';
import { languages, useTexts } from '../kit/texts';
import { categories, chatLanguages, connections, deskProfiles, customRoles, functions, queues, reasons, schedules, secrets, skills, teams, users, type Kind, type Page, type Thing } from './kinds';
import { workingIn } from './rest';

/** Beyond so many objects of one kind nobody chooses from a list. */
const pagesMax = 25;

export async function allPages<Item>(page: (after: string) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  let after = '';
  for (let n = 0; n < pagesMax; n++) {
    const answer = await page(after);
    all.push(...answer.items);
    if (!answer.next) break;
    after = answer.next;
  }
  return all;
}

const none: never[] = [];

/** All objects of a kind; while they are not there yet, none. */
export function useAll<Body>(kind: Kind<Body>): Thing<Body>[] {
  const { data } = useQuery({
    queryKey: ['objects', workingIn(), kind.path, 'all'],
    queryFn: () => allPages((after) => kind.list('', {}, after)),
    staleTime: 10_000,
  });
  return data ?? none;
}

export interface Choice {
  value: string;
  label: string;
}

function useChoices<Body>(kind: Kind<Body>, keep?: (thing: Thing<Body>) => boolean, label?: (thing: Thing<Body>) => string): Choice[] {
  const all = useAll(kind);
  return useMemo(
    () => all.filter((thing) => keep?.(thing) ?? true).map((thing) => ({ value: thing.id, label: label?.(thing) ?? thing.name })),
    [all, keep, label],
  );
}

export function personLabel(user: Thing<{ first_name: string; last_name: string }>): string {
  const name = `${user.body.first_name} ${user.body.last_name}`.trim();
  return name ? `${name} (${user.name})` : user.name;
}

const isAgent = (u: Thing<{ roles: string[] }>) => u.body.roles.includes('agent');
const isSupervisor = (u: Thing<{ roles: string[] }>) => u.body.roles.includes('supervisor');
const isDisposition = (r: Thing<{ use: string }>) => r.body.use === 'disposition' && !r.built_in;

export const useSkillChoices = () => useChoices(skills);
export const useQueueChoices = () => useChoices(queues);
export const useTeamChoices = () => useChoices(teams);
export const useScheduleChoices = () => useChoices(schedules);
export const useAgentChoices = () => useChoices(users, isAgent, personLabel);
export const useSupervisorChoices = () => useChoices(users, isSupervisor, personLabel);
export const useCategoryChoices = () => useChoices(categories);
const isAbsence = (r: Thing<{ use: string }>) => r.body.use === 'unavailable' && !r.built_in;
export const useAbsenceChoices = () => useChoices(reasons, isAbsence);
export const useDeskChoices = () => useChoices(deskProfiles);
export const useRoleChoices = () => useChoices(customRoles);
export const useSecretChoices = () => useChoices(secrets);
export const useConnectionChoices = () => useChoices(connections);
export const useFunctionChoices = () => useChoices(functions);
export const useDispositionChoices = () => useChoices(reasons, isDisposition);

/** The name of whatever an id names; the id itself, when it is not known. */
export function useNames(): (id: string) => string {
  const t = useTexts();
  const [s, q, u, r, g, h] = [useAll(skills), useAll(queues), useAll(users), useAll(reasons), useAll(teams), useAll(schedules)];
  const [c, d, o] = [useAll(categories), useAll(deskProfiles), useAll(customRoles)];
  return useMemo(() => {
    const known = new Map([...s, ...q, ...u, ...r, ...g, ...h, ...c, ...d, ...o].map((thing) => [thing.id, thing.name]));
    for (const reason of r) known.set(reason.id, reasonName(t, reason));
    return (id) => known.get(id) ?? id;
  }, [t, s, q, u, r, g, h, c, d, o]);
}

/** The names of the chat languages, and of those that a text has beside them; before any is set up, those of the catalogue. */
export function useChatLanguageNames(more: readonly string[] = []): string[] {
  const own = useAll(chatLanguages).map((l) => l.name);
  const base = own.length > 0 ? own : languages.map((l) => l.value as string);
  return [...new Set([...base, ...more])];
}
