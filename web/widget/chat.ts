import { newId } from './dom';
import { ask, Later, Line, Pause, Refused, type Listener, type Message, type State } from './line';
import { Keeper } from './memory';
import { Outbox, type OutboxListener } from './outbox';
import type { Settings } from './settings';
import { View, type Actions } from './view';
import type { Words } from './words';

interface Begun {
  contact: string;
  session: string;
}

const typingEvery = 3000;

/** One customer's chat, from the first question to the end, over any number of
 * reloads and lost connections. */
export class Chat implements Actions, Listener, OutboxListener {
  private readonly keeper: Keeper;
  private readonly view: View;
  private line: Line | undefined;
  private outbox: Outbox | undefined;
  private unread = 0;
  private lastSeq = 0;
  private readSeq = 0;
  private typed = 0;
  private up = false;
  private away = false;
  private slow = false;

  constructor(host: HTMLElement, private readonly words: Words, private readonly settings: Settings) {
    this.keeper = new Keeper(`portico-chat ${settings.base} ${settings.unit} ${settings.queue}`);
    if (settings.contact && settings.contact !== this.keeper.now.given) {
      this.keeper.forgetChat();
      this.keeper.set({ contact: settings.contact, session: settings.session, given: settings.contact });
    }
    this.view = new View(host, words, settings, this);
    const { open, contact, starting, name, question } = this.keeper.now;
    if (contact) this.resume();
    else this.view.showStart(name || settings.name, question);
    if (open || settings.target) this.view.showPanel(true, false);
    if (starting && !contact) void this.request();
  }

  // What the customer does.

  open(): void {
    this.keeper.set({ open: true });
    this.view.showPanel(true, true);
  }

  minimise(): void {
    this.keeper.set({ open: false });
    this.view.showPanel(false, true);
  }

  changed(name: string, question: string): void {
    this.keeper.set({ name, question });
  }

  start(name: string, question: string): void {
    this.keeper.set({ name, question, starting: newId() });
    void this.request();
  }

  draft(text: string): void {
    this.keeper.set({ draft: text });
    if (text && Date.now() - this.typed > typingEvery) {
      this.typed = Date.now();
      this.line?.send({ op: 'typing' });
    }
  }

  send(text: string): void {
    const message = { id: newId(), text };
    this.keeper.set({ draft: '' });
    this.typed = 0;
    this.view.log.addWaiting(message);
    this.outbox?.add(message);
  }

  end(): void {
    void this.leave();
  }

  again(): void {
    this.close();
    this.keeper.forgetChat();
    this.view.log.clear();
    this.view.showBanner('');
    this.view.showStart(this.keeper.now.name, '');
    this.view.showPanel(true, true);
  }

  seenAll(): void {
    if (this.unread) {
      this.unread = 0;
      this.view.unread(0);
    }
    if (this.lastSeq > this.readSeq && !document.hidden) {
      this.readSeq = this.lastSeq;
      this.line?.send({ op: 'read', seq: this.readSeq });
    }
  }

  // What the line tells.

  messages(messages: Message[]): void {
    for (const m of messages) if (m.client_id) this.outbox?.settle(m.client_id);
    const added = this.view.log.add(messages);
    this.lastSeq = Math.max(this.lastSeq, ...messages.map((m) => m.seq));
    if (added.some((m) => m.author === 'agent')) this.view.showTyping('');
    if (this.view.isOpen() && this.view.log.atEnd) {
      this.seenAll();
      return;
    }
    this.unread += added.filter((m) => m.author === 'agent').length;
    this.view.unread(this.unread);
  }

  state(state: State): void {
    this.view.showState(state);
  }

  typing(name: string): void {
    this.view.showTyping(name);
  }

  storeAway(away: boolean): void {
    this.away = away;
    this.showTrouble();
    if (!away) this.outbox?.hurry();
  }

  connected(up: boolean): void {
    this.up = up;
    this.showTrouble();
    if (up) this.outbox?.hurry();
  }

  over(): void {
    this.view.showState({ state: 'ended' });
    this.finish();
  }

  // What became of a message.

  saved(id: string, seq: number, at: number): void {
    const sent = this.keeper.now.waiting.find((m) => m.id === id);
    if (sent) this.messages([{ seq, at, author: 'customer', kind: 'text', text: sent.text, client_id: id }]);
  }

  refused(id: string, reason: string, message: string): void {
    this.view.log.refuse(id, message);
    if (reason === 'session' || reason === 'chat_ended') this.over();
  }

  stuck(yes: boolean): void {
    this.slow = yes;
    this.showTrouble();
  }

  /** Asks for the chat until it is there. The client id makes repeats harmless, also
   * those after a reload. */
  private async request(): Promise<void> {
    const pause = new Pause();
    const { starting, name, question } = this.keeper.now;
    const { base, unit, queue, language, source, destination } = this.settings;
    this.view.starting(true, '');
    for (;;) {
      try {
        const body = { client_id: starting, unit, queue, name, caption: question, language, source, destination };
        const begun = await ask<Begun>(`${base}/api/chats`, '', body);
        this.keeper.set({ contact: begun.contact, session: begun.session, starting: '', question: '', draft: '', ended: false });
        this.resume();
        return;
      } catch (error) {
        if (!(error instanceof Later)) {
          this.keeper.set({ starting: '' });
          const known = error instanceof Refused && error.message;
          this.view.starting(false, known || this.words.say('widget.failed'));
          return;
        }
        const wait = pause.next(error.after);
        this.view.starting(true, this.words.say(error.busy ? 'widget.busy' : 'widget.reconnecting', { seconds: Math.ceil(wait / 1000) }));
        await new Promise((done) => setTimeout(done, wait));
      }
    }
  }

  private resume(): void {
    const { contact, session, draft, waiting } = this.keeper.now;
    const chat = `${this.settings.base}/api/chats/${contact}`;
    this.lastSeq = this.readSeq = this.unread = 0;
    this.view.showTalk(draft);
    for (const m of waiting) this.view.log.addWaiting(m);
    this.line = new Line(chat, session, this);
    this.outbox = new Outbox(chat, session, this.keeper, this);
  }

  private async leave(): Promise<void> {
    const { contact, session } = this.keeper.now;
    const pause = new Pause();
    for (;;) {
      try {
        await ask(`${this.settings.base}/api/chats/${contact}/end`, session, {});
        return;
      } catch (error) {
        if (!(error instanceof Later) || contact !== this.keeper.now.contact) return;
        await new Promise((done) => setTimeout(done, pause.next(error.after)));
      }
    }
  }

  private finish(): void {
    for (const m of this.keeper.now.waiting) this.view.log.refuse(m.id, '');
    this.keeper.set({ ended: true, waiting: [], draft: '' });
    this.close();
    this.up = true;
    this.away = this.slow = false;
    this.showTrouble();
  }

  private close(): void {
    this.line?.stop();
    this.outbox?.stop();
    this.outbox = undefined;
  }

  private showTrouble(): void {
    if (this.away) this.view.showBanner('widget.store_away');
    else if (!navigator.onLine) this.view.showBanner('widget.offline');
    else if (!this.up || this.slow) this.view.showBanner('widget.reconnecting');
    else this.view.showBanner('');
  }
}
