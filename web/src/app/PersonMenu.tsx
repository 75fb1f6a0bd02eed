import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconApi, IconChevronDown, IconComponents, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun, IconVolume, IconVolumeOff } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api, asFault, type Fault } from '../api/client';
import type { Me } from '../api/types';
import { stopWorking } from '../desk/leaving';
import { Avatar } from '../kit/Avatar';
import { useCommands } from '../kit/commands';
import { Kbd } from '../kit/Kbd';
import { keyTable } from '../kit/keys';
import { Refusal } from '../kit/states';
import { languages, useLanguage, useTexts, type Language } from '../kit/texts';
import { useChooseLanguage } from './language';
import { mute, muted } from './notify';
import { useForget, works } from './session';

const schemes = [
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
  { value: 'auto', icon: IconDeviceDesktop },
] as const;

/** Who I am, and how I want the screens: language, colours, sounds, keys; and the way out. */
export function PersonMenu({ me, showKeys }: { me: Me; showKeys: () => void }) {
  const t = useTexts();
  const forget = useForget();
  const navigate = useNavigate();
  const language = useLanguage();
  const chooseLanguage = useChooseLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [silent, setSilent] = useState(muted);
  const [fault, setFault] = useState<Fault>();
  const name = `${me.user.first_name} ${me.user.last_name}`.trim() || me.user.name;

  async function leave(): Promise<void> {
    try {
      if (works(me) && !(await stopWorking())) return;
      await answer(api.DELETE('/api/v1/session'));
      forget();
    } catch (thrown) {
      setFault(asFault(thrown));
    }
  }
  function toggleSound(): void {
    mute(!silent);
    setSilent(!silent);
  }

  useCommands([
    ...schemes.map((s) => ({ id: `app.scheme_${s.value}`, title: t(`app.scheme_${s.value}`), run: () => setColorScheme(s.value) })),
    { id: 'app.sound', title: silent ? t('app.sound_on') : t('app.sound_off'), run: toggleSound },
    { id: 'app.keys', title: t('app.keys'), keys: keyTable.keys.shown, run: showKeys },
    { id: 'app.sign_out', title: t('app.sign_out'), run: () => void leave() },
  ]);

  return (
    <div className="person">
      <Menu position="bottom-end" width={250}>
        <Menu.Target>
          <button type="button" className="bar-button">
            <Avatar name={name} size={26} />
            <span className="person-name">{name}</span>
            <IconChevronDown size={14} aria-hidden="true" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {me.user.name} · {me.unit.name}
          </Menu.Label>
          <Menu.Divider />
          <Menu.Label>{t('app.language')}</Menu.Label>
          <Menu.RadioGroup value={language} onChange={(value) => chooseLanguage(me, value as Language)} aria-label={t('app.language')}>
            {languages.map((l) => (
              <Menu.RadioItem key={l.value} value={l.value} lang={l.tag}>
                {l.label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Label>{t('app.scheme')}</Menu.Label>
          <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)} aria-label={t('app.scheme')}>
            {schemes.map(({ value, icon: Icon }) => (
              <Menu.RadioItem key={value} value={value} rightSection={<Icon size={16} aria-hidden="true" />}>
                {t(`app.scheme_${value}`)}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item
            leftSection={silent ? <IconVolume size={16} aria-hidden="true" /> : <IconVolumeOff size={16} aria-hidden="true" />} onClick={toggleSound}
          >
            {silent ? t('app.sound_on') : t('app.sound_off')}
          </Menu.Item>
          <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden="true" />} rightSection={<Kbd keys={keyTable.keys.shown} />} onClick={showKeys}>
            {t('app.keys')}
          </Menu.Item>
          <Menu.Item component="a" href="/api/docs" target="_blank" leftSection={<IconApi size={16} aria-hidden="true" />}>
            {t('app.api_docs')}
          </Menu.Item>
          <Menu.Item leftSection={<IconComponents size={16} aria-hidden="true" />} onClick={() => void navigate({ to: '/components' })}>
            {t('app.components')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden="true" />} onClick={() => void leave()}>
            {t('app.sign_out')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {fault && (
        <div className="person-fault">
          <Refusal fault={fault} close={() => setFault(undefined)} />
        </div>
      )}
    </div>
  );
}
