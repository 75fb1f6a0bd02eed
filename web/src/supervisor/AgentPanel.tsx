import type { AgentFigures, Contact } from '../api/types';
import { domainName } from '../kit/names';
import { SidePanel } from '../kit/SidePanel';
import { Empty } from '../kit/states';
import { Elapsed } from '../kit/time';
import { useTexts } from '../kit/texts';
import { AgentActions, AgentSkills } from './AgentActions';
import { ContactState } from './columns';
import { agentName, StandingTag } from './standing';

/** One agent at the side: state in each domain, contacts in hand. */
export function AgentPanel({ agent, contacts, open, close }: { agent: AgentFigures; contacts: Contact[]; open: (id: string) => void; close: () => void }) {
  const t = useTexts();
  const inHand = contacts.filter((c) => c.agent === agent.agent);
  return (
    <SidePanel title={agentName(agent)} name="floor" below={<StandingTag agent={agent} t={t} />} close={close}>
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
        {inHand.length === 0 && <Empty title={t('supervisor.no_contacts_agent')} />}
        {inHand.map((c) => (
          <button key={c.id} type="button" className="panel-row" onClick={() => open(c.id)}>
            <span>{c.name || t('desk.customer')}</span>
            <span className="figures">
              <ContactState contact={c} t={t} /> <Elapsed since={c.since} />
            </span>
          </button>
        ))}
      </section>
      <AgentActions agent={agent} />
      <AgentSkills agent={agent} />
    </SidePanel>
  );
}
