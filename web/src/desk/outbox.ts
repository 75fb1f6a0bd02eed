import { asFault, type Fault } from '../api/client';

/** A message that the server has not yet confirmed on the feed. */
export interface Pending {
  clientId: string;
  contact: string;
  kind: 'text' | 'note' | 'page' | 'whisper';
  text: string;
  at: number;
  /** Set when the server refused it for good: only the person can do something. */
  fault?: Fault;
}

export interface OutboxWorld {
  /** Sends once; the same client id twice makes one message. */
  send(message: Pending): Promise<unknown>;
  later(ms: number, call: () => void): () => void;
  load(): Pending[];
  save(messages: Pending[]): void;
  changed(): void;
}

const pauseMax = 10_000;

/**
 * Outbox sends the messages of each contact in order, one at a time, again and again
 * under the same client id until the server has answered: a message is neither lost
 * nor doubled by a broken connection, a restart of the server or a reload of the page.
 * It keeps each until the feed has shown it.
 */
export class Outbox {
  private messages: Pending[];
  private readonly underWay = new Map<string, { cancel?: () => void }>();
  private readonly sent = new Set<string>();

  constructor(private readonly world: OutboxWorld) {
    this.messages = world.load();
  }

  /** The messages of a contact that the feed has not yet shown; the same array until something changes. */
  all(): readonly Pending[] {
    return this.messages;
  }

  add(message: Pending): void {
    this.put([...this.messages, message]);
    this.pump(message.contact);
  }

  /** Starts whatever is left of an earlier page. */
  start(): void {
    for (const contact of new Set(this.messages.map((m) => m.contact))) this.pump(contact);
  }

  /** The feed has shown these client ids. */
  shown(clientIds: Iterable<string>): void {
    const seen = new Set(clientIds);
    if (this.messages.some((m) => seen.has(m.clientId))) this.put(this.messages.filter((m) => !seen.has(m.clientId)));
  }

  /** The person tries a refused message once more. */
  retry(clientId: string): void {
    const message = this.messages.find((m) => m.clientId === clientId);
    if (!message) return;
    this.put(this.messages.map((m) => (m.clientId === clientId ? { ...m, fault: undefined } : m)));
    this.pump(message.contact);
  }

  /** The person gives a refused message up. */
  drop(clientId: string): void {
    const message = this.messages.find((m) => m.clientId === clientId);
    this.put(this.messages.filter((m) => m.clientId !== clientId));
    if (message) this.pump(message.contact);
  }

  /** Tries at once what waits for its next attempt: the connection is back. */
  now(): void {
    const pausing = [...this.underWay].filter(([, turn]) => turn.cancel);
    for (const [contact, turn] of pausing) {
      turn.cancel?.();
      this.underWay.delete(contact);
      this.pump(contact);
    }
  }

  private pump(contact: string, failures = 0): void {
    if (this.underWay.has(contact)) return;
    const message = this.messages.find((m) => m.contact === contact && !this.sent.has(m.clientId));
    // A refused message holds back what was written after it: order is kept.
    if (!message || message.fault) return;
    const turn: { cancel?: () => void } = {};
    this.underWay.set(contact, turn);
    void this.world.send(message).then(
      () => {
        this.underWay.delete(contact);
        this.sent.add(message.clientId);
        this.pump(contact);
      },
      (thrown: unknown) => {
        const fault = asFault(thrown);
        if (fault.passing || fault.status === 401) {
          turn.cancel = this.world.later(Math.min(pauseMax, 300 * 2 ** failures), () => {
            this.underWay.delete(contact);
            this.pump(contact, failures + 1);
          });
          return;
        }
        this.underWay.delete(contact);
        this.put(this.messages.map((m) => (m.clientId === message.clientId ? { ...m, fault } : m)));
      },
    );
  }

  private put(messages: Pending[]): void {
    this.messages = messages;
    this.world.save(messages.map((m) => ({ ...m, fault: undefined })));
    this.world.changed();
  }
}
