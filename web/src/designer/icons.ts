import {
  IconArrowForwardUp, IconArrowsSplit2, IconCalendarTime, IconClipboardText, IconDatabaseSearch, IconHourglass, IconMailCheck, IconMailForward, IconMailShare, IconMathFunction, IconMessage, IconPencil, IconPhoneCall,
  IconPlayerPlay, IconPlugConnectedX, IconStack2, IconTag, IconTrash, IconWorld, type Icon,
} from '@tabler/icons-react';
import type { Kind } from './graph';

export const kindIcons: Record<Kind, Icon> = {
  start: IconPlayerPlay, decision: IconArrowsSplit2, schedule: IconCalendarTime, queue: IconStack2, wait: IconHourglass, transfer: IconArrowForwardUp, disconnect: IconPlugConnectedX,
  message: IconMessage, collect: IconClipboardText, offer_callback: IconPhoneCall, auto_reply: IconMailForward, set: IconPencil, category: IconTag, web_request: IconWorld,
  function: IconMathFunction, lookup: IconDatabaseSearch, acknowledge: IconMailCheck, forward: IconMailShare, discard: IconTrash,
};
