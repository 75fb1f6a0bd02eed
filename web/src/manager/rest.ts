import { answer, Fault } from '../api/client';

/**
 * The business unit that a system administrator works in; everybody else is in
 * their own, and names none.
 */
let unit = '';

export function workIn(id: string): void {
  unit = id;
}

export const workingIn = (): string => unit;

type Query = Record<string, string | number | boolean | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  /** Sent as it is, instead of body. */
  csv?: string;
}

/**
 * Calls an operation that all kinds have alike. Its path is put together from the
 * kind's, so the generated client cannot check it; refusals are the same Faults.
 */
export function call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, { query, body, csv }: Options = {}): Promise<T> {
  const request: RequestInit = { method };
  if (csv !== undefined) Object.assign(request, { headers: { 'Content-Type': 'text/csv' }, body: csv });
  else if (body !== undefined) Object.assign(request, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  return answer<T>(
    fetch(link(path, query), request).then(async (response) => {
      const text = await response.text();
      const value: unknown = text && /json/.test(response.headers.get('Content-Type') ?? '') ? read(text) : undefined;
      return response.ok ? { data: value as T, response } : { error: value, response };
    }),
  );
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('unexpected', 'The server gave an answer that cannot be read.', 500);
  }
}

/** The address of an operation, for a call or for a download. */
export function link(path: string, query: Query = {}): string {
  const given = Object.entries({ unit: unit || undefined, ...query }).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return `/api/v1${path}${text && `?${text}`}`;
}

