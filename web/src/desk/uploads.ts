import { asFault, type Fault } from '../api/client';

/** A file that I send, until the conversation shows it. */
export interface Upload {
  clientId: string;
  contact: string;
  file: File;
  /** Bytes that have left. */
  sent: number;
  /** The server has it; the feed will show it. */
  done: boolean;
  /** It could not be sent now and is tried again. */
  waits: boolean;
  /** Refused for good. */
  fault?: Fault;
}

export interface UploadsWorld {
  send(upload: Upload, progress: (sent: number) => void): { done: Promise<unknown>; cancel(): void };
  later(ms: number, call: () => void): () => void;
  changed(): void;
}

const pauseMax = 10_000;

/** Uploads sends files one after the other for each contact, again under the same client id while the server is away. */
export class Uploads {
  private list: readonly Upload[] = [];
  private readonly underWay = new Map<string, { clientId: string; cancel(): void; pausing: boolean }>();

  constructor(private readonly world: UploadsWorld) {}

  /** All uploads; the same array until something changes. */
  all(): readonly Upload[] {
    return this.list;
  }

  add(uploads: readonly Pick<Upload, 'clientId' | 'contact' | 'file'>[]): void {
    this.put([...this.list, ...uploads.map((u) => ({ ...u, sent: 0, done: false, waits: false }))]);
    for (const contact of new Set(uploads.map((u) => u.contact))) this.pump(contact);
  }

  /** The feed has shown these client ids. */
  shown(clientIds: Iterable<string>): void {
    const seen = new Set(clientIds);
    if (this.list.some((u) => seen.has(u.clientId))) this.put(this.list.filter((u) => !seen.has(u.clientId)));
  }

  /** The person tries a refused file once more. */
  retry(clientId: string): void {
    const upload = this.list.find((u) => u.clientId === clientId);
    if (!upload) return;
    this.change(clientId, { fault: undefined, sent: 0 });
    this.pump(upload.contact);
  }

  /** The person gives a file up, also while it is being sent. */
  drop(clientId: string): void {
    const upload = this.list.find((u) => u.clientId === clientId);
    if (!upload) return;
    this.put(this.list.filter((u) => u.clientId !== clientId));
    const turn = this.underWay.get(upload.contact);
    if (turn?.clientId === clientId) {
      turn.cancel();
      this.underWay.delete(upload.contact);
    }
    this.pump(upload.contact);
  }

  /** Tries at once what waits for its next attempt: the connection is back. */
  now(): void {
    for (const [contact, turn] of this.underWay) {
      if (!turn.pausing) continue;
      turn.cancel();
      this.underWay.delete(contact);
      this.pump(contact);
    }
  }

  private pump(contact: string, failures = 0): void {
    if (this.underWay.has(contact)) return;
    const upload = this.list.find((u) => u.contact === contact && !u.done && !u.fault);
    if (!upload) return;
    const { clientId } = upload;
    const sending = this.world.send(upload, (sent) => this.change(clientId, { sent }));
    const turn = { clientId, cancel: () => sending.cancel(), pausing: false };
    this.underWay.set(contact, turn);
    this.change(clientId, { waits: false });
    sending.done.then(
      () => {
        this.leave(contact, turn);
        this.change(clientId, { done: true, sent: upload.file.size });
        this.pump(contact);
      },
      (thrown: unknown) => {
        if (this.underWay.get(contact) !== turn) return; // given up meanwhile
        const fault = asFault(thrown);
        if (fault.passing || fault.status === 401) {
          this.change(clientId, { waits: true, sent: 0 });
          turn.pausing = true;
          turn.cancel = this.world.later(Math.min(pauseMax, 500 * 2 ** failures), () => {
            this.underWay.delete(contact);
            this.pump(contact, failures + 1);
          });
          return;
        }
        this.leave(contact, turn);
        this.change(clientId, { fault });
        this.pump(contact);
      },
    );
  }

  private leave(contact: string, turn: object): void {
    if (this.underWay.get(contact) === turn) this.underWay.delete(contact);
  }

  private change(clientId: string, to: Partial<Upload>): void {
    if (this.list.some((u) => u.clientId === clientId)) this.put(this.list.map((u) => (u.clientId === clientId ? { ...u, ...to } : u)));
  }

  private put(list: readonly Upload[]): void {
    this.list = list;
    this.world.changed();
  }
}

/** Why a file cannot be sent, before anything leaves: the rules that the server keeps too. */
export function refused(file: { size: number; type: string }, rules: { enabled: boolean; bytes_max: number; types: readonly string[] }): 'off' | 'empty' | 'large' | 'type' | undefined {
  if (!rules.enabled) return 'off';
  if (file.size === 0) return 'empty';
  if (file.size > rules.bytes_max) return 'large';
  const type = (file.type || 'application/octet-stream').toLowerCase();
  const fits = rules.types.length === 0 || rules.types.some((rule) => (rule.endsWith('/*') ? type.startsWith(rule.slice(0, -1)) : type === rule.toLowerCase()));
  return fits ? undefined : 'type';
}
