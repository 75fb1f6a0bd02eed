// What must outlive a reload of the page in the same tab.
import type { Values } from './fields';

export interface Waiting {
  id: string; // the client id: the server saves a message once however often it is sent
  text: string;
}

export interface Memory {
  open: boolean;
  sound: boolean;
  contact: string;
  given: string; // the contact that the page itself brought
  session: string;
  starting: string; // client id of a chat that was asked for and not answered yet
  leaving: string; // client id of an offline form that was sent and not answered yet
  values: Values; // what is in the form
  draft: string;
  waiting: Waiting[]; // written and not yet acknowledged, oldest first
  uploads: string[]; // names of files on their way: a reload loses them, and says so
  met: boolean; // somebody has been in this chat
  score: number; // the answer to the question at the end; 0: none yet
  comment: string;
  ended: boolean;
  asked: Record<string, Values>; // what is in forms within the chat, by their visit
}

const nothing: Memory = {
  open: false, sound: false, contact: '', given: '', session: '', starting: '', leaving: '', values: {}, draft: '',
  waiting: [], uploads: [], met: false, score: 0, comment: '', ended: false, asked: {},
};

export class Keeper {
  readonly now: Memory;

  constructor(private readonly key: string) {
    this.now = { ...structuredClone(nothing), ...this.read() };
  }

  /** Changes what is remembered. A browser that forbids storage forgets it with the page. */
  set(change: Partial<Memory>): void {
    Object.assign(this.now, change);
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.now));
    } catch {
      // Storage is full or forbidden: the chat goes on, but not over a reload.
    }
  }

  /** Forgets the chat; who the customer is and how the window stands stay. */
  forgetChat(): void {
    const { open, sound, given, values } = this.now;
    const { question: _, ...who } = values;
    this.set({ ...structuredClone(nothing), open, sound, given, values: who });
  }

  private read(): Partial<Memory> {
    try {
      const saved: unknown = JSON.parse(sessionStorage.getItem(this.key) ?? '{}');
      return typeof saved === 'object' && saved !== null ? (saved as Partial<Memory>) : {};
    } catch {
      return {};
    }
  }
}
