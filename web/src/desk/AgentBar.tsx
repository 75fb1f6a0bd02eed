import { Button, Menu } from '@mantine/core';
import { IconBell, IconChevronDown, IconCircleCheckFilled, IconCircleMinus, IconCircleX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useRouter } from '@tanstack/react-router';
import { useState, type KeyboardEvent } from 'react';
import { answer, api, asFault, type Fault } from '../api/client';
import type { Contact } from '../api/types';
import { askToNotify, mayAsk } from '../app/notify';
import { useCommands } from '../kit/commands';
import { closedDomains } from '../kit/names';
import { Kbd } from '../kit/Kbd';
import { keyTable } from '../kit/keys';
import { Refusal } from '../kit/states';
import { Elapsed } from '../kit/time';
import { useTexts } from '../kit/texts';
import './AgentBar.css';
import { useDo } from './do';
import { LeaveDialog } from './LeaveDialog';
import { stopWorking } from './leaving';
import { MediaSwitches } from './MediaSwitches';
import { MyDay } from './MyDay';
import { useOfferNews } from './news';
import { offerTitle } from './offer';
import { reasonsQuery, useDesk, useMe, usePresence, useReasonName } from './queries';
import { may } from './roles';
import { useOutbox } from './sending';
import { standing, useChangeState, type Change } from './state';

const icons = { off: IconCircleX, available: IconCircleCheckFilled, partly: IconCircleMinus, unavailable: IconCircleMinus };
const digits = 9;

/** The menu may be opened by a key, wherever the focus is: it goes to the first reason. */
function focusAtOnce(item: HTMLButtonElement | null): void {
  item?.focus({ preventScroll: true });
}

/** The agent's own state in the top bar: shown with its timer, changed by a click or a key. */
export function AgentBar() {
  const t = useTexts();
  usePresence();
  useOutbox();
  const { data: desk } = useDesk();
  const reasons = useQuery(reasonsQuery).data;
  const reasonName = useReasonName();
  const router = useRouter();
  const atDesk = useLocation().pathname === '/desk';
  const [open, setOpen] = useState(false);
  const [fault, setFault] = useState<Fault>();
  /** What was refused, and may be done all the same by who is permitted. */
  const [refused, setRefused] = useState<() => void>();
  const overrides = may(useMe(), 'override_minimum');
  const [asks, setAsks] = useState(mayAsk);
  const offer = desk?.contacts.find((c) => c.state === 'offered');
  const offered = offer ? offerTitle(t, offer.medium) : '';

  const changing = useChangeState();
  function change(to: Change): void {
    setFault(undefined);
    changing.mutate(to, { onError: (thrown) => refuse(thrown, () => change({ ...to, force: true })) });
  }
  function refuse(thrown: unknown, anyway: () => void): void {
    const why = asFault(thrown);
    setFault(why);
    setRefused(why.code === 'minimum' && overrides ? () => anyway : undefined);
  }
  function leave(force = false): void {
    setFault(undefined);
    stopWorking(force).catch((thrown: unknown) => refuse(thrown, () => leave(true)));
  }

  function accept({ id, offer: number }: Contact): void {
    void router.navigate({ to: '/desk' });
    answer(api.POST('/api/v1/contacts/{id}/accept', { params: { path: { id } }, body: { offer: number } })).catch((thrown: unknown) => setFault(asFault(thrown)));
  }
  useOfferNews(offer, accept);

  const state = desk && standing(desk);
  const choices = (reasons ?? []).filter((r) => r.body.use === 'unavailable' && !r.built_in);
  useDo({
    state: () => {
      if (!state || desk.domains.length === 0) return;
      if (state.kind === 'available') setOpen(true);
      else change({});
    },
  });
  useCommands([
    ...choices.map((r) => ({ id: `state ${r.id}`, title: t('desk.become_unavailable', { name: r.name }), run: () => change({ reason: r.id }) })),
    ...(desk?.signed_in ? [{ id: 'stop', title: t('desk.stop'), run: () => leave() }] : []),
  ]);
  if (!desk || !state) return null;
  const Icon = icons[state.kind];
  const reason = state.kind === 'available' ? '' : reasonName(state.reason);

  // In the open menu a reason is taken by its digit.
  function onMenuKey(event: KeyboardEvent): void {
    const chosen = /^[1-9]$/.test(event.key) && choices[Number(event.key) - 1];
    if (!chosen) return;
    event.preventDefault();
    setOpen(false);
    change({ reason: chosen.id });
  }

  return (
    <div className="agent-bar">
      {offer && !atDesk && (
        <Link to="/desk" className="bar-button offer-elsewhere">
          <IconBell size={16} aria-hidden="true" />
          {t('desk.offer_elsewhere', { what: offered })}
        </Link>
      )}
      {asks && (
        <button
          type="button" className="bar-button quiet" aria-label={t('desk.notifications')} title={t('desk.notifications')}
          onClick={() => void askToNotify().then(() => setAsks(mayAsk()))}
        >
          <IconBell size={16} aria-hidden="true" />
          <span>{t('desk.notifications')}</span>
        </button>
      )}
      {desk.domains.length > 0 && <MyDay />}
      <MediaSwitches desk={desk} reasons={choices} change={change} />
      {desk.domains.length > 0 && <Menu opened={open} onChange={setOpen} position="bottom-end" width={260}>
        <Menu.Target>
          <button type="button" className="bar-button agent-state" data-state={state.kind} aria-busy={changing.isPending}>
            <Icon size={17} aria-hidden="true" />
            <span className="agent-state-name">
              {t(`desk.state_${state.kind}`, { domains: closedDomains(t, desk.domains) })}
              {reason && <small> · {reason}</small>}
            </span>
            {state.since > 0 && <Elapsed since={state.since} />}
            <IconChevronDown size={14} aria-hidden="true" />
          </button>
        </Menu.Target>
        <Menu.Dropdown onKeyDown={onMenuKey}>
          <Menu.Item
            leftSection={<IconCircleCheckFilled size={16} color="var(--good)" />}
            rightSection={state.kind === 'available' ? undefined : <Kbd keys={keyTable.state.shown} />}
            disabled={state.kind === 'available'} onClick={() => change({})}
          >
            {t('desk.state_available')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t('desk.state_unavailable')}</Menu.Label>
          {choices.map((choice, i) => (
            <Menu.Item
              key={choice.id} ref={i === 0 ? focusAtOnce : undefined} leftSection={<IconCircleMinus size={16} color="var(--warn)" />} rightSection={i < digits ? <kbd>{i + 1}</kbd> : undefined}
              onClick={() => change({ reason: choice.id })}
            >
              {choice.name}
            </Menu.Item>
          ))}
          {desk.signed_in && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconCircleX size={16} />} onClick={() => leave()}>
                {t('desk.stop')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>}
      {fault && (
        <div className="agent-fault">
          <Refusal fault={fault} close={() => setFault(undefined)} />
          {refused && fault.code === 'minimum' && (
            <Button size="compact-sm" variant="default" onClick={refused}>
              {t('desk.all_the_same')}
            </Button>
          )}
        </div>
      )}
      <LeaveDialog contacts={desk.contacts} />
    </div>
  );
}
