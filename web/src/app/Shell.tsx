import { IconBuildingArch, IconSearch } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import type { Me } from '../api/types';
import { AgentBar } from '../desk/AgentBar';
import { useCommands } from '../kit/commands';
import { Kbd } from '../kit/Kbd';
import { KeyHelp } from '../kit/KeyHelp';
import { keyTable, useKeys } from '../kit/keys';
import { LeaveQuestion } from '../kit/leave';
import { useTexts } from '../kit/texts';
import { AlertBell } from './AlertBell';
import { Banners } from './Banners';
import { DeskWindowProvider } from './deskWindow';
import { setTitle } from './notify';
import { PersonMenu } from './PersonMenu';
import { has, works } from './session';
import './Shell.css';

const Palette = lazy(() => import('./Palette'));

/** The frame around everybody's work: who, where, the state of the connection. */
export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const t = useTexts();
  const main = useRef<HTMLElement>(null);
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  useKeys({ keys: () => setHelp(true), palette: () => setPalette(true) });
  const areas = areasOf(me);
  const navigate = useNavigate();
  useCommands(areas.map((area) => ({ id: area, title: t('kit.palette_go', { place: t(`app.nav_${area}`) }), run: () => void navigate({ to: `/${area}` }) })));
  useEffect(() => setTitle('Portico'), []);
  return (
    <DeskWindowProvider agent={works(me)}>
    <div className="shell">
      <a
        className="skip" href="#work"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <header className="bar">
        <span className="brand">
          <IconBuildingArch size={20} aria-hidden="true" />
          Portico
        </span>
        <nav aria-label={t('app.nav')}>
          {areas.map((area) => (
            <Link key={area} to={`/${area}`}>
              {t(`app.nav_${area}`)}
            </Link>
          ))}
        </nav>
        <div className="bar-middle">{works(me) && <AgentBar />}</div>
        <button type="button" className="bar-button bar-search" title={t('kit.palette')} onClick={() => setPalette(true)}>
          <IconSearch size={17} aria-hidden="true" />
          <span className="unseen">{t('kit.palette')}</span>
          <Kbd keys={keyTable.palette.shown} />
        </button>
        {has(me, ...steering) && <AlertBell />}
        <PersonMenu me={me} showKeys={() => setHelp(true)} />
      </header>
      <Banners kept={me.desktop_grace_s} />
      <main id="work" ref={main} tabIndex={-1}>
        {children}
      </main>
      {help && <KeyHelp close={() => setHelp(false)} />}
      {palette && (
        <Suspense>
          <Palette me={me} close={() => setPalette(false)} />
        </Suspense>
      )}
      <LeaveQuestion />
    </div>
    </DeskWindowProvider>
  );
}

const steering = ['supervisor', 'business_administrator', 'system_administrator'] as const;

/** Where somebody may go, by role. */
export function areasOf(me: Me): ('desk' | 'supervisor' | 'manager')[] {
  const areas: ('desk' | 'supervisor' | 'manager')[] = [];
  if (works(me)) areas.push('desk');
  if (has(me, ...steering)) areas.push('supervisor');
  if (has(me, 'supervisor', 'business_administrator', 'system_administrator')) areas.push('manager');
  return areas;
}
