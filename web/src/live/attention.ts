import type { Message } from './frames';

/** What one side says to the other; notes and the system's lines answer nobody. */
const saying = new Set(['text', 'file', 'page', 'mail']);
/** What comes back to an agent: it is to be read as if the customer had said it. */
const back = new Set(['bounce', 'mail_back']);

/** Since when the customer waits for an answer; 0 when the last word was ours. */
export function waiting(messages: readonly Message[]): number {
  let since = 0;
  for (let i = messages.length - 1; i >= 0; i--) {
    const m = messages[i]!;
    if (!saying.has(m.kind)) continue;
    if (m.author !== 'customer') break;
    since = m.at;
  }
  return since;
}

/** How many messages of the customer come after seq. */
export function unread(messages: readonly Message[], seq: number): number {
  let count = 0;
  for (let i = messages.length - 1; i >= 0 && messages[i]!.seq > seq; i--) {
    const m = messages[i]!;
    if ((m.author === 'customer' && saying.has(m.kind)) || back.has(m.kind) || (m.author === 'system' && m.kind === 'mail')) count++;
  }
  return count;
}

/** How many of the agents' words to each other come after seq. */
export function whispered(messages: readonly Message[], seq: number): number {
  let count = 0;
  for (let i = messages.length - 1; i >= 0 && messages[i]!.seq > seq; i--) if (messages[i]!.kind === 'whisper') count++;
  return count;
}

/** The last message of an agent: whoever answered had read what came before. */
export function answeredTo(messages: readonly Message[]): number {
  return messages.findLast((m) => m.author === 'agent' && saying.has(m.kind))?.seq ?? 0;
}
