import { Button } from '@mantine/core';
import {
  IconAlertTriangle, IconCalendar, IconChevronDown, IconChevronRight, IconClock, IconHourglass, IconPhotoOff, IconRobot, IconSend, IconShieldCheck,
  IconShieldX, IconUserQuestion,
} from '@tabler/icons-react';
import { useId, useMemo, useState, type ReactNode } from 'react';
import { dateTime, useTexts, type Say } from '../kit/texts';
import { plainSubject, written } from './addresses';
import { files, pieces, shownHtml } from './body';
import { MailFrame } from './MailFrame';
import { MailParts, RawMail } from './MailParts';
import type { Mail, MailAddress } from './types';

interface Props {
  contact: string;
  mail: Mail;
  open: boolean;
  toggle: () => void;
  /** Writes again what was not sent. */
  again?: ((mail: Mail) => void) | undefined;
}

/** One mail: who wrote it, to whom, what, and what became of it. */
export function MailCard({ contact, mail, open, toggle, again }: Props) {
  const t = useTexts();
  const id = useId();
  const who = mail.direction === 'out' ? mail.by_name || mail.from.name || mail.from.address : mail.from.name || mail.from.address;
  return (
    <article className="mail" data-direction={mail.direction} data-expert={mail.expert} aria-labelledby={id}>
      <header className="mail-head">
        <button type="button" className="mail-toggle" aria-expanded={open} onClick={toggle}>
          {open ? <IconChevronDown size={15} aria-hidden="true" /> : <IconChevronRight size={15} aria-hidden="true" />}
          <span className="mail-who" id={id}>{who}</span>
          <span className="mail-line">{open ? plainSubject(mail.subject) : `${plainSubject(mail.subject)} — ${mail.text.slice(0, 200)}`}</span>
          <time>{dateTime(mail.date || mail.at)}</time>
        </button>
        <Tags mail={mail} />
      </header>
      {open && (
        <div className="mail-inner">
          <People mail={mail} />
          <Trust mail={mail} />
          <Fate mail={mail} again={again} />
          <Body contact={contact} mail={mail} />
          {mail.direction === 'in' && !mail.in_mailbox && mail.parts.length > 0 && <p className="mail-warn mail-gone">{t('mail.gone')}</p>}
          <MailParts contact={contact} mail={mail} parts={files(mail)} />
          <RawMail contact={contact} mail={mail} />
        </div>
      )}
    </article>
  );
}

function People({ mail }: { mail: Mail }) {
  const t = useTexts();
  const rows: [string, readonly MailAddress[]][] = [
    [t('mail.from'), [mail.from]], [t('mail.reply_to'), mail.reply_to.filter((a) => a.address !== mail.from.address)], [t('mail.to'), mail.to], [t('mail.cc'), mail.cc],
    [t('mail.bcc'), mail.bcc],
  ];
  return (
    <dl className="mail-people">
      {rows.filter(([, list]) => list.length > 0).map(([name, list]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{list.map(written).join(', ')}</dd>
        </div>
      ))}
    </dl>
  );
}

type Tone = 'good' | 'warn' | 'bad' | 'plain';

/** What the marks of a mail come to. */
function verdict(mail: Mail): 'none' | 'proved' | 'failed' | 'open' {
  const results = mail.marks.filter((m) => m.kind === 'authentication').map((m) => m.value ?? '');
  if (results.length === 0) return 'none';
  if (results.some((r) => r === 'dmarc=fail')) return 'failed';
  if (results.some((r) => r === 'dmarc=pass')) return 'proved';
  if (results.some((r) => /^(dkim|spf)=(fail|hardfail)$/.test(r))) return 'failed';
  return results.some((r) => r === 'dkim=pass') ? 'proved' : 'open';
}

function Tags({ mail }: { mail: Mail }) {
  const t = useTexts();
  const has = (kind: string) => mail.marks.find((m) => m.kind === kind);
  const tags: [string, Tone, ReactNode, string?][] = [];
  if (mail.direction === 'in' && verdict(mail) === 'failed') tags.push([t('mail.auth_failed'), 'bad', <IconShieldX size={13} key="i" aria-hidden="true" />]);
  if (mail.direction === 'in' && verdict(mail) === 'proved') tags.push([t('mail.auth_proved'), 'good', <IconShieldCheck size={13} key="i" aria-hidden="true" />]);
  if (has('spam')?.value === 'yes') tags.push([t('mail.spam'), 'bad', <IconAlertTriangle size={13} key="i" aria-hidden="true" />, has('spam')?.note]);
  if (has('auto')) tags.push([t('mail.auto'), 'plain', <IconRobot size={13} key="i" aria-hidden="true" />, has('auto')?.note]);
  if (mail.auto) tags.push([t('mail.auto_ours'), 'plain', <IconRobot size={13} key="i" aria-hidden="true" />]);
  if (has('calendar')) tags.push([t('mail.calendar'), 'plain', <IconCalendar size={13} key="i" aria-hidden="true" />]);
  if (mail.expert) tags.push([t('mail.expert_tag'), 'plain', <IconUserQuestion size={13} key="i" aria-hidden="true" />]);
  const state = sendingTag(mail, t);
  if (state) tags.push(state);
  if (tags.length === 0) return null;
  return (
    <span className="mail-tags">
      {tags.map(([word, tone, icon, more]) => (
        <span key={word} className={tone === 'plain' ? 'tag' : `tag tag-${tone}`} title={more}>
          {icon} {word}
        </span>
      ))}
    </span>
  );
}

