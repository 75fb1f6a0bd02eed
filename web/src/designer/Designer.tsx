import { useQuery } from '@tanstack/react-query';
import { ReactFlowProvider } from '@xyflow/react';
import { asFault } from '../api/client';
import '../kit/designerTexts';
import { Failed, Loading } from '../kit/states';
import { workflows } from '../manager/kinds';
import { workingIn } from '../manager/rest';
import './Designer.css';
import { NewWorkflow } from './NewWorkflow';
import { Studio } from './Studio';

/** One workflow on its canvas, or the first step of a new one. */
export default function Designer({ id, from }: { id: string; from: string | undefined }) {
  const wanted = id === 'new' ? from : id;
  const query = useQuery({ queryKey: ['object', workingIn(), 'workflows', wanted], queryFn: () => workflows.read(wanted!), enabled: wanted !== undefined, staleTime: Infinity, gcTime: 0 });
  if (wanted !== undefined && query.error) return <Failed fault={asFault(query.error)} again={() => void query.refetch()} />;
  if (wanted !== undefined && !query.data) return <Loading />;
  if (id === 'new') return <NewWorkflow from={query.data} />;
  return (
    <ReactFlowProvider>
      <Studio key={id} thing={query.data!} />
    </ReactFlowProvider>
  );
}
