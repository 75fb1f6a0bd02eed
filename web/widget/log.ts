import { withEmoji } from './emoticons';
import type { Emoticon } from './entry';
import { h, icon, linked } from './dom';
import type { Attachment, Message } from './line';
import type { Values } from './fields';
import type { Waiting } from './memory';
import { Question, type QuestionActions } from './question';
import type { Words } from './words';

const page = 'M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5';
const clip = 'M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.4a1.6 1.6 0 0 1-2.3-2.3L14.5 7.5';

/** What a workflow says and asks; it looks as if somebody had written it. */
const asks = new Set(['says', 'form', 'offer']);

export interface LogActions {
  /** The customer has come to the end of the list, or has left it. */
  scrolled(atEnd: boolean): void;
  /** A picture is to be drawn in the box. */
  preview(box: HTMLElement, attachment: Attachment): void;
  question: QuestionActions;
  /** What a customer had written into a form before the page was loaded anew. */
  filled(visit: number): Values;
  /** The address of a file that is to be opened, good at this moment. */
  fetch(attachment: Attachment, seq: number): void;
}

/** The list of messages: those of the server in the order of their numbers, then
 * what waits to be sent. */
export class Log {
  readonly element: HTMLDivElement;
  private readonly list = h('ol', { class: 'messages', part: 'messages' });
  private readonly shown = new Map<number, HTMLElement>();
  private readonly waiting = new Map<string, HTMLElement>();
  private readonly questions = new Map<number, Question>();
  private readonly clock: Intl.DateTimeFormat;
  private readonly day: Intl.DateTimeFormat;
  private readonly size: Intl.NumberFormat;
  private emoticons: Emoticon[] = [];
  private seen: HTMLElement | undefined;
  private readTo = 0;
  private top = 0;
  /** Whether new messages are to be shown at once: the customer reads at the end. */
  atEnd = true;

