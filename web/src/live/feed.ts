import type { Frame } from './frames';

/** The part of a WebSocket that the feed uses; tests put a made-up one in its place. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

/** What the feed needs of the world. */
export interface World {
  open(): Socket;
  /** Calls back after ms; the answer cancels it. */
  later(ms: number, call: () => void): () => void;
  /** Large frames may come packed. */
  packed?: boolean;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Asked when the door was shut before the greeting, which does not tell why: is somebody still signed in? */
  signedIn(): Promise<boolean>;
}

export type Status = 'connecting' | 'live' | 'lost' | 'signed_out';

interface Subscription {
  count: number;
  /** The last number that is known, where the topic resumes by number. */
  after: (() => number) | undefined;
}

/** How often the connection is tried out, and when a silent one is given up. */
const pingEvery = 20_000;
const silentMax = 45_000;
const jitterMax = 2_000;
const pauseMax = 15_000;
/** The close code with which the server says that the session has ended. */
const sessionEnded = 4401;

/**
 * Feed is the one connection to the server's live feed. It keeps the topics that
 * somebody subscribes to over reconnects and asks for each from the last number
 * that is known. What frames mean is not its business: it hands them to told.
 */
export class Feed {
  private socket: Socket | undefined;
  private readonly topics = new Map<string, Subscription>();
  private failures = 0;
  private cancelRetry: (() => void) | undefined;
  private cancelWatch: (() => void) | undefined;
  private stopped = true;
  private greeted = false;

  constructor(
    private readonly world: World,
    private readonly told: (frame: Frame) => void,
    private readonly changed: (status: Status) => void,
  ) {}

  /** start connects, and goes on doing so until stop. */
  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.failures = 0;
    this.changed('connecting');
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.cancelRetry?.();
    this.drop();
  }

  /** now tries at once, when the browser says that the network is back. */
  now(): void {
    if (this.stopped || this.socket) return;
    this.cancelRetry?.();
    this.connect();
  }

  /**
   * subscribe asks for a topic until the answer is called. Several may ask for the
   * same topic. after gives the number to resume from, each time it is asked for.
   */
  subscribe(topic: string, after?: () => number): () => void {
    const there = this.topics.get(topic);
    if (there) {
      there.count++;
    } else {
      this.topics.set(topic, { count: 1, after });
      if (this.greeted) this.ask([topic]);
    }
    let done = false;
    return () => {
      if (done) return;
      done = true;
      const subscription = this.topics.get(topic);
      if (!subscription || --subscription.count > 0) return;
      this.topics.delete(topic);
      if (this.greeted) this.send({ op: 'unsubscribe', topics: [{ topic }] });
    };
  }

  /** again asks for a topic once more, from what is known now: after a gap. */
  again(topic: string): void {
    if (this.greeted && this.topics.has(topic)) this.ask([topic]);
  }

  typing(contact: string): void {
    if (this.greeted) this.send({ op: 'typing', contact });
  }

  private connect(): void {
    const socket = this.world.open();
    this.socket = socket;
    this.watch();
    socket.onopen = () => this.watch();
    socket.onmessage = (event) => {
      this.watch();
      let frame: Frame;
      try {
        frame = JSON.parse(String(event.data)) as Frame;
      } catch {
        return; // not a frame: a proxy's page, say
      }
      if (frame.kind === 'hello') this.greet();
      this.told(frame);
    };
    socket.onclose = (event) => this.closed(event.code);
  }

  private greet(): void {
    this.greeted = true;
    this.failures = 0;
    this.changed('live');
    if (this.topics.size > 0) this.ask([...this.topics.keys()]);
  }

  private closed(code: number): void {
    const shut = !this.greeted;
    this.drop();
    if (this.stopped) return;
    if (code === sessionEnded) {
      this.signedOut();
      return;
    }
    if (shut) {
      void this.world.signedIn().then((still) => {
        if (!still && !this.stopped && !this.greeted) this.signedOut();
      });
    }
    this.changed('lost');
    // The first return is spread over two seconds, so that a restarted server does
    // not meet everybody at once; later ones wait longer.
    const pause = Math.min(pauseMax, this.failures === 0 ? 0 : 500 * 2 ** this.failures);
    this.failures++;
    this.cancelRetry = this.world.later(pause + this.world.random() * jitterMax, () => this.connect());
  }

  private signedOut(): void {
    this.stop();
    this.changed('signed_out');
  }

  private drop(): void {
    this.cancelWatch?.();
    this.greeted = false;
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** watch pings a quiet connection, and gives up one that stays silent. */
  private watch(): void {
    this.cancelWatch?.();
    this.cancelWatch = this.world.later(pingEvery, () => {
      if (this.greeted) this.send({ op: 'ping' });
      this.cancelWatch = this.world.later(silentMax - pingEvery, () => this.closed(1006));
    });
  }

  private ask(topics: string[]): void {
    this.send({
      op: 'subscribe',
      ...(this.world.packed ? { packed: true } : {}),
      topics: topics.map((topic) => {
        const after = this.topics.get(topic)?.after;
        return after ? { topic, after: after() } : { topic };
      }),
    });
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }
}
