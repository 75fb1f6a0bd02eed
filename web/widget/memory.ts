// What must outlive a reload of the page in the same tab.

export interface Waiting {
  id: string; // the client id: the server saves a message once however often it is sent
  text: string;
}

export interface Memory {
  open: boolean;
  contact: string;
  given: string; // the contact that the page itself brought
  session: string;
  starting: string; // client id of a chat that was asked for and not answered yet
  name: string;
  question: string;
  draft: string;
  waiting: Waiting[]; // written and not yet acknowledged, oldest first
  ended: boolean;
}

const nothing: Memory = {
  open: false, contact: '', given: '', session: '', starting: '', name: '', question: '', draft: '', waiting: [], ended: false,
};

export class Keeper {
  readonly now: Memory;

  constructor(private readonly key: string) {
    this.now = { ...nothing, ...this.read() };
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

  /** Forgets the chat; the name and whether the window is open stay. */
  forgetChat(): void {
    this.set({ ...nothing, waiting: [], open: this.now.open, name: this.now.name, given: this.now.given });
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
