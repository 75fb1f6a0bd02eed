import { Menu } from '@mantine/core';
import { IconBell, IconChevronDown, IconCircleCheckFilled, IconCircleMinus, IconCircleX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api, asFault, type Fault } from '../api/client';
import type { Desk } from '../api/types';
import { useLive } from '../app/live';
import { closedDomains } from '../kit/names';
import { useKeys } from '../kit/keys';
import { Refusal } from '../kit/states';
import { Elapsed } from '../kit/time';
import { useTexts } from '../kit/texts';
import { keys } from '../live/reduce';
import { mayAsk, useOfferAlert } from './alerts';
import './AgentBar.css';
import { reasonsQuery, useDesk, usePresence, useReasonName } from './queries';
import { useOutbox } from './sending';

/** What the agent is: of all domains served, available wins; the oldest change tells since when. */
function stateOf(desk: Desk): { kind: 'off' | 'available' | 'partly' | 'unavailable'; reason?: string; since: number } {
  const since = Math.max(desk.since ?? 0, ...desk.domains.map((d) => d.since ?? 0));
  if (!desk.signed_in) return { kind: 'off', since: desk.since ?? 0 };
  const open = desk.domains.filter((d) => d.available).length;
  if (open === desk.domains.length && open > 0) return { kind: 'available', since };
  const reason = desk.domains.find((d) => !d.available)?.reason;
  return { kind: open > 0 ? 'partly' : 'unavailable', reason, since };
}

const icons = { off: IconCircleX, available: IconCircleCheckFilled, partly: IconCircleMinus, unavailable: IconCircleMinus };

/** The agent's own state in the top bar: shown with its timer, changed by a click or a key. */
export function AgentBar() {
  const t = useTexts();
  usePresence();
  useOutbox();
  const { data: desk } = useDesk();
  const reasons = useQuery(reasonsQuery).data;
  const reasonName = useReasonName();
  const cache = useQueryClient();
  const { status } = useLive();
  const atDesk = useLocation().pathname === '/desk';
  const [open, setOpen] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const [asks, setAsks] = useState(mayAsk);
  const offer = desk?.contacts.find((c) => c.state === 'offered');
  useOfferAlert(offer, t('desk.offer'));

  const change = useMutation({
    mutationFn: (to: { reason?: string }) =>
      answer(api.PUT('/api/v1/agent/state', { body: { available: to.reason === undefined, reason: to.reason } })),
    onMutate: () => setFault(undefined),
    onError: (thrown) => setFault(asFault(thrown)),
    onSettled: () => {
      if (status !== 'live') void cache.invalidateQueries({ queryKey: keys.desk });
    },
  });
  const leave = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/agent/sign-out', { body: {} })),
    onMutate: () => setFault(undefined),
    onError: (thrown) => setFault(asFault(thrown)),
  });

  const state = desk && stateOf(desk);
  useKeys({
    state: () => {
      if (!state) return;
      if (state.kind === 'available') setOpen(true);
      else change.mutate({});
    },
  });
  if (!desk || !state) return null;
  const Icon = icons[state.kind];
  const choices = (reasons ?? []).filter((r) => r.body.use === 'unavailable' && !r.built_in);

  return (
    <div className="agent-bar">
      {offer && !atDesk && (
        <Link to="/desk" className="bar-button offer-elsewhere">
          <IconBell size={16} aria-hidden="true" />
          {t('desk.offer_elsewhere')}
        </Link>
      )}
      {asks && (
        <button
          type="button" className="bar-button quiet"
          onClick={() => void Notification.requestPermission().then(() => setAsks(mayAsk()))}
        >
          <IconBell size={16} aria-hidden="true" />
          {t('desk.notifications')}
        </button>
      )}
      <Menu opened={open} onChange={setOpen} position="bottom-end" width={240}>
        <Menu.Target>
          <button type="button" className="bar-button agent-state" data-state={state.kind} aria-busy={change.isPending}>
            <Icon size={17} aria-hidden="true" />
            <span className="agent-state-name">
              {t(`desk.state_${state.kind}`, { domains: closedDomains(t, desk.domains) })}
              {state.kind !== 'available' && reasonName(state.reason) && <small> · {reasonName(state.reason)}</small>}
            </span>
            {state.since > 0 && <Elapsed since={state.since} />}
            <IconChevronDown size={14} aria-hidden="true" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconCircleCheckFilled size={16} color="var(--good)" />} rightSection={state.kind === 'available' ? undefined : <kbd>Alt S</kbd>}
            disabled={state.kind === 'available'} onClick={() => change.mutate({})}
          >
            {t('desk.state_available')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t('desk.state_unavailable')}</Menu.Label>
          {choices.map((reason) => (
            <Menu.Item
              key={reason.id} leftSection={<IconCircleMinus size={16} color="var(--warn)" />}
              onClick={() => change.mutate({ reason: reason.id })}
            >
              {reason.name}
            </Menu.Item>
          ))}
          {desk.signed_in && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconCircleX size={16} />} onClick={() => leave.mutate()}>
                {t('desk.stop')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {fault && (
        <div className="agent-fault">
          <Refusal fault={fault} close={() => setFault(undefined)} />
        </div>
      )}
    </div>
  );
}
