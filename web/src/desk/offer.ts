import type { Key, Say } from '../kit/texts';

const media = new Set(['webchat', 'voice', 'callback', 'email', 'outbound', 'task']);

/** What is offered, in words: a chat, a call, an e-mail. */
export function offerTitle(t: Say, medium: string): string {
  return media.has(medium) ? t(`desk.offer_${medium}` as Key) : t('desk.offer_task');
}
