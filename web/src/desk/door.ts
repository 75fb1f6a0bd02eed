import { answer } from '../api/client';

/** Asks a door of the API that the generated client does not know yet. */
export function ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const request: RequestInit = { method };
  if (body !== undefined) Object.assign(request, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  return answer<T>(
    fetch(`/api/v1${path}`, request).then(async (response) => {
      const text = await response.text();
      const value: unknown = text === '' ? undefined : JSON.parse(text);
      return response.ok ? { data: value as T, response } : { error: value, response };
    }),
  );
}
