import { Button, Menu, SegmentedControl } from '@mantine/core';
import { IconArrowForwardUp, IconChevronDown, IconDoorExit, IconEye, IconEyeOff, IconX } from '@tabler/icons-react';
import { asFault } from '../api/client';
import type { Contact } from '../api/types';
import { keyTable } from '../kit/keys';
import { Kbd } from '../kit/Kbd';
import { Refusal } from '../kit/states';
import { Elapsed, Remaining } from '../kit/time';
import { useTexts } from '../kit/texts';
import { useDo } from './do';
import './Participants.css';
import { useActions, useMe } from './queries';
import { isMine, may, ownChoices, roleIn, type Participant, type Role } from './roles';

const unseen = new Set<string>(['consulted', 'monitoring', 'whispering']);

/** Who takes part, and what one may do about it: the owner about guests, everybody about oneself. */
export function Participants({ contact }: { contact: Contact }) {
  const t = useTexts();
  const me = useMe();
  const actions = useActions(contact);
  const mine = isMine(contact);
  const { role, leave, handOver, takeOver } = actions;
  const fault = role.error ?? leave.error ?? handOver.error ?? takeOver.error;
  const reset = () => [role, leave, handOver, takeOver].forEach((a) => a.reset());
  const first = contact.participants.find((p) => p.state === 'active' && p.by === me?.user.id);
  const goes = () => !leave.isPending && leave.mutate(undefined);
  const takes = () => !takeOver.isPending && takeOver.mutate();
  const takeable = !mine && may(me, 'take_over');
  useDo({
    ...(!mine ? { leave: goes } : {}),
    ...(takeable ? { takeover: takes } : {}),
    ...(mine && first ? { handover: () => !handOver.isPending && handOver.mutate({ to: first.agent, stay: false }) } : {}),
    ...(mine && first?.role === 'consulted' ? { bring: () => !role.isPending && role.mutate({ agent: first.agent, role: 'conferenced' }) } : {}),
  });
  if (mine && contact.participants.length === 0) return null;
  return (
    <div className="parts" role="group" aria-label={t('desk.participants')}>
      <ul>
        {!mine && (
          <li className="participant" data-state="active">
            <IconEye size={14} aria-hidden="true" />
            <strong>{contact.agent_name}</strong>
            <span className="participant-role">{t('desk.role_owner')}</span>
          </li>
        )}
        {contact.participants.map((p) => (
          <li key={p.agent} className="participant" data-state={p.state} data-unseen={unseen.has(p.role)}>
            <One p={p} contact={contact} mine={mine} first={p === first} actions={actions} me={me?.user.id ?? ''} />
          </li>
        ))}
      </ul>
      {!mine && (
        <div className="parts-mine">
          <OwnRole contact={contact} change={(to) => role.mutate({ role: to })} busy={role.isPending} />
          {takeable && (
            <Button size="compact-sm" variant="default" loading={takeOver.isPending} onClick={takes} rightSection={<Kbd keys={keyTable.takeover.shown} />}>
              {t('desk.take_over')}
            </Button>
          )}
          <Button
            size="compact-sm" variant="default" loading={leave.isPending} onClick={goes} leftSection={<IconDoorExit size={15} aria-hidden="true" />}
            rightSection={<Kbd keys={keyTable.leave.shown} />}
          >
            {t('desk.leave_this')}
          </Button>
        </div>
      )}
      {fault && (
        <div className="parts-refused">
          <Refusal fault={asFault(fault)} close={reset} />
        </div>
      )}
    </div>
  );
}

interface OneProps {
  p: Participant;
  contact: Contact;
  mine: boolean;
  /** The keys are about this one. */
  first: boolean;
  me: string;
  actions: ReturnType<typeof useActions>;
}

/** One who takes part. Whom the owner asked in, the owner may bring to the customer, hand over to, or send out. */
function One({ p, mine, first, me, actions: { role, leave, handOver } }: OneProps) {
  const t = useTexts();
  const asked = p.state === 'offered';
  // Whoever listens or whispers came by the own choice, and so may somebody in the conversation: the server knows.
  const guest = mine && (p.by !== undefined || p.role === 'conferenced');
  const Icon = unseen.has(p.role) ? IconEyeOff : IconEye;
  const busy = role.isPending || leave.isPending || handOver.isPending;
  return (
    <>
      <Icon size={14} aria-hidden="true" />
      <strong>{p.agent === me ? t('desk.you') : p.name}</strong>
      <span className="participant-role">
        {asked ? t(`desk.asked_${p.role === 'conferenced' ? 'conferenced' : 'consulted'}`) : t(`desk.role_${p.role}`)}{' '}
        {asked ? p.deadline_at ? <Remaining until={p.deadline_at} /> : null : <Elapsed since={p.since} />}
      </span>
      {guest && !asked && p.role === 'consulted' && (
        <Button
          size="compact-xs" variant="default" disabled={busy} rightSection={first && <Kbd keys={keyTable.bring.shown} />}
          onClick={() => role.mutate({ agent: p.agent, role: 'conferenced' })}
        >
          {t('desk.bring_in')}
        </Button>
      )}
      {guest && !asked && (p.role === 'consulted' || p.role === 'conferenced') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="compact-xs" variant="default" disabled={busy} rightSection={<IconChevronDown size={13} aria-hidden="true" />}>
              {t('desk.hand_over')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconArrowForwardUp size={15} aria-hidden="true" />} rightSection={first && <Kbd keys={keyTable.handover.shown} />}
              onClick={() => handOver.mutate({ to: p.agent, stay: false })}
            >
              {t('desk.hand_over_leave')}
            </Menu.Item>
            <Menu.Item leftSection={<IconEye size={15} aria-hidden="true" />} onClick={() => handOver.mutate({ to: p.agent, stay: true })}>
              {t('desk.hand_over_stay')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {guest && (
        <button
          type="button" className="tool" disabled={busy} aria-label={t(asked ? 'desk.withdraw' : 'desk.send_out', { name: p.name })}
          title={t(asked ? 'desk.withdraw' : 'desk.send_out', { name: p.name })} onClick={() => leave.mutate(p.agent)}
        >
          <IconX size={14} aria-hidden="true" />
        </button>
      )}
    </>
  );
}

/** What I do here by my own choice: listen, whisper, or talk with the customer. */
function OwnRole({ contact, change, busy }: { contact: Contact; change: (to: Role) => void; busy: boolean }) {
  const t = useTexts();
  const me = useMe();
  const now = roleIn(contact);
  const choices = ownChoices.filter((c) => c.role === now || may(me, c.permission));
  if (choices.length < 2) return null;
  return (
    <SegmentedControl
      size="xs" aria-label={t('desk.my_part')} value={now} disabled={busy} onChange={(to) => change(to as Role)}
      data={[...(now === 'consulted' ? [{ value: now, label: t('desk.role_consulted') }] : []), ...choices.map((c) => ({ value: c.role, label: t(`desk.do_${c.role as 'monitoring'}`) }))]}
    />
  );
}
