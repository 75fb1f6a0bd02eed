import { Bell } from './bell';
import { h, icon, newId } from './dom';
import { Door } from './door';
import type { Way } from './entry';
import type { Values } from './fields';
import { ask, insist, Line, Refused, type Attachment, type Listener, type Message, type State } from './line';
import { Keeper } from './memory';
import { Outbox, type OutboxListener } from './outbox';
import { Loader, type Kit, type Rating, type Uploads } from './parts';
import type { Answer } from './question';
import type { Settings } from './settings';
import { View, type Actions } from './view';
import type { Words } from './words';

/** How often the other side is told that the customer writes, and what, where it may see that. */
const typingEvery = 3000;
const typedEvery = 800;
/** How much of a long text is told, in characters: a frame is small. */
const typedMax = 500;

/** One customer's chat, from the first question to the end, over any number of
 * reloads and lost connections. */
export class Chat implements Actions, Listener, OutboxListener {
  private readonly keeper: Keeper;
  private readonly view: View;
  private readonly door: Door;
  private readonly bell = new Bell();
  private readonly parts: Loader;
  private readonly kit: Kit;
  private line: Line | undefined;
  private outbox: Outbox | undefined;
  private uploads: Uploads | undefined;
  private unread = 0;
  private lastSeq = 0;
  private readSeq = 0;
  private typedAt = 0;
  private typedTimer = 0;
  private asked = false; // the question at the end is on the screen
  private told = false; // what was said before this page was there is known
  private up = false;
  private away = false;
  private slow = false;

  constructor(host: HTMLElement, private readonly words: Words, private readonly settings: Settings) {
    this.keeper = new Keeper(`portico-chat ${settings.base} ${settings.unit} ${settings.queue}`);
    if (settings.contact && settings.contact !== this.keeper.now.given) {
      this.keeper.forgetChat();
      this.keeper.set({ contact: settings.contact, session: settings.session, given: settings.contact });
    }
    this.parts = new Loader(settings.base);
    this.view = new View(host, words, settings, this.keeper.now.sound, this);
    const styled = new Set<string>();
    this.kit = {
      h, icon, words,
      style: (css) => {
        if (!styled.has(css)) this.view.style(css);
        styled.add(css);
      },
    };
    this.door = new Door(settings, words, this.keeper, this.view, () => this.resume());
    const { open, contact, starting, leaving } = this.keeper.now;
    if (contact) this.resume();
    else if (open || settings.target || starting || leaving) void this.door.show();
    if (open || settings.target) this.view.showPanel(true, false);
  }

  // What the customer does.

  open(): void {
    this.keeper.set({ open: true });
    if (!this.keeper.now.contact) void this.door.show();
    this.view.showPanel(true, true);
  }

  minimise(): void {
    this.keeper.set({ open: false });
    this.view.showPanel(false, true);
  }

  sound(on: boolean): void {
    this.keeper.set({ sound: on });
    if (on) this.bell.ring();
  }

  changed(values: Values): void {
    this.keeper.set({ values });
  }

  submit(way: Way, values: Values): void {
    this.door.submit(way, values);
  }

  draft(text: string): void {
    this.keeper.set({ draft: text });
    if (this.door.entry?.show_typed) {
      if (!this.typedTimer) this.typedTimer = window.setTimeout(() => this.tellTyped(), typedEvery);
    } else if (text && Date.now() - this.typedAt > typingEvery) {
      this.typedAt = Date.now();
      this.line?.send({ op: 'typing' });
    }
  }

  send(text: string): void {
    const message = { id: newId(), text };
    this.keeper.set({ draft: '' });
    this.typedAt = 0;
    clearTimeout(this.typedTimer);
    this.typedTimer = 0;
    this.view.log.addWaiting(message);
    this.outbox?.add(message);
  }

  attach(files: File[]): void {
    void this.upload(files);
  }

  async emojiBar(pick: (emoji: string) => void): Promise<HTMLElement> {
    return (await this.parts.get('emoji')).picker(this.kit, pick);
  }

  async filesBar(choose: () => void): Promise<HTMLElement> {
    const button = h('button', { class: 'plain', type: 'button', part: 'button' }, this.words.say('widget.attach_choose'));
    button.onclick = choose;
    return h('div', { class: 'files' }, h('p', {}, await this.limits()), button, h('p', {}, this.words.say('widget.attach_drop')));
  }

