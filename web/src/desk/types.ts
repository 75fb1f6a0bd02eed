/** Shapes of the server's answers that the generated types do not hold yet. */

export interface ResponseBody {
  shortcut?: string;
  category?: string;
  texts: Record<string, string>;
  personal?: boolean;
  queues?: string[];
}

export interface ResponseObject {
  id: string;
  version: number;
  name: string;
  body: ResponseBody;
}

export interface ChatLanguageObject {
  id: string;
  name: string;
  body: { pages: string; emoticons?: { code: string; shows: string }[] };
}

export interface ChatSettings {
  show_typed: boolean;
  attachments: { enabled: boolean; bytes_max: number; types: string[] };
}

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
  queue: string;
  caption: string;
  at: number;
  ended_at?: number;
  agent?: string;
  disposition?: string;
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
