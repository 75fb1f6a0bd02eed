import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../app/session';
import { changes, type SubjectId } from '../app/subjects';

/** Whether one may change what a subject holds, or only look at it. */
export function useMayChange(id: string): boolean {
  const me = useQuery(meQuery).data;
  return !!me && changes(me, id as SubjectId);
}
