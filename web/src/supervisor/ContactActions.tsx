import { Button, SegmentedControl, Textarea } from '@mantine/core';
import { useState } from 'react';
import { asFault } from '../api/client';
import type { Contact } from '../api/types';
import { Confirm } from '../kit/Confirm';
import { Refusal } from '../kit/states';
import { useTexts } from '../kit/texts';
import { useMay, useSteerContact, type JoinRole } from './steer';

const roles: { role: JoinRole; permission: string; text: 'supervisor.monitor' | 'supervisor.whisper' | 'supervisor.barge_in' }[] = [
  { role: 'monitoring', permission: 'monitor', text: 'supervisor.monitor' },
  { role: 'whispering', permission: 'whisper', text: 'supervisor.whisper' },
  { role: 'conferenced', permission: 'barge_in', text: 'supervisor.barge_in' },
];

/** Listening in, whispering, barging in, taking over, ending: as far as one may, and as far as the contact has it. */
export function ContactActions({ contact }: { contact: Contact }) {
  const t = useTexts();
  const { me, works, may } = useMay();
  const { join, role, leave, takeOver, end, say } = useSteerContact(contact);
  const [ending, setEnding] = useState(false);
  const [text, setText] = useState('');
  const part = contact.participants.find((p) => p.agent === me && p.state === 'active');
  const talks = contact.state === 'active' || contact.state === 'interrupted';
  const mine = contact.agent === me;
  const choices = roles.filter((r) => works && may(r.permission) && contact.domain === 'chat');
  const over = contact.state === 'wrap_up' || contact.state === 'ended';
  const fault = join.error ?? role.error ?? leave.error ?? takeOver.error ?? say.error;
  const speaks = part?.role === 'conferenced' ? 'text' : part?.role === 'whispering' ? 'whisper' : undefined;
  return (
    <section aria-label={t('supervisor.steering')} className="steering">
      {part && (
        <>
          <SegmentedControl
            size="xs" aria-label={t('supervisor.my_role')} value={part.role} data={choices.map((c) => ({ value: c.role, label: t(c.text) }))}
            onChange={(value) => value !== part.role && role.mutate(value as JoinRole)}
          />
          <p className="hint">{t(`supervisor.role_${part.role}`)}</p>
          {speaks && (
            <form
              className="floor-do"
              onSubmit={(event) => {
                event.preventDefault();
                if (text.trim()) say.mutate({ text, kind: speaks }, { onSuccess: () => setText('') });
              }}
            >
              <Textarea
                size="xs" autosize minRows={1} maxRows={5} label={t(speaks === 'text' ? 'supervisor.say_customer' : 'supervisor.say_agents')} value={text}
                onChange={(e) => setText(e.currentTarget.value)}
                onKeyDown={(e) => {
                  if (e.key === 'Enter' && !e.shiftKey) {
                    e.preventDefault();
                    e.currentTarget.form?.requestSubmit();
                  }
                }}
              />
              <Button type="submit" loading={say.isPending} disabled={!text.trim()}>
                {t('supervisor.send')}
              </Button>
            </form>
          )}
        </>
      )}
      <div className="deeds">
        {talks && !part && !mine && choices.map((c) => (
          <Button key={c.role} variant="default" loading={join.isPending && join.variables === c.role} onClick={() => join.mutate(c.role)}>
            {t(c.text)}
          </Button>
        ))}
        {part && (
          <Button variant="default" loading={leave.isPending} onClick={() => leave.mutate()}>
            {t('supervisor.leave')}
          </Button>
        )}
        {!over && !mine && works && may('take_over') && (
          <Button variant="default" loading={takeOver.isPending} onClick={() => takeOver.mutate()}>
            {t('supervisor.take_over')}
          </Button>
        )}
        {!over && may('end') && (
          <Button variant="default" color="red" onClick={() => setEnding(true)}>
            {t('supervisor.end')}
          </Button>
        )}
      </div>
      {fault && <Refusal fault={asFault(fault)} />}
      {ending && (
        <Confirm
          title={t('supervisor.end_this', { name: contact.name || t('desk.customer') })} yes={t('supervisor.end')} danger busy={end.isPending}
          fault={end.error && asFault(end.error)} run={() => end.mutate(undefined, { onSuccess: () => setEnding(false) })} close={() => setEnding(false)}
        >
          <p>{t(talks ? 'supervisor.end_talk' : 'supervisor.end_wait')}</p>
        </Confirm>
      )}
    </section>
  );
}
