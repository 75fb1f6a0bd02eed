import { h, linked } from './dom';
import type { Message } from './line';
import type { Waiting } from './memory';
import type { Words } from './words';

/** The list of messages: those of the server in the order of their numbers, then
 * what waits to be sent. */
export class Log {
  readonly element: HTMLDivElement;
  private readonly list = h('ol', { class: 'messages' });
  private readonly shown = new Map<number, HTMLElement>();
  private readonly waiting = new Map<string, HTMLElement>();
  private readonly clock: Intl.DateTimeFormat;

  constructor(private readonly words: Words, private readonly onScroll: (atEnd: boolean) => void) {
    this.clock = new Intl.DateTimeFormat(words.tag, { hour: '2-digit', minute: '2-digit' });
    this.element = h('div', { class: 'log', role: 'log', tabindex: '0', 'aria-label': words.say('widget.log') }, this.list);
    this.element.addEventListener('scroll', () => this.onScroll(this.atEnd()), { passive: true });
  }

  clear(): void {
    this.list.replaceChildren();
    this.shown.clear();
    this.waiting.clear();
  }

  /** Adds messages that are not there yet, and gives those. */
  add(messages: Message[]): Message[] {
    const stay = !this.atEnd();
    const added = messages.filter((m) => !this.shown.has(m.seq));
    for (const m of added) this.put(m);
    if (!stay) this.toEnd();
    return added;
  }

  addWaiting(m: Waiting): void {
    if (this.waiting.has(m.id)) return;
    const mark = h('span', { class: 'mark' }, this.words.say('widget.sending'));
    const item = h('li', { class: 'message own waiting' }, this.author(this.words.say('widget.you')), h('div', { class: 'text' }, ...linked(m.text)), mark);
    this.waiting.set(m.id, item);
    this.list.append(item);
    this.toEnd();
  }

  /** Shows that a message was not taken, and why. */
  refuse(id: string, why: string): void {
    const item = this.waiting.get(id);
    if (!item) return;
    item.classList.replace('waiting', 'refused');
    item.querySelector('.mark')?.replaceChildren(`${this.words.say('widget.not_sent')}${why ? `: ${why}` : ''}`);
  }

  /** Whether the id is still shown as waiting. */
  isWaiting(id: string): boolean {
    return this.waiting.has(id);
  }

  atEnd(): boolean {
    const e = this.element;
    return e.scrollHeight - e.scrollTop - e.clientHeight < 48;
  }

  toEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  private put(m: Message): void {
    const item = m.author === 'system' ? this.event(m) : this.message(m);
    if (!item) return;
    const own = m.client_id ? this.waiting.get(m.client_id) : undefined;
    if (own) {
      this.waiting.delete(m.client_id ?? '');
      own.remove();
    }
    this.shown.set(m.seq, item);
    item.dataset.seq = String(m.seq);
    let before: Element | null = this.list.lastElementChild;
    while (before instanceof HTMLElement && (!before.dataset.seq || Number(before.dataset.seq) > m.seq)) before = before.previousElementSibling;
    if (before) before.after(item);
    else this.list.prepend(item);
  }

  private message(m: Message): HTMLElement {
    const own = m.author === 'customer';
    const name = own ? this.words.say('widget.you') : m.name || this.words.say('chat.agent');
    const time = h('time', { datetime: new Date(m.at).toISOString(), class: 'mark' }, this.clock.format(m.at));
    return h('li', { class: own ? 'message own' : 'message' }, this.author(name, !own), h('div', { class: 'text' }, ...linked(m.text ?? '')), time);
  }

  private event(m: Message): HTMLElement | undefined {
    const name = m.name || this.words.say('chat.agent');
    const key = m.kind === 'ended' && !m.name ? 'chat.ended_by_customer' : `chat.${m.kind}`;
    const text = this.words.say(key, { name });
    return text === key ? undefined : h('li', { class: 'event' }, text);
  }

  private author(name: string, seen = false): HTMLElement {
    return h('span', { class: seen ? 'author' : 'author hidden' }, name, h('span', { class: 'hidden' }, ': '));
  }
}
