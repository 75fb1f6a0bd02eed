import { Menu } from '@mantine/core';
import { IconMail, IconMessageCircle, IconPhone, IconPhoneOutgoing, IconStack2 } from '@tabler/icons-react';
import type { Desk, DomainState } from '../api/types';
import { domainName } from '../kit/names';
import { useTexts } from '../kit/texts';
import type { Change } from './state';

const icons: Record<string, typeof IconMail> = { chat: IconMessageCircle, email: IconMail, voice: IconPhone, outbound: IconPhoneOutgoing };

interface Props {
  desk: Desk;
  reasons: readonly { id: string; name: string }[];
  change: (to: Change) => void;
}

/** One switch for each medium that I serve; with a single one my state says it all. */
export function MediaSwitches({ desk, reasons, change }: Props) {
  const t = useTexts();
  if (!desk.signed_in || desk.domains.length < 2) return null;
  return (
    <div className="media-switches" role="group" aria-label={t('desk.media')}>
      {desk.domains.map((d) => (
        <Switch key={d.domain} domain={d} reasons={reasons} change={change} />
      ))}
    </div>
  );
}

/** On: at once. Off: with the reason, as for the whole state. */
function Switch({ domain: d, reasons, change }: { domain: DomainState } & Omit<Props, 'desk'>) {
  const t = useTexts();
  const name = domainName(t, d.domain);
  const Icon = icons[d.domain] ?? IconStack2;
  const said = t(d.available ? 'desk.medium_on' : 'desk.medium_off', { name, count: d.in_hand, capacity: d.capacity });
  const face = (
    <>
      <Icon size={16} aria-hidden="true" />
      <span className="figures">
        {d.in_hand}/{d.capacity}
      </span>
    </>
  );
  if (!d.available) {
    return (
      <button type="button" className="medium-switch" data-on="false" aria-label={said} title={said} onClick={() => change({ domains: [d.domain] })}>
        {face}
      </button>
    );
  }
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className="medium-switch" data-on="true" aria-label={said} title={said}>
          {face}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('desk.unavailable_for', { name })}</Menu.Label>
        {reasons.map((r) => (
          <Menu.Item key={r.id} onClick={() => change({ reason: r.id, domains: [d.domain] })}>
            {r.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
