import { useSyncExternalStore } from 'react';
import { answer, api, asFault } from '../api/client';

type Answered = (leave: boolean) => void;

let question: Answered | undefined;
const listeners = new Set<() => void>();

function put(next: Answered | undefined): void {
  question = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

const signOut = (force: boolean) => answer(api.POST('/api/v1/agent/sign-out', { body: { force } }));

/**
 * Stops working. Whoever still has contacts is asked first what becomes of them;
 * false: the person stays. A refusal of another kind is thrown.
 */
export async function stopWorking(anyway = false): Promise<boolean> {
  try {
    await signOut(anyway);
    return true;
  } catch (thrown) {
    if (asFault(thrown).code !== 'agent_busy') throw thrown;
  }
  question?.(false);
  const leave = await new Promise<boolean>((answered) => {
    put(answered);
  });
  if (leave) await signOut(true);
  return leave;
}

/** The question that waits for an answer, if one does. */
export function useLeaveQuestion(): Answered | undefined {
  const asked = useSyncExternalStore(subscribe, () => question);
  return asked && ((leave) => {
    put(undefined);
    asked(leave);
  });
}
