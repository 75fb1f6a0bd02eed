import type { ComponentType } from 'react';
import type { Kind } from '../graph';
import { FunctionForm, LookupForm, WebRequestForm } from './outside';
import type { FormProps } from './parts';
import { CategoryForm, DecisionForm, DisconnectForm, QueueForm, ScheduleForm, SetForm, StartForm, TransferForm, WaitForm } from './routing';
import { AcknowledgeForm, AutoReplyForm, CollectForm, DiscardForm, ForwardForm, MessageForm, OfferCallbackForm } from './talking';

/** The form of each kind of component. */
export const forms: { [K in Kind]: ComponentType<FormProps<K>> } = {
  start: StartForm, decision: DecisionForm, schedule: ScheduleForm, queue: QueueForm, wait: WaitForm, transfer: TransferForm, disconnect: DisconnectForm, message: MessageForm,
  collect: CollectForm, offer_callback: OfferCallbackForm, auto_reply: AutoReplyForm, set: SetForm, category: CategoryForm, web_request: WebRequestForm, function: FunctionForm, lookup: LookupForm,
  acknowledge: AcknowledgeForm, forward: ForwardForm, discard: DiscardForm,
};
