// What is loaded only when it is needed. A part is a module of its own that imports
// nothing: it is handed what it needs, so that no code comes twice.
import type { h, icon } from './dom';
import type { Limits } from './entry';
import type { Words } from './words';

/** What every part is handed. */
export interface Kit {
  h: typeof h;
  icon: typeof icon;
  words: Words;
  /** Adds a part's style sheet to the chat's. */
  style(css: string): void;
}

export interface EmojiPart {
  /** A picker that tells which emoji was chosen. It gets the focus from whoever shows it. */
  picker(kit: Kit, pick: (emoji: string) => void): HTMLElement;
}

export interface UploadTo {
  chat: string; // address of the chat
  session: string;
}

/** What becomes of a file. */
export interface UploadListener {
  /** A row for the log, where it stays until the message with this client id comes. */
  begun(id: string, row: HTMLElement): void;
  gone(id: string): void;
  /** The names of the files that are on their way. */
  under(names: string[]): void;
  say(sentence: string): void;
  over(): void;
}

export interface Uploads {
  add(files: File[]): void;
  stop(): void;
}

export interface FilesPart {
  /** The limits as a sentence. */
  limits(kit: Kit, limits: Limits): string;
  uploads(kit: Kit, to: UploadTo, limits: Limits, listener: UploadListener): Uploads;
  /** Draws a small picture before what is in the box; nothing if it cannot be read. */
  preview(kit: Kit, box: HTMLElement, picture: Blob | string, name: string): Promise<void>;
}

export interface Rating {
  score: number; // 1–5; 0: none yet
  comment: string;
}

export interface RatingPart {
  /** The question at the end. send answers with an empty sentence, or why it was refused. */
  question(kit: Kit, given: Rating, send: (rating: Rating) => Promise<string>): HTMLElement;
}

export interface Parts {
  emoji: EmojiPart;
  files: FilesPart;
  rating: RatingPart;
}

/** The files of the parts as the build named them: by what is in them. */
declare const PORTICO_PARTS: Record<keyof Parts, string>;

/** Loads parts once. A browser may remember that a module could not be fetched, so
 * that each further try has another address. */
export class Loader {
  private readonly loaded = new Map<keyof Parts, Promise<unknown>>();
  private readonly tries = new Map<keyof Parts, number>();

  constructor(private readonly base: string) {}

  get<K extends keyof Parts>(name: K): Promise<Parts[K]> {
    const known = this.loaded.get(name);
    if (known) return known as Promise<Parts[K]>;
    const tries = this.tries.get(name) ?? 0;
    this.tries.set(name, tries + 1);
    const again = tries === 0 ? '' : `?${tries}`;
    const address = `${this.base}/widget/${PORTICO_PARTS[name]}${again}`;
    const loading = import(/* @vite-ignore */ address).then((module: { default: Parts[K] }) => module.default);
    this.loaded.set(name, loading);
    loading.catch(() => this.loaded.delete(name));
    return loading;
  }
}
