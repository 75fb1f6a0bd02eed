import { IconChecklist, IconMail, IconMessageCircle, IconPhone, IconPhoneCall, IconPhoneOutgoing } from '@tabler/icons-react';
import { useTexts, type Key } from '../kit/texts';

const icons = {
  webchat: IconMessageCircle, voice: IconPhone, callback: IconPhoneCall, outbound: IconPhoneOutgoing, email: IconMail, task: IconChecklist,
} as const;

/** The medium of a contact: its own sign, and its word for whoever does not see that. */
export function Medium({ medium, size = 18 }: { medium: string; size?: number }) {
  const t = useTexts();
  const Icon = icons[medium as keyof typeof icons] ?? IconChecklist;
  return <Icon size={size} className="medium" aria-label={mediumName(t, medium)} role="img" />;
}

/** The word for a medium; one that a later program brings has only its own name. */
export function mediumName(t: ReturnType<typeof useTexts>, medium: string): string {
  return medium in icons ? t(`desk.medium_${medium}` as Key) : medium;
}

/** Chats and mails have a conversation in which something can be written. */
export function converses(medium: string): boolean {
  return medium === 'webchat' || medium === 'email';
}
