import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useReducer, useState } from 'react';
import { asFault } from '../api/client';
import { useTexts } from '../kit/texts';
import { workflows, type Thing, type WorkflowBody } from '../manager/kinds';
import { same } from '../manager/merge';
import { workingIn } from '../manager/rest';
import { checkOnServer } from './api';
import { checkGraph, joined, type Problem } from './check';
import { begin, reduce, type Doc } from './doc';
import { bodyOf, docOf } from './docOf';
import type { Graph } from './graph';

/** The draft of a workflow: what is drawn, what was saved, and the way between. */
export function useDraft(first: Thing<WorkflowBody>) {
  const t = useTexts();
  const cache = useQueryClient();
  const [thing, setThing] = useState(first);
  const [base, setBase] = useState(() => docOf(first));
  const [state, dispatch] = useReducer(reduce, base, begin);
  const [said, say] = useState('');
  const { doc } = state;
  const changed = !same(doc, base);

  function keep(after: Thing<WorkflowBody>): void {
    setThing((before) => ({ ...after, body: { ...after.body, released: after.body.released ?? before.body.released } }));
    cache.setQueryData(['object', workingIn(), 'workflows', after.id], after);
    void cache.invalidateQueries({ queryKey: ['objects', workingIn(), 'workflows'] });
  }
  const save = useMutation({
    mutationFn: (sent: Doc) => workflows.change(thing.id, thing.version, sent.name.trim(), bodyOf(sent)),
    onSuccess: (after, sent) => {
      keep(after);
      setBase(sent);
      say(t('designer.saved'));
    },
  });
  const fault = save.error && asFault(save.error);
  return {
    thing, base, state, dispatch, doc, changed, said, say,
    saving: save.isPending, fault, conflict: fault?.code === 'changed' ? fault : undefined,
    forget: () => save.reset(),
    wrong: (field: string) => (fault?.field?.replace(/^body\./, '') === field ? fault.message : undefined),
    save: () => changed && doc.name.trim() && !save.isPending && save.mutate(doc),
    /** Saves what is not saved yet, and gives the version to go on from. */
    saved: async () => (changed ? (await save.mutateAsync(doc)).version : thing.version),
    /** What was released or gone back to. */
    keep,
    /** Goes on from what somebody else saved. */
    take(theirs: Thing<WorkflowBody>, merged: Doc) {
      setThing(theirs);
      setBase(docOf(theirs));
      dispatch({ do: 'set', part: merged, field: '' });
      save.reset();
    },
    drop(theirs: Thing<WorkflowBody>) {
      setThing(theirs);
      setBase(docOf(theirs));
      dispatch({ do: 'begin', doc: docOf(theirs) });
      save.reset();
    },
  };
}

/** How long one pauses before the server is asked. */
const pause = 500;

/** What is wrong with the graph: what can be seen at once, and the server's word a moment later. */
export function useProblems(graph: Graph, ask: boolean): { problems: Problem[]; asking: boolean; failed: boolean } {
  const [asked] = useDebouncedValue(graph, pause);
  const here = useMemo(() => checkGraph(graph), [graph]);
  const server = useQuery({ queryKey: ['workflow check', workingIn(), asked], queryFn: () => checkOnServer(asked), enabled: ask, staleTime: 30_000, gcTime: 60_000, retry: 1 });
  const fresh = asked === graph ? server.data : undefined;
  const problems = useMemo(() => joined(here, fresh), [here, fresh]);
  return { problems, asking: ask && fresh === undefined && !server.isError, failed: server.isError };
}
