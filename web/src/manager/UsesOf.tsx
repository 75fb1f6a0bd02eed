import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { asFault } from '../api/client';
import { ChangedBy } from '../kit/ChangedBy';
import { Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { UseList, type Use } from '../kit/Uses';
import type { Kind, Thing } from './kinds';

/** Where objects of a kind are set up. */
const routes: Record<string, string> = {
  user: 'users', role: 'roles', article: 'articles', queue: 'queues', skill: 'skills', team: 'teams', schedule: 'schedules', chat_language: 'chat-languages', response: 'responses',
  excluded_number: 'excluded-numbers', unit: 'units', customer: 'customers', workflow: 'workflows', category: 'categories', desk_profile: 'desk-profiles', secret: 'secrets', connection: 'connections', function: 'functions',
  token: 'tokens', mail_account: 'mail-accounts', signature: 'signatures', blocked_sender: 'blocked-senders',
};

/** Opens what depends on something, or is nothing where that has no form. Tokens are shown in their list alone. */
export function useOpenUse(): (use: Use) => (() => void) | undefined {
  const navigate = useNavigate();
  return (use) => {
    const route = routes[use.kind];
    return route === undefined ? undefined : () => void navigate({ to: use.kind === 'token' ? `/manager/${route}` : `/manager/${route}/${use.id}` });
  };
}

/** Beside a form: who changed it last, and of what is kept with versions, what depends on it. */
export function UsesOf<Body>({ kind, thing, versions, single }: { kind: Kind<Body>; thing: Thing<Body>; versions: (() => void) | undefined; single: boolean }) {
  const t = useTexts();
  const open = useOpenUse();
  const uses = useQuery({ queryKey: ['uses', kind.path, thing.id], queryFn: () => kind.uses(thing.id), enabled: versions !== undefined && !single, staleTime: 10_000 });
  return (
    <aside className="editor-aside" aria-label={t('manager.about')}>
      <ChangedBy at={thing.changed_at} by={thing.changed_by} {...(versions && { versions })} />
      {versions && !single && <section className="uses" aria-label={t('kit.uses')}>
        <h3>{t('kit.uses')}</h3>
        {uses.error && <Refusal fault={asFault(uses.error)} />}
        {uses.data && <UseList uses={uses.data} open={open} />}
      </section>}
    </aside>
  );
}
