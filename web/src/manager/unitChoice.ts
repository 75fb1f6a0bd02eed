import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useState } from 'react';
import type { Me } from '../api/types';
import { has } from '../app/session';
import { allPages, type Choice } from './choices';
import { units } from './kinds';
import { workIn, workingIn } from './rest';

interface UnitChoice {
  choices: Choice[];
  chosen: string;
  choose: (unit: string) => void;
  /** It is known where one works. */
  ready: boolean;
  /** It is no tenant: system administrators are its people. */
  global: boolean;
}

/** For forms that let a system administrator choose the business unit of what is made. */
export const UnitContext = createContext<UnitChoice>({ choices: [], chosen: '', choose: () => undefined, ready: true, global: false });

/** The business unit that a system administrator works in; the first tenant until another is chosen. */
export function useUnitChoice(me: Me): UnitChoice {
  const cache = useQueryClient();
  const may = has(me, 'system_administrator');
  const [chosen, set] = useState(workingIn());
  const { data, isError } = useQuery({ queryKey: ['units'], queryFn: () => allPages((after) => units.list('', {}, after)), enabled: may, staleTime: 60_000 });
  function choose(unit: string): void {
    workIn(unit);
    void cache.removeQueries({ queryKey: ['uses'] });
    set(unit);
  }
  if (!may) {
    if (workingIn()) workIn('');
    return { choices: [], chosen: '', choose, ready: true, global: false };
  }
  const all = data ?? [];
  const here = all.find((u) => u.id === chosen) ?? all.find((u) => !u.built_in) ?? all[0];
  if (here && here.id !== workingIn()) workIn(here.id);
  return { choices: all.map((u) => ({ value: u.id, label: u.name })), chosen: here?.id ?? '', choose, ready: !!data || isError, global: here?.built_in ?? false };
}
