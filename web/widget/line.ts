// The line to the server: requests that are repeated until they are answered, and
// the socket that comes back after every loss. Nothing is lost because every
// message stays in the caller's hands until it is acknowledged; nothing is doubled
// because a repeat carries the same client id.

import type { Field } from './entry';

export interface Attachment {
  id: string;
  name: string;
  media_type: string;
  size: number;
  url: string; // good for a short time
}

export interface Message {
  seq: number;
  at: number; // milliseconds since 1970
  author: 'customer' | 'agent' | 'system';
  name?: string;
  kind: string;
  text?: string;
  client_id?: string;
  attachments?: Attachment[];
  /** What is asked: fields to be filled in, or, without any, yes or no. */
  form?: { visit: number; fields?: Field[]; left_s: number };
}

export interface State {
  state: 'waiting' | 'active' | 'ended';
  position?: number;
  expected_wait_s?: number;
  agent?: string;
}

/** A refusal that repeating does not mend. */
export class Refused extends Error {
  constructor(readonly code: number, readonly reason: string, message: string, readonly field = '') {
    super(message);
  }
}

/** Nothing was answered, or "later": try again after so many milliseconds. */
export class Later extends Error {
  constructor(readonly after: number, readonly busy: boolean) {
    super('later');
  }
}

const requestWait = 15_000;

export async function ask<T>(address: string, session: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {};
  if (session) headers.Authorization = `Bearer ${session}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(address, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(requestWait),
      credentials: 'omit',
      cache: 'no-store',
    });
  } catch {
    throw new Later(0, false);
  }
  if (response.ok) {
    return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
  }
  const problem = (await response.json().catch(() => ({}))) as { code?: number; name?: string; message?: string; field?: string };
  const { code = 1000, name = '', message = '', field = '' } = problem ?? {};
  if (isPassing(response.status, name)) throw new Later(Number(response.headers.get('Retry-After') ?? 0) * 1000, response.status === 429);
  throw new Refused(code, name, message, field);
}

/** Whether a refusal passes by itself: not where a chat holds too much for good. */
function isPassing(status: number, name: string): boolean {
  return status >= 500 || status === 408 || (status === 429 && !name.startsWith('too_many_'));
}

/** Asks until it is answered or refused. Waiting is told with the milliseconds to the
 * next try; it ends, with nothing, once wanted says no. */
export async function insist<T>(
  request: () => Promise<T>, wanted: () => boolean, waiting: (later: Later, ms: number) => void = () => undefined,
): Promise<T | undefined> {
  const pause = new Pause();
  while (wanted()) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof Later)) throw error;
      const ms = pause.next(error.after);
      waiting(error, ms);
      await new Promise((done) => setTimeout(done, ms));
    }
  }
  return undefined;
}

/** Growing pauses with full jitter, so that thousands of pages do not come back at once. */
export class Pause {
  private tries = 0;

  next(least = 0): number {
    const most = Math.min(15_000, 500 * 2 ** this.tries++);
    return least + 100 + Math.random() * most;
  }

  reset(): void {
    this.tries = 0;
  }
}

export interface Listener {
  messages(messages: Message[]): void;
  state(state: State): void;
  typing(name: string): void;
  /** How far the other side has read. */
  read(seq: number): void;
  storeAway(away: boolean): void;
  /** The socket is up, or it is lost and tried again. */
  connected(up: boolean): void;
  /** The chat is over and all was told, or the server does not know it any more. */
  over(): void;
}

const pingEvery = 20_000;
const silenceMax = 45_000; // longer without a frame: the line is dead though nobody said so

export class Line {
  private socket: WebSocket | undefined;
  private readonly pause = new Pause();
  private timer = 0;
  private heard = 0;
  private after = 0;
  private stopped = false;

  constructor(private readonly chat: string, private readonly session: string, private readonly to: Listener) {
    addEventListener('online', this.hurry);
    document.addEventListener('visibilitychange', this.hurry);
    this.connect();
  }

  send(order: { op: string; seq?: number; text?: string }): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(order));
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    removeEventListener('online', this.hurry);
    document.removeEventListener('visibilitychange', this.hurry);
    this.socket?.close();
  }

  /** Tries at once when there is reason to hope: the network or the page is back. */
  private readonly hurry = (): void => {
    if (document.hidden || this.stopped || this.socket?.readyState === WebSocket.OPEN) return;
    if (this.socket?.readyState === WebSocket.CONNECTING) return;
    this.pause.reset();
    clearTimeout(this.timer);
    this.connect();
  };

  private connect(): void {
    const address = `${this.chat.replace(/^http/, 'ws')}/live?after=${this.after}`;
    const socket = new WebSocket(address, ['portico.v1', `session.${this.session}`]);
    this.socket = socket;
    let opened = false;
    let beat = 0;
    socket.onopen = () => {
      opened = true;
      this.heard = Date.now();
      this.to.connected(true);
      beat = window.setInterval(() => {
        if (Date.now() - this.heard > silenceMax) socket.close();
        else this.send({ op: 'ping' });
      }, pingEvery);
    };
    socket.onmessage = (event) => {
      this.heard = Date.now();
      this.pause.reset();
      this.take(JSON.parse(String(event.data)) as { kind: string; body: unknown });
    };
    socket.onclose = (event) => {
      clearInterval(beat);
      if (this.stopped) return;
      if (event.code === 1000 && event.reason === 'ended') {
        this.to.over();
        return;
      }
      this.to.connected(false);
      this.timer = window.setTimeout(() => void this.again(opened), this.pause.next());
    };
  }

  /** After a socket that never opened the pages are asked instead: they say why, and
   * they bring the messages where sockets are not let through. */
  private async again(opened: boolean): Promise<void> {
    if (!opened) {
      try {
        const page = await ask<{ items: Message[]; after: number }>(`${this.chat}/messages?after=${this.after}`, this.session);
        if (this.stopped) return;
        if (page.items.length > 0) this.to.messages(page.items);
        this.after = Math.max(this.after, page.after);
      } catch (error) {
        if (error instanceof Refused && !this.stopped) {
          this.to.over();
          return;
        }
      }
    }
    if (!this.stopped) this.connect();
  }

  private take(frame: { kind: string; body: unknown }): void {
    switch (frame.kind) {
      case 'messages': {
        const messages = frame.body as Message[];
        this.after = Math.max(this.after, ...messages.map((m) => m.seq));
        this.to.messages(messages);
        break;
      }
      case 'state':
        this.to.state(frame.body as State);
        break;
      case 'typing':
        this.to.typing((frame.body as { name: string }).name);
        break;
      case 'read':
        this.to.read((frame.body as { seq: number }).seq);
        break;
      case 'store':
        this.to.storeAway((frame.body as { away: boolean }).away);
        break;
    }
  }
}
