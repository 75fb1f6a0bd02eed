/** What the server says on the live feed: one JSON text frame each. */
export interface Frame {
  topic: string;
  kind: string;
  /** The topic's own number: picture version, message seq or table version. */
  n?: number;
  body?: unknown;
}

/** A file that came with a message. */
export interface Attachment {
  id: string;
  name: string;
  media_type: string;
  size: number;
}

/** One entry of a conversation; seq counts from 1 without gaps. */
export interface Message {
  seq: number;
  at: number;
  author: 'system' | 'customer' | 'agent';
  by?: string;
  name?: string;
  kind: string;
  text: string;
  /** Of a mail. */
  subject?: string;
  client_id: string;
  attachments?: Attachment[];
}

/** A conversation as far as this page knows it: its messages from 1 to last. */
export interface Conversation {
  messages: Message[];
  last: number;
  /** How far the customer has read. */
  customerRead: number;
  /** The customer types until then (server time, ms); 0: no. */
  typingUntil: number;
  /** What the customer has typed and not sent, where the company lets agents see it. */
  typed: string;
}

export const noConversation: Conversation = {
  messages: [], last: 0, customerRead: 0, typingUntil: 0, typed: '',
};

/** A live table: its rows by id, and the number of its last change. */
export interface Table<Row> {
  rows: ReadonlyMap<string, Row>;
  n: number;
}

export interface Refused {
  code: string;
  message: string;
}

/** How long a frame "typing" is believed. */
export const typingWorth = 5_000;
