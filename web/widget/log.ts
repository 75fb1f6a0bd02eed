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
  private top = 0;
  /** Whether new messages are to be shown at once: the customer reads at the end. */
  atEnd = true;

  constructor(private readonly words: Words, private readonly onScroll: (atEnd: boolean) => void) {
    const own = navigator.language.startsWith(words.tag) ? navigator.language : words.tag;
    this.clock = new Intl.DateTimeFormat(own, { hour: '2-digit', minute: '2-digit' });
    this.element = h('div', { class: 'log', role: 'log', tabindex: '0', 'aria-label': words.say('widget.log') }, this.list);
    this.element.addEventListener('scroll', () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.restore()).observe(this.element); // a banner came or went
  }

  clear(): void {
    this.list.replaceChildren();
    this.shown.clear();
    this.waiting.clear();
  }

  /** Adds messages that are not there yet, and gives those. */
  add(messages: Message[]): Message[] {
    const added = messages.filter((m) => !this.shown.has(m.seq));
    for (const m of added) this.put(m);
    if (this.atEnd) this.toEnd();
    return added;
  }

  addWaiting(m: Waiting): void {
    if (this.waiting.has(m.id)) return;
    const mark = h('span', { class: 'mark' }, this.words.say('widget.sending'));
    const item = h('li', { class: 'message own waiting', 'data-who': '' }, this.author(this.words.say('widget.you')), h('div', { class: 'text' }, ...linked(m.text)), mark);
    this.waiting.set(m.id, item);
    this.list.append(item);
    this.group(item);
    this.toEnd();
  }

  /** Shows that a message was not taken, and why. */
  refuse(id: string, why: string): void {
    const item = this.waiting.get(id);
    if (!item) return;
    item.classList.replace('waiting', 'refused');
    item.querySelector('.mark')?.replaceChildren(`${this.words.say('widget.not_sent')}${why ? `: ${why}` : ''}`);
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
    this.onScroll(this.atEnd);
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
    this.group(item);
    if (item.nextElementSibling instanceof HTMLElement) this.group(item.nextElementSibling);
  }

  /** Marks a message that follows another of the same person. */
  private group(item: HTMLElement): void {
    const before = item.previousElementSibling;
    item.classList.toggle('same', item.dataset.who !== undefined && before instanceof HTMLElement && before.dataset.who === item.dataset.who);
  }

  private message(m: Message): HTMLElement {
    const own = m.author === 'customer';
    const name = own ? this.words.say('widget.you') : m.name || this.words.say('chat.agent');
    const time = h('time', { datetime: new Date(m.at).toISOString(), class: 'mark' }, this.clock.format(m.at));
    return h('li', { class: own ? 'message own' : 'message', 'data-who': own ? '' : name }, this.author(name, !own), h('div', { class: 'text' }, ...linked(m.text ?? '')), time);
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
