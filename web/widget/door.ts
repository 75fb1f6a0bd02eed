import { loadEntry, wayOf, type Entry, type Way } from './entry';
import type { Values } from './fields';
import { newId } from './dom';
import { ask, insist, Refused, type Later } from './line';
import type { Keeper } from './memory';
import type { Settings } from './settings';
import type { View } from './view';
import type { Words } from './words';

interface Begun {
  contact: string;
  session: string;
}

/** How long what was found at the door is believed. */
const freshFor = 60_000;

/** What happens before a chat: what is asked, and asking for the chat or leaving the
 * form that is answered later, until either is certain. */
export class Door {
  entry: Entry | undefined;
  private loadedAt = 0;
  private shown = ''; // what is on the screen
  private loading: Promise<Entry | undefined> | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly words: Words,
    private readonly keeper: Keeper,
    private readonly view: View,
    private readonly begun: () => void,
  ) {}

  /** What stands at the door: asked for again when it is no longer fresh. */
  load(): Promise<Entry | undefined> {
    if (this.entry && Date.now() - this.loadedAt < freshFor) return Promise.resolve(this.entry);
    this.loading ??= this.fetch().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  /** Shows the door, unless a chat has begun meanwhile. */
  async show(): Promise<void> {
    if (!this.entry) this.view.showLoading();
    try {
      const entry = await this.load();
      if (!entry || this.keeper.now.contact) return;
      const { open, opens_at, outside, message, pre_chat, offline } = entry;
      const shown = JSON.stringify([open, opens_at, outside, message, pre_chat, offline]);
      if (shown === this.shown) return; // somebody may be filling it in
      this.shown = shown;
      this.view.showDoor(wayOf(entry), entry, { ...this.settings.known, ...this.keeper.now.values });
      if (this.keeper.now.starting) void this.request();
      else if (this.keeper.now.leaving) void this.leave();
    } catch (error) {
      this.shown = '';
      const known = error instanceof Refused && error.message;
      this.view.showNote(known || this.words.say('widget.failed'), this.words.say('widget.try_again'), () => void this.show());
    }
  }

  submit(way: Way, values: Values): void {
    const id = newId();
    if (way === 'chat') {
      this.keeper.set({ values, starting: id });
      void this.request();
    } else {
      this.keeper.set({ values, leaving: id });
      void this.leave();
    }
  }

  /** The door is to be looked at anew: a chat has begun or is over. */
  reset(): void {
    this.shown = '';
  }

  /** The chat language that the company has for what the page asks for. */
  private language(): string {
    return this.entry?.language ?? this.settings.language;
  }

  private async fetch(): Promise<Entry | undefined> {
    const entry = await insist(() => loadEntry(this.settings), () => true, () => this.view.showBanner('widget.reconnecting'));
    this.view.showBanner('');
    this.entry = entry;
    this.loadedAt = Date.now();
    return entry;
  }

  /** Asks for the chat until it is there. The client id makes repeats harmless, also
   * those after a reload. */
  private async request(): Promise<void> {
    const { starting, values } = this.keeper.now;
    const { base, unit, queue, source, destination, known, data } = this.settings;
    const language = this.language();
    const fields = { ...known, ...values };
    this.view.showSending(true, '');
    try {
      const body = { client_id: starting, unit, queue, language, source, destination, fields, data };
      const begun = await this.insist(() => ask<Begun>(`${base}/api/chats`, '', body), () => this.keeper.now.starting === starting);
      if (!begun) return;
      const { question: _, ...who } = values;
      this.keeper.set({ contact: begun.contact, session: begun.session, starting: '', values: who, draft: '', ended: false });
      this.begun();
    } catch (error) {
      this.keeper.set({ starting: '' });
      if (error instanceof Refused && error.reason === 'closed') await this.closed();
      else this.refused(error);
    }
  }

  /** Leaves the form that is answered later. */
  private async leave(): Promise<void> {
    const { leaving, values } = this.keeper.now;
    const { base, unit, queue, destination, data } = this.settings;
    const language = this.language();
    this.view.showSending(true, '');
    try {
      const body = { client_id: leaving, unit, queue, destination, language, fields: values, data };
      const left = await this.insist(() => ask<{ id: string }>(`${base}/api/offline`, '', body), () => this.keeper.now.leaving === leaving);
      if (!left) return;
      const { question: _, ...who } = values;
      this.keeper.set({ leaving: '', values: who });
      this.view.showNote(this.words.say('widget.offline_thanks'), this.words.say('widget.offline_again'), () => {
        this.shown = '';
        void this.show();
      });
    } catch (error) {
      this.keeper.set({ leaving: '' });
      this.refused(error);
    }
  }

  /** It has closed since the door was looked at: the values stay for the other form. */
  private async closed(): Promise<void> {
    this.loadedAt = 0;
    this.shown = '';
    await this.show();
  }

  private refused(error: unknown): void {
    const known = error instanceof Refused && error.message;
    this.view.showSending(false, known || this.words.say('widget.failed'), error instanceof Refused ? error.field : '');
  }

  private insist<T>(request: () => Promise<T>, wanted: () => boolean): Promise<T | undefined> {
    return insist(request, wanted, (later: Later, ms) => {
      const key = later.busy ? 'widget.busy' : 'widget.reconnecting';
      this.view.showSending(true, this.words.say(key, { seconds: Math.ceil(ms / 1000) }));
    });
  }
}
