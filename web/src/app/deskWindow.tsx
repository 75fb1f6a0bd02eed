import { Button } from '@mantine/core';
import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { newId } from '../kit/id';
import { Empty } from '../kit/states';
import { useTexts } from '../kit/texts';
import { Claim, type Holding } from './claim';

interface DeskWindow {
  /** mine: this window is the desk; it rings and shows contacts. */
  state: Holding;
  take: () => void;
}

const DeskContext = createContext<DeskWindow>({ state: 'mine', take: () => undefined });

/** Settles which of an agent's windows is the desk. */
export function DeskWindowProvider({ agent, children }: { agent: boolean; children: ReactNode }) {
  const claim = useRef<Claim>(undefined);
  const [state, setState] = useState<Holding>('asking');
  useEffect(() => {
    if (!agent) return;
    const own = new Claim(new BroadcastChannel('portico.desk') as never, newId(), (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    }, setState);
    claim.current = own;
    own.ask();
    const look = () => own.ask();
    const leave = () => own.leave();
    window.addEventListener('focus', look);
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('focus', look);
      window.removeEventListener('pagehide', leave);
      own.leave();
    };
  }, [agent]);
  const value = useMemo(() => ({ state: agent ? state : ('mine' as const), take: () => claim.current?.take() }), [agent, state]);
  return <DeskContext.Provider value={value}>{children}</DeskContext.Provider>;
}

/** Whether this window is the agent's desk; what rings or sends by itself does so only there. */
export function useDeskWindow(): DeskWindow {
  return useContext(DeskContext);
}

/** Shows the desk in one window, and in all others where it is. */
export function OnlyDesk({ children }: { children: ReactNode }) {
  const t = useTexts();
  const { state, take } = useDeskWindow();
  if (state === 'mine') return children;
  return (
    <div className="page-centre">
      <h1 className="unseen">{t('app.nav_desk')}</h1>
      {state === 'elsewhere' && (
        <Empty title={t('app.desk_elsewhere')}>
          <p>{t('app.desk_elsewhere_more')}</p>
          <Button size="sm" onClick={take} autoFocus>
            {t('app.desk_take')}
          </Button>
        </Empty>
      )}
    </div>
  );
}