  constructor(private readonly words: Words, private readonly actions: LogActions) {
    this.clock = new Intl.DateTimeFormat(words.locale, { hour: '2-digit', minute: '2-digit' });
    this.day = new Intl.DateTimeFormat(words.locale, { weekday: 'long', day: 'numeric', month: 'long' });
    this.size = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 1 });
    // Nothing is read out until what was said before is there.
    this.element = h('div', { class: 'log', role: 'log', 'aria-live': 'off', tabindex: '0', 'aria-label': words.say('widget.log') }, this.list);
    this.element.addEventListener('scroll', () => this.scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => this.restore()); // a banner came or went, a picture was drawn
    sizes.observe(this.element);
    sizes.observe(this.list);
  }

  /** From now on what others write is read out; what the customer writes never is. */
  readOut(): void {
    this.element.setAttribute('aria-live', 'polite');
  }

  /** Adds a sentence of the chat's own at the end. */
  note(sentence: string): void {
    this.list.append(h('li', { class: 'event' }, sentence));
  }

  clear(): void {
    this.element.setAttribute('aria-live', 'off');
    this.list.replaceChildren();
    this.shown.clear();
    this.waiting.clear();
    this.questions.clear();
    this.seen = undefined;
    this.readTo = 0;
    this.atEnd = true;
  }

  /** The emoticons of the chat's language, for what is shown from now on. */
  setEmoticons(emoticons: Emoticon[]): void {
    this.emoticons = emoticons;
  }

  /** Adds messages that are not there yet, and gives those. */
  add(messages: Message[]): Message[] {
    const added = messages.filter((m) => !this.shown.has(m.seq));
    for (const m of added) this.put(m);
    if (added.length > 0) this.markSeen();
    if (this.atEnd) this.toEnd();
    return added;
  }

  addWaiting(m: Waiting): void {
    if (this.waiting.has(m.id)) return;
    const mark = h('span', { class: 'mark' }, this.words.say('widget.sending'));
    this.addOwn(m.id, h('li', { class: 'message own waiting', part: 'message own', 'data-who': '' }, this.author(this.words.say('widget.you')), this.text(m.text), mark));
  }

  /** Adds a row of the customer's own that stays behind all others until the message
   * with this client id is there. */
  addOwn(id: string, row: HTMLElement): void {
    row.dataset.who = '';
    row.setAttribute('aria-live', 'off');
    this.waiting.set(id, row);
    this.list.append(row);
    this.group(row);
    this.toEnd();
  }

  drop(id: string): void {
    this.waiting.get(id)?.remove();
    this.waiting.delete(id);
  }

  /** Shows that a message was not taken, and why. */
  refuse(id: string, why: string): void {
    const row = this.waiting.get(id);
    if (!row) return;
    row.classList.replace('waiting', 'refused');
    row.querySelector('.mark')?.replaceChildren(why ? this.words.say('widget.not_sent_why', { why }) : this.words.say('widget.not_sent'));
  }

  /** How far the other side has read. */
  read(seq: number): void {
    if (seq <= this.readTo) return;
    this.readTo = seq;
    this.markSeen();
    if (this.atEnd) this.toEnd();
  }

  toEnd(): void {
    this.atEnd = true;
    this.element.scrollTop = this.element.scrollHeight;
  }

  /** Goes back to where the customer was when the list went out of sight. */
  restore(): void {
    if (this.atEnd) this.toEnd();
    else this.element.scrollTop = this.top;
  }

  private scrolled(): void {
    const e = this.element;
    if (e.clientHeight === 0) return; // out of sight
    this.top = e.scrollTop;
    this.atEnd = e.scrollHeight - e.scrollTop - e.clientHeight < 48;
    this.actions.scrolled(this.atEnd);
  }

  /** The chat is over: nobody waits for an answer any more. */
  over(): void {
    for (const visit of this.questions.keys()) this.answered(visit);
  }

  private answered(visit: number): void {
    this.questions.get(visit)?.close();
    this.questions.delete(visit);
  }

  private put(m: Message): void {
    const row = m.author === 'system' && !asks.has(m.kind) ? this.event(m) : this.message(m);
    if (!row) return;
    if (m.client_id) {
      this.drop(m.client_id);
      const visit = /^flow:(\d+):answer$/.exec(m.client_id)?.[1];
      if (visit) this.answered(Number(visit));
    }
    this.shown.set(m.seq, row);
    row.dataset.seq = String(m.seq);
    row.dataset.day = new Date(m.at).toDateString();
    let before: Element | null = this.list.lastElementChild;
    while (before instanceof HTMLElement && !(Number(before.dataset.seq) < m.seq)) before = before.previousElementSibling;
    if (before) before.after(row);
    else this.list.prepend(row);
    this.group(row);
    if (row.nextElementSibling instanceof HTMLElement) this.group(row.nextElementSibling);
    if (before instanceof HTMLElement && before.dataset.day !== row.dataset.day) {
      before.after(h('li', { class: 'event', 'data-seq': String(m.seq - 0.5) }, this.day.format(m.at)));
    }
  }

  /** Marks a message that follows another of the same person. */
  private group(row: HTMLElement): void {
    const before = row.previousElementSibling;
    row.classList.toggle('same', row.dataset.who !== undefined && before instanceof HTMLElement && before.dataset.who === row.dataset.who);
  }

  /** The last message of the customer's own that was read says so. */
  private markSeen(): void {
    let last: HTMLElement | undefined;
    let at = 0;
    for (const [seq, row] of this.shown) {
      if (seq <= this.readTo && seq > at && row.classList.contains('own')) [last, at] = [row, seq];
    }
    if (last === this.seen) return;
    this.seen?.querySelector('.seen')?.remove();
    last?.querySelector('.marks')?.append(h('span', { class: 'mark seen' }, this.words.say('widget.seen')));
    this.seen = last;
  }

  private message(m: Message): HTMLElement {
    const own = m.author === 'customer';
    const name = own ? this.words.say('widget.you') : m.author === 'system' ? this.words.say('widget.automatic') : m.name || this.words.say('chat.agent');
    const row = h('li', { class: own ? 'message own' : 'message', part: own ? 'message own' : 'message', 'data-who': own ? '' : name, 'aria-live': own && 'off' }, this.author(name, !own));
    const files = m.attachments ?? [];
    if (m.kind === 'page') row.append(this.page(m.text ?? '', name));
    else if (m.text && !files.some((a) => a.name === m.text)) row.append(this.text(m.text));
    for (const a of files) row.append(this.file(a, m.seq));
    if (m.form) {
      const question = new Question(this.words, m.form, this.actions.filled(m.form.visit), this.actions.question);
      this.questions.set(m.form.visit, question);
      row.append(question.element);
    }
    row.append(h('div', { class: 'marks' }, h('time', { datetime: new Date(m.at).toISOString(), class: 'mark' }, this.clock.format(m.at))));
    return row;
  }

  private text(text: string): HTMLElement {
    return h('div', { class: 'text', part: 'text' }, ...linked(text, (plain) => withEmoji(plain, this.emoticons)));
  }

  /** A page that the agent would like the customer to open: it opens when they want it. */
  private page(address: string, name: string): HTMLElement {
    if (!/^https?:\/\//i.test(address)) return this.text(address);
    const open = h('a', { class: 'plain', part: 'button', href: address, target: '_blank', rel: 'noopener noreferrer nofollow' }, icon(page), this.words.say('widget.page_open'));
    return h('div', { class: 'text card' }, h('p', {}, this.words.say('widget.page_asks', { name })), h('p', { class: 'address' }, address), open);
  }

  private file(a: Attachment, seq: number): HTMLElement {
    const size = this.words.say('widget.size_kb', { size: this.size.format(Math.max(0.1, a.size / 1024)) });
    const large = this.words.say('widget.size_mb', { size: this.size.format(a.size / (1 << 20)) });
    const button = h('button', { class: 'file', type: 'button' }, icon(clip), h('span', {}, a.name), h('small', {}, a.size < 1 << 20 ? size : large));
    button.onclick = () => this.actions.fetch(a, seq);
    const box = h('div', { class: 'text attached', part: 'text' }, button);
    if (/^image\/(png|jpeg|gif|webp)$/.test(a.media_type)) this.actions.preview(box, a);
    return box;
  }

  private event(m: Message): HTMLElement | undefined {
    const text = this.said(m);
    return text ? h('li', { class: 'event', part: 'event' }, text) : undefined;
  }

  /** What the chat itself says: the company's sentence, else the catalogue's. */
  said(m: Message): string {
    if (m.text) return withEmoji(m.text, this.emoticons);
    const key = m.kind === 'ended' && !m.name ? 'chat.ended_by_customer' : `chat.${m.kind}`;
    const text = this.words.say(key, { name: m.name || this.words.say('chat.agent') });
    return text === key ? '' : text;
  }

  private author(name: string, seen = false): HTMLElement {
    return h('span', { class: seen ? 'author' : 'author hidden' }, name, h('span', { class: 'hidden' }, ': '));
  }
}