function sendingTag(mail: Mail, t: Say): [string, Tone, ReactNode] | undefined {
  const icons = { held: IconHourglass, queued: IconClock, sent: IconSend, filed: IconSend, failed: IconAlertTriangle, refused: IconAlertTriangle };
  const tones: Record<keyof typeof icons, Tone> = { held: 'warn', queued: 'warn', sent: 'good', filed: 'good', failed: 'bad', refused: 'bad' };
  if (!mail.sending) return undefined;
  const Icon = icons[mail.sending];
  return [t(`mail.state_${mail.sending}`), tones[mail.sending], <Icon size={13} key="i" aria-hidden="true" />];
}

/** What the company's mail server found out of the sender, in its own words. */
function Trust({ mail }: { mail: Mail }) {
  const t = useTexts();
  const results = mail.marks.filter((m) => m.kind === 'authentication');
  const broken = mail.marks.find((m) => m.kind === 'broken');
  return (
    <>
      {mail.direction === 'in' && verdict(mail) === 'failed' && <p className="mail-warn" data-tone="bad">{t('mail.auth_failed_more')}</p>}
      {broken && <p className="mail-warn">{t('mail.broken')} {broken.note}</p>}
      {mail.cut && <p className="mail-warn">{t('mail.cut')}</p>}
      {results.length > 0 && (
        <p className="mail-trust">
          {results.map((m) => `${(m.value ?? '').replace('=', ': ')}${m.note ? ` (${m.note})` : ''}`).join(' · ')}
        </p>
      )}
    </>
  );
}

/** What became of a mail of ours, with the mail server's words, and what one may do. */
function Fate({ mail, again }: { mail: Mail; again: Props['again'] }) {
  const t = useTexts();
  const lost = mail.sending === 'failed' || mail.sending === 'refused';
  if (!mail.error && !lost) return null;
  return (
    <div className="mail-warn" data-tone={lost ? 'bad' : undefined}>
      <span>
        {mail.sending === 'failed' && t('mail.failed_more')}
        {mail.sending === 'refused' && t('mail.refused_more')}
        {mail.sending === 'queued' && (mail.next_at ? t('mail.queued_next', { at: dateTime(mail.next_at) }) : t('mail.queued_more'))}{' '}
        {mail.error && <q>{mail.error}</q>}
      </span>
      {lost && again && (
        <Button variant="default" onClick={() => again(mail)}>
          {t('mail.write_again')}
        </Button>
      )}
    </div>
  );
}

/** The text: as its sender made it, or plain. */
function Body({ contact, mail }: { contact: string; mail: Mail }) {
  const t = useTexts();
  const [pictures, setPictures] = useState(false);
  const [plain, setPlain] = useState(false);
  const html = useMemo(() => (mail.html ? shownHtml(contact, mail, pictures) : ''), [contact, mail, pictures]);
  const remote = mail.remote_images ?? 0;
  return (
    <div className="mail-body">
      {html && (
        <div className="mail-body-do">
          {remote > 0 && !pictures && !plain && (
            <span className="mail-blocked">
              <IconPhotoOff size={15} aria-hidden="true" /> {t('mail.pictures_blocked', { count: remote })}
              <button type="button" className="link" onClick={() => setPictures(true)}>
                {t('mail.pictures_load')}
              </button>
            </span>
          )}
          <button type="button" className="link mail-as" onClick={() => setPlain(!plain)}>
            {plain ? t('mail.as_html') : t('mail.as_text')}
          </button>
        </div>
      )}
      {html && !plain ? (
        <MailFrame key={String(pictures)} html={html} pictures={pictures} title={t('mail.text_of', { name: mail.from.name || mail.from.address })} folds />
      ) : (
        <PlainText text={mail.text} />
      )}
    </div>
  );
}

/** A plain text. What it quotes is folded; addresses of the web are links. */
export function PlainText({ text }: { text: string }) {
  const t = useTexts();
  const all = useMemo(() => pieces(text), [text]);
  const alone = all.every((p) => p.quoted || p.text.trim() === '');
  return (
    <div className="mail-plain">
      {all.map((piece, i) =>
        piece.quoted && !alone ? (
          <details key={i}>
            <summary>{t('mail.quoted')}</summary>
            <div className="mail-quote">{links(piece.text)}</div>
          </details>
        ) : (
          <div key={i}>{links(piece.text)}</div>
        ))}
    </div>
  );
}

function links(text: string): ReactNode {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, i) =>
    i % 2 === 1 ? (
      <a key={i} href={part} target="_blank" rel="noreferrer noopener">
        {part}
      </a>
    ) : (
      part
    ));
}
