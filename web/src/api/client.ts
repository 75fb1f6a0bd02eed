import createClient from 'openapi-fetch';
import type { paths } from './schema';

/** The generated client of the API. Calls go through answer, which turns a problem into a Fault. */
export const api = createClient<paths>({
  // Read at each call, so that what the browser gives is used.
  fetch: (request) => fetch(request),
});

/** A refusal as the server words it, or the news that the server cannot be reached. */
export class Fault extends Error {
  constructor(
    readonly code: string,
    /** The English sentence, for codes that the catalogue does not hold. */
    readonly sentence: string,
    readonly status: number,
    readonly field?: string,
    readonly values?: Record<string, string>,
  ) {
    super(sentence);
    this.name = 'Fault';
  }

  /** The same request may succeed later without anybody changing anything. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

interface Problem {
  code?: string;
  detail?: string;
  field?: string;
  values?: Record<string, string>;
}

/** answer waits for a call and gives its data, or throws a Fault. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let result: { data?: T; error?: unknown; response: Response };
  try {
    result = await call;
  } catch {
    throw new Fault('unreachable', 'The server cannot be reached.', 0);
  }
  if (result.response.ok) return result.data as T;
  const problem = (typeof result.error === 'object' && result.error !== null ? result.error : {}) as Problem;
  throw new Fault(
    problem.code ?? 'unexpected',
    problem.detail ?? 'The server gave an answer that cannot be read.',
    result.response.status,
    problem.field,
    problem.values,
  );
}

/**
 * call asks for an address of the API that is made at run time, or that takes or gives
 * something else than JSON (CSV, files). A body that is a plain object goes as JSON.
 * Answers of JSON are read, all others are given as text.
 */
export async function call<T>(path: string, { method = 'GET', body, type, signal }: {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: object | string | Blob;
  /** Media type of a body that is not JSON. */
  type?: string;
  signal?: AbortSignal;
} = {}): Promise<T> {
  const raw = body === undefined || typeof body === 'string' || body instanceof Blob;
  const headers: Record<string, string> = raw ? (type ? { 'Content-Type': type } : {}) : { 'Content-Type': 'application/json' };
  const read = async () => {
    const response = await fetch(path, { method, headers, body: raw ? body : JSON.stringify(body), signal: signal ?? null });
    const text = await response.text();
    const json = /json/.test(response.headers.get('Content-Type') ?? '');
    const data: unknown = json && text ? JSON.parse(text) : text;
    return response.ok ? { data: data as T, response } : { error: data, response };
  };
  return (await answer(read())) as T;
}

/** asFault gives the Fault within whatever was thrown. */
export function asFault(thrown: unknown): Fault {
  return thrown instanceof Fault ? thrown : new Fault('unexpected', String(thrown), 500);
}
