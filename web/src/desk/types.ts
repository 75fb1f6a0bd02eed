/** Shapes of the server's answers that the generated types do not hold yet, and short names of those that they do. */
import type { components } from '../api/schema';

export type ResponseObject = components['schemas']['ObjectResponse'];
export type ResponseBody = components['schemas']['Response'];
export type ChatSettings = components['schemas']['ChatSettings'];

export interface Address {
  kind: 'email' | 'phone' | 'other';
  value: string;
}

export interface CustomerInput {
  name: string;
  company?: string;
  language?: string;
  addresses: Address[];
  note?: string;
  fields?: Record<string, string>;
}

export interface Customer extends CustomerInput {
  id: string;
  version: number;
  changed_at?: number;
  changed_by?: string;
}

/** One contact of a customer's past. */
export interface PastContact {
  contact: string;
  medium: string;
  queue_name: string;
  caption: string;
  at: number;
  ended_at?: number;
  agent_name?: string;
  disposition_name?: string;
  state: string;
}

export interface Page<T> {
  items: T[];
  next?: string;
}

/** My day. mean_rating is absent until somebody has rated. */
export interface Day {
  handled: number;
  mean_handle_s: number;
  mean_rating?: number;
  worked_s?: number;
}
