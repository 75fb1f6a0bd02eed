import { CloseButton } from '@mantine/core';
import type { AgentFigures, Contact } from '../api/types';
import { domainName } from '../kit/names';
import { Empty } from '../kit/states';
import { Elapsed } from '../kit/time';
import { useTexts } from '../kit/texts';
import { agentName, ContactState, StandingTag } from './columns';

/** One agent at the side: state in each domain, contacts in hand. */
export function AgentPanel({ agent, contacts, open, close }: { agent: AgentFigures; contacts: Contact[]; open: (id: string) => void; close: () => void }) {
  const t = useTexts();
  const inHand = contacts.filter((c) => c.agent === agent.agent);
  return (
    <aside className="panel" aria-label={agentName(agent)}>
      <header>
        <div>
          <h2>{agentName(agent)}</h2>
          <StandingTag agent={agent} t={t} />
        </div>
        <CloseButton aria-label={t('app.close')} onClick={close} />
      </header>
      <section>
        <h3>{t('supervisor.domains')}</h3>
        <ul>
          {agent.domains.map((d) => (
            <li key={d.domain} className="panel-row">
              <span>{domainName(t, d.domain)}</span>
              <span className="figures">
                {d.in_hand}/{d.capacity} · {d.available ? t('supervisor.is_available') : t('supervisor.is_unavailable')}
                {d.since ? (
                  <>
                    {' '}
                    <Elapsed since={d.since} />
                  </>
                ) : null}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{t('supervisor.contacts')}</h3>
        {inHand.length === 0 && <Empty title={t('desk.none')} />}
        {inHand.map((c) => (
          <button key={c.id} type="button" className="panel-row" onClick={() => open(c.id)}>
            <span>{c.name || t('desk.customer')}</span>
            <span className="figures">
              <ContactState contact={c} t={t} /> <Elapsed since={c.since} />
            </span>
          </button>
        ))}
      </section>
    </aside>
  );
}
