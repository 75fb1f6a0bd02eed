import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type KeyboardEvent } from 'react';
import type { Contact } from '../api/types';
import i18next from 'i18next';
import { tag } from '../kit/texts';
import type { Field } from './insert';
import { responsesQuery, useMe } from './queries';
import { asked, choices, fill, fillHtml, find, type Asked, type Choice, type Values } from './responses';

/** What a text field needs to offer standard responses while a slash asks for them. */
export interface Offered {
  open: boolean;
  any: boolean;
  found: readonly Choice[];
  at: number;
  point: (at: number) => void;
  insert: (choice: Choice) => void;
  /** To be called when the text or the caret has changed. */
  look: () => void;
  /** Types the slash for whoever does not know it. */
  ask: () => void;
  close: () => void;
  /** True when the key was the list's. */
  onKeyDown: (event: Pressed) => boolean;
}

const day = (tagged: string) => new Intl.DateTimeFormat(tagged, { dateStyle: 'long' }).format(Date.now());
const hour = (tagged: string) => new Intl.DateTimeFormat(tagged, { timeStyle: 'short' }).format(Date.now());

/** What the key is told by: the browser's own event, or one that the page wraps. */
type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey' | 'preventDefault' | 'stopPropagation'> & { nativeEvent: { isComposing: boolean } };

/** What becomes of a response in a mail, besides the text. */
export interface InMail {
  /** The text of a response with looks, where none can be. */
  plain: (html: string) => string;
  /** The response has a subject. */
  subject: (subject: string) => void;
}

/** Standard responses for a contact, in its language. spoken: the tag of that language; field: where one writes, as it is now; mail: it is a mail. */
export function useResponses(
  contact: Pick<Contact, 'queue' | 'queue_name' | 'name' | 'language'>, spoken: string | undefined, field: () => Field | undefined, mail?: InMail,
): Offered {
  const all = useQuery(responsesQuery).data;
  const me = useMe();
  // As customers see it: who writes to them is no user name.
  const agent = me ? me.user.screen_name || me.user.first_name || me.user.name : '';
  const [question, setQuestion] = useState<Asked>();
  const [at, point] = useState(0);
  const [closed, setClosed] = useState<number>();

  const mails = mail !== undefined;
  const mine = useMemo(() => choices(all ?? [], contact.queue, [contact.language, i18next.language, 'english'], mails), [all, contact.queue, contact.language, mails]);
  const words = question?.words;
  const found = useMemo(() => (words === undefined ? [] : find(mine, words)), [mine, words]);
  const open = question !== undefined && question.from !== closed && (found.length > 0 || !/\s/.test(question.words));

  function look(): void {
    const here = field();
    if (!here || here.from !== here.to) return setQuestion(undefined);
    const now = asked(here.value, here.from);
    if (now?.from !== question?.from || now?.words !== question?.words) {
      setQuestion(now);
      point(0);
    }
    if (!now) setClosed(undefined);
  }

  function insert(choice: Choice): void {
    const here = field();
    if (!here || !question) return;
    const tagged = choice.language === contact.language && spoken ? spoken : tag();
    const values: Values = { customer: contact.name, agent, queue: contact.queue_name, company: me?.company ?? '', date: day(tagged), time: hour(tagged) };
    const html = fillHtml(choice.html, values);
    if (html && here.putHtml) here.putHtml(question.from, here.from, html);
    else here.put(question.from, here.from, html && mail ? mail.plain(html) : fill(choice.text, values));
    if (choice.subject) mail?.subject(fill(choice.subject, values));
    setQuestion(undefined);
  }

  function ask(): void {
    const here = field();
    if (!here) return;
    const { from, to, value } = here;
    const blank = from === 0 || /\s/.test(value[from - 1] ?? '') ? '' : ' ';
    setClosed(undefined);
    here.put(from, to, `${blank}/`);
  }

  function onKeyDown(event: Pressed): boolean {
    if (!open || event.nativeEvent.isComposing || event.ctrlKey || event.altKey || event.metaKey) return false;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to !== undefined) {
      if (found.length > 0) point((to + found.length) % found.length);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && found[at]) {
      insert(found[at]);
    } else if (event.key === 'Escape') {
      setClosed(question.from);
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  return { open, any: mine.length > 0, found, at: Math.min(at, Math.max(0, found.length - 1)), point, insert, look, ask, close: () => setQuestion(undefined), onKeyDown };
}
