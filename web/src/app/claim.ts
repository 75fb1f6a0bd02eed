/** The part of a BroadcastChannel that a claim uses; tests put a made-up one in its place. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  close(): void;
}

/** asking: nobody knows yet; mine: this window has it; elsewhere: another one has. */
export type Holding = 'asking' | 'mine' | 'elsewhere';

interface Said {
  kind: 'who' | 'mine' | 'free';
  id: string;
  /** A person wanted it: whoever has it gives it up. */
  taken?: boolean;
}

/** A window of the same browser answers within this; one that does not is gone. */
const answerMax = 150;

/**
 * Claim settles which of the windows of one browser has a thing, such as the desk. The
 * windows talk to each other by a channel: who opens asks, who has it says so. No
 * timer runs but while asking, so windows in the background are as quick as others.
 */
export class Claim {
  state: Holding = 'asking';
  private cancel: (() => void) | undefined;

  constructor(
    private readonly channel: Channel,
    private readonly id: string,
    private readonly later: (ms: number, call: () => void) => () => void,
    private readonly changed: (state: Holding) => void,
  ) {
    channel.onmessage = (event) => this.hear(event.data as Said);
  }

  /** ask finds out who has it; nobody: this window. A window that waits asks again when it is looked at. */
  ask(): void {
    if (this.state === 'mine') return;
    this.cancel?.();
    this.say('who');
    this.cancel = this.later(answerMax, () => {
      this.become('mine');
      this.say('mine');
    });
  }

  /** take has it here, because a person wants so. */
  take(): void {
    this.become('mine');
    this.say('mine', true);
  }

  /** leave gives it up, when the window closes. */
  leave(): void {
    this.cancel?.();
    if (this.state === 'mine') this.say('free');
    this.channel.close();
  }

  private hear(said: Said): void {
    switch (said.kind) {
      case 'who':
        if (this.state === 'mine') this.say('mine');
        break;
      case 'free':
        if (this.state === 'elsewhere') this.ask();
        break;
      case 'mine':
        // Two that began in the same moment: the smaller id has it.
        if (this.state === 'mine' && !said.taken && said.id > this.id) this.say('mine');
        else this.become('elsewhere');
        break;
    }
  }

  private become(state: Holding): void {
    this.cancel?.();
    this.cancel = undefined;
    if (state === this.state) return;
    this.state = state;
    this.changed(state);
  }

  private say(kind: Said['kind'], taken?: boolean): void {
    this.channel.postMessage({ kind, id: this.id, taken } satisfies Said);
  }
}