  async limits(): Promise<string> {
    const limits = this.door.entry?.attachments;
    return limits ? (await this.parts.get('files')).limits(this.kit, limits) : '';
  }

  partFailed(): void {
    this.view.showBanner('widget.part_failed');
  }

  barOpened(): void {
    this.view.head.closeBars();
  }

  preview(box: HTMLElement, attachment: Attachment): void {
    const address = this.address(attachment);
    this.parts.get('files').then((part) => part.preview(this.kit, box, address, attachment.name), () => undefined);
  }

  /** Opens a file; its address is good for a short time, so that the message is asked for again. */
  async fetch(attachment: Attachment, seq: number): Promise<void> {
    try {
      const { contact, session } = this.keeper.now;
      const page = await ask<{ items: Message[] }>(`${this.settings.base}/api/chats/${contact}/messages?after=${seq - 1}`, session);
      const fresh = page.items.flatMap((m) => m.attachments ?? []).find((a) => a.id === attachment.id);
      download(this.address(fresh ?? attachment), attachment.name);
    } catch {
      this.view.announce(this.words.say('widget.failed'));
    }
  }

  async transcript(): Promise<void> {
    const { contact, session } = this.keeper.now;
    try {
      const answer = await fetch(`${this.settings.base}/api/chats/${contact}/transcript?format=html`, { headers: { Authorization: `Bearer ${session}` }, credentials: 'omit' });
      if (!answer.ok) throw new Error(String(answer.status));
      const address = URL.createObjectURL(await answer.blob());
      download(address, `chat-${new Date().toISOString().slice(0, 10)}.html`);
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch {
      this.view.showBanner('widget.transcript_failed');
    }
  }

  async mail(address: string): Promise<void> {
    const { contact, session } = this.keeper.now;
    const send = (): Promise<void> => ask<void>(`${this.settings.base}/api/chats/${contact}/transcript`, session, { email: address });
    await insist(send, () => contact === this.keeper.now.contact);
  }

  filled(visit: number): Values {
    return this.keeper.now.asked[visit] ?? {};
  }

  filling(visit: number, values: Values): void {
    this.keeper.set({ asked: { ...this.keeper.now.asked, [visit]: values } });
  }

  async answer(answer: Answer): Promise<void> {
    const { contact, session } = this.keeper.now;
    await insist(() => ask<void>(`${this.settings.base}/api/chats/${contact}/answer`, session, answer), () => contact === this.keeper.now.contact);
  }

  end(): void {
    this.view.composer.focus(); // until the end is there, and its question
    const { contact, session } = this.keeper.now;
    const leave = (): Promise<void> => ask<void>(`${this.settings.base}/api/chats/${contact}/end`, session, {});
    insist(leave, () => contact === this.keeper.now.contact).catch(() => undefined); // refused: it is over already
  }

  again(): void {
    this.close();
    this.keeper.forgetChat();
    this.view.log.clear();
    this.view.showBanner('');
    this.door.reset();
    void this.door.show();
    this.view.showPanel(true, true);
  }

  seenAll(): void {
    if (this.unread) this.count(0);
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
    const written = added.some((m) => m.author === 'agent');
    const news = added.filter((m) => m.author === 'agent' || m.kind === 'says' || m.form);
    if (written) this.view.showTyping('');
    if (written || added.some((m) => m.kind === 'joined')) this.keeper.set({ met: true });
    const looking = this.view.isOpen() && this.view.log.atEnd && !document.hidden;
    if (news.length > 0 && this.told && !looking && this.keeper.now.sound) this.bell.ring();
    if (looking) this.seenAll();
    else this.count(this.unread + news.length);
  }

  state(state: State): void {
    this.view.showState(state);
    if (!this.told) this.view.log.readOut();
    this.told = true;
    if (state.state === 'ended') this.offer();
  }

  typing(name: string): void {
    this.view.showTyping(name);
  }

  read(seq: number): void {
    this.view.log.read(seq);
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
    for (const m of this.keeper.now.waiting) this.view.log.refuse(m.id, '');
    this.keeper.set({ ended: true, waiting: [], draft: '' });
    this.close();
    this.up = true;
    this.away = this.slow = false;
    this.showTrouble();
    this.offer();
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

  private resume(): void {
    const { contact, session, draft, waiting, uploads } = this.keeper.now;
    const chat = `${this.settings.base}/api/chats/${contact}`;
    this.lastSeq = this.readSeq = this.unread = this.typedAt = 0;
    this.told = this.asked = false;
    this.door.reset();
    this.view.showTalk(draft);
    for (const m of waiting) this.view.log.addWaiting(m);
    if (uploads.length > 0) {
      const names = new Intl.ListFormat(this.words.locale).format(uploads);
      this.view.log.note(this.words.say('widget.files_lost', { names }));
      this.keeper.set({ uploads: [] });
    }
    this.line = new Line(chat, session, this);
    this.outbox = new Outbox(chat, session, this.keeper, this);
    void this.door.load().then(() => this.equip(), () => undefined);
  }

  /** Offers what the company lets customers do in a chat. */
  private equip(): void {
    const entry = this.door.entry;
    if (!entry || !this.keeper.now.contact) return;
    this.view.log.setEmoticons(entry.emoticons);
    this.view.composer.allowFiles(entry.attachments.enabled ? entry.attachments.types : undefined);
    this.view.composer.tell(entry.show_typed ? this.words.say('widget.typed_seen') : '');
    this.view.head.inChat(!this.keeper.now.ended, entry.transcript);
    if (this.keeper.now.ended) this.offer();
  }

  private async upload(files: File[]): Promise<void> {
    const limits = this.door.entry?.attachments;
    const { contact, session } = this.keeper.now;
    if (!limits?.enabled || !this.outbox || files.length === 0) return;
    try {
      const part = await this.parts.get('files');
      this.uploads ??= part.uploads(this.kit, { chat: `${this.settings.base}/api/chats/${contact}`, session }, limits, {
        begun: (id, row) => this.view.log.addOwn(id, row),
        gone: (id) => this.view.log.drop(id),
        under: (names) => this.keeper.set({ uploads: names }),
        say: (sentence) => this.view.announce(sentence),
        over: () => this.over(),
      });
      this.uploads.add(files);
    } catch {
      this.partFailed();
    }
  }

  /** What there is at the end: copies of the conversation, and the question how it was. */
  private offer(): void {
    const { met, values } = this.keeper.now;
    if (this.door.entry) this.view.ending.allowTranscript(this.door.entry, met ? (values.email ?? this.settings.known.email ?? '') : undefined);
    this.askRating();
  }

  /** Asks at the end how it was, if somebody was there and the company wants to know. */
  private askRating(): void {
    const { met, score, comment, contact, session } = this.keeper.now;
    if (this.asked || !met || !this.door.entry?.satisfaction) return;
    this.asked = true;
    const send = async (rating: Rating): Promise<string> => {
      try {
        await insist(() => ask<void>(`${this.settings.base}/api/chats/${contact}/satisfaction`, session, rating), () => contact === this.keeper.now.contact);
        this.keeper.set(rating);
        return '';
      } catch (error) {
        return (error instanceof Refused && error.message) || this.words.say('widget.failed');
      }
    };
    this.parts.get('rating').then((part) => this.view.ending.ask(part.question(this.kit, { score, comment }, send)), () => {
      this.asked = false;
    });
  }

  private tellTyped(): void {
    this.typedTimer = 0;
    this.line?.send({ op: 'typing', text: [...this.keeper.now.draft].slice(-typedMax).join('') });
  }

  private count(unread: number): void {
    this.unread = unread;
    this.view.unread(unread);
    this.bell.count(unread);
  }

  private address(a: Attachment): string {
    return new URL(a.url, `${this.settings.base}/`).href;
  }

  private close(): void {
    this.line?.stop();
    this.outbox?.stop();
    this.uploads?.stop();
    this.outbox = this.uploads = undefined;
    clearTimeout(this.typedTimer);
    this.typedTimer = 0;
  }

  private showTrouble(): void {
    if (this.away) this.view.showBanner('widget.store_away');
    else if (!navigator.onLine) this.view.showBanner('widget.offline');
    else if (!this.up || this.slow) this.view.showBanner('widget.reconnecting');
    else this.view.showBanner('');
  }
}

/** Hands a file to the browser to keep. */
function download(address: string, name: string): void {
  h('a', { href: address, download: name, rel: 'noopener', target: '_blank' }).click();
}
