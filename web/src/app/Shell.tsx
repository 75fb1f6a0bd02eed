import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { IconBuildingArch, IconKeyboard, IconLanguage, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { answer, api, asFault, type Fault } from '../api/client';
import type { Me } from '../api/types';
import { AgentBar } from '../desk/AgentBar';
import { KeyHelp } from '../kit/KeyHelp';
import { useKeys } from '../kit/keys';
import { LeaveQuestion } from '../kit/leave';
import { Refusal } from '../kit/states';
import { choose, languages, useTexts } from '../kit/texts';
import { Banners } from './Banners';
import { has, useForget } from './session';
import './Shell.css';

const Palette = lazy(() => import('./Palette'));

/** The frame around everybody's work: who, where, the state of the connection. */
export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const t = useTexts();
  const main = useRef<HTMLElement>(null);
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  useKeys({ keys: () => setHelp(true), palette: () => setPalette(true) });
  useEffect(() => {
    document.title = 'Portico';
  }, []);
  return (
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
          {has(me, 'agent') && <Link to="/desk">{t('app.nav_desk')}</Link>}
          {has(me, 'supervisor', 'business_administrator', 'system_administrator') && <Link to="/supervisor">{t('app.nav_supervisor')}</Link>}
          {has(me, 'business_administrator', 'system_administrator') && <Link to="/manager">{t('app.nav_manager')}</Link>}
        </nav>
        <div className="bar-middle">{has(me, 'agent') && <AgentBar />}</div>
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
  );
}

function PersonMenu({ me, showKeys }: { me: Me; showKeys: () => void }) {
  const t = useTexts();
  const forget = useForget();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [fault, setFault] = useState<Fault>();
  const name = `${me.user.first_name} ${me.user.last_name}`.trim() || me.user.name;
  const dark = colorScheme === 'dark' || (colorScheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);

  async function leave(): Promise<void> {
    try {
      if (has(me, 'agent')) await answer(api.POST('/api/v1/agent/sign-out', { body: {} }));
      await answer(api.DELETE('/api/v1/session'));
      forget();
    } catch (thrown) {
      setFault(asFault(thrown));
    }
  }

  return (
    <div className="person">
      <Menu position="bottom-end">
        <Menu.Target>
          <button type="button" className="bar-button">
            <IconUserCircle size={20} aria-hidden="true" />
            <span className="person-name">{name}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {me.user.name} · {me.unit.name}
          </Menu.Label>
          <Menu.Item leftSection={dark ? <IconSun size={16} /> : <IconMoon size={16} />} onClick={() => setColorScheme(dark ? 'light' : 'dark')}>
            {dark ? t('app.light') : t('app.dark')}
          </Menu.Item>
          {languages.map((l) => (
            <Menu.Item key={l.value} lang={l.tag} leftSection={<IconLanguage size={16} />} onClick={() => void choose(l.value)}>
              {l.label}
            </Menu.Item>
          ))}
          <Menu.Item leftSection={<IconKeyboard size={16} />} rightSection={<kbd>Alt K</kbd>} onClick={showKeys}>
            {t('app.keys')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
            {t('app.sign_out')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {fault && (
        <div className="person-fault">
          <Refusal fault={fault} close={() => setFault(undefined)} />
        </div>
      )}
      <ActionIcon variant="subtle" color="gray" aria-label={t('app.keys')} onClick={showKeys}>
        <IconKeyboard size={18} aria-hidden="true" />
      </ActionIcon>
    </div>
  );
}
