import { ask, Later, Pause, Refused } from './line';
import type { Keeper, Waiting } from './memory';

export interface OutboxListener {
  /** The server has the message under this number. */
  saved(id: string, seq: number, at: number): void;
  /** It will never take it. */
  refused(id: string, reason: string, message: string): void;
  /** Whether a message has been waiting for long. */
  stuck(yes: boolean): void;
}

/** Sends what the customer wrote, one after the other and each until it is answered. */
export class Outbox {
  private readonly pause = new Pause();
  private sending = false;
  private timer = 0;
  private stopped = false;

  constructor(
    private readonly chat: string,
    private readonly session: string,
    private readonly keeper: Keeper,
    private readonly to: OutboxListener,
  ) {
    addEventListener('online', this.hurry);
    void this.work();
  }

  add(message: Waiting): void {
    this.keeper.set({ waiting: [...this.keeper.now.waiting, message] });
    void this.work();
  }

  /** Another way told that the server has it. */
  settle(id: string): void {
    const rest = this.keeper.now.waiting.filter((m) => m.id !== id);
    if (rest.length !== this.keeper.now.waiting.length) this.keeper.set({ waiting: rest });
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    removeEventListener('online', this.hurry);
  }

  readonly hurry = (): void => {
    this.pause.reset();
    clearTimeout(this.timer);
    void this.work();
  };

  private async work(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (;;) {
        const next = this.keeper.now.waiting[0];
        if (!next || this.stopped) return;
        await this.deliver(next);
      }
    } catch (error) {
      const least = error instanceof Later ? error.after : 0;
      this.to.stuck(true);
      this.timer = window.setTimeout(() => void this.work(), this.pause.next(least));
    } finally {
      this.sending = false;
    }
  }

  private async deliver(message: Waiting): Promise<void> {
    try {
      const body = { client_id: message.id, text: message.text };
      const sent = await ask<{ seq: number; at: number }>(`${this.chat}/messages`, this.session, body);
      this.pause.reset();
      this.to.stuck(false);
      if (!this.stopped) this.to.saved(message.id, sent.seq, sent.at);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (!this.stopped) this.to.refused(message.id, error.reason, error.message);
    }
    this.settle(message.id);
  }
}
