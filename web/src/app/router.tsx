import { createRootRoute, createRoute, createRouter, Navigate } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode } from 'react';
import type { Me } from '../api/types';
import { OnlyDesk } from './deskWindow';
import { Root } from './Root';
import { has, meQuery, seesFloor } from './session';
import { areasOf } from './Shell';

const Components = lazy(() => import('./Components'));
const Desk = lazy(() => import('../desk/Desk'));
const Manager = lazy(() => import('../manager/Manager'));
const Search = lazy(() => import('../desk/Search'));
const Supervisor = lazy(() => import('../supervisor/Supervisor'));

/** Where somebody's work is. */
export function home(me: Me): '/desk' | '/supervisor' | '/manager' {
  if (has(me, 'agent')) return '/desk';
  return has(me, 'supervisor', 'business_administrator') || (!has(me, 'system_administrator') && seesFloor(me)) ? '/supervisor' : '/manager';
}

function Home() {
  const { data: me } = useQuery(meQuery);
  return me ? <Navigate to={home(me)} replace /> : null;
}

/** An area for those whose work is there: an address that somebody was given leads others to theirs. */
function For({ area, children }: { area: '/desk' | '/supervisor' | '/manager'; children: ReactNode }) {
  const { data: me } = useQuery(meQuery);
  if (!me) return null;
  return areasOf(me).some((mine) => `/${mine}` === area) ? children : <Navigate to={home(me)} replace />;
}

const DeskHere = () => (
  <For area="/desk">
    <OnlyDesk>
      <Desk />
    </OnlyDesk>
  </For>
);

const Floor = () => (
  <For area="/supervisor">
    <Supervisor />
  </For>
);

const Managed = () => (
  <For area="/manager">
    <Manager />
  </For>
);

const root = createRootRoute({ component: Root, notFoundComponent: Home });

// Below it are subjects and what is in them: the page reads the address itself.
const manager = createRoute({ getParentRoute: () => root, path: '/manager', component: Managed });

export const router = createRouter({
  routeTree: root.addChildren([
    createRoute({ getParentRoute: () => root, path: '/', component: Home }),
    createRoute({ getParentRoute: () => root, path: '/desk', component: DeskHere }),
    createRoute({ getParentRoute: () => root, path: '/search', component: Search }),
    createRoute({ getParentRoute: () => root, path: '/supervisor', component: Floor }),
    manager.addChildren([createRoute({ getParentRoute: () => manager, path: '/' }), createRoute({ getParentRoute: () => manager, path: '$' })]),
    createRoute({ getParentRoute: () => root, path: '/components', component: Components }),
  ]),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
