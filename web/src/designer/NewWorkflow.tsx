import { Button, TextInput } from '@mantine/core';
import { IconArrowLeft, IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { asFault } from '../api/client';
import { Refusal } from '../kit/states';
import { languages, useLanguage, useTexts } from '../kit/texts';
import { useChatLanguageNames, useScheduleChoices } from '../manager/choices';
import { workflows, type Thing, type WorkflowBody } from '../manager/kinds';
import { workingIn } from '../manager/rest';
import { first, heightOf, size, type Graph } from './graph';
import { ImportDialog } from './ImportDialog';
import { template, templateIds, type TemplateId } from './templates';

type Choice = TemplateId | 'empty';

/** The first step of a workflow: a name, and what to begin with. */
export function NewWorkflow({ from }: { from: Thing<WorkflowBody> | undefined }) {
  const t = useTexts();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const own = useLanguage();
  const chat = useChatLanguageNames();
  const schedule = useScheduleChoices()[0]?.value;
  const language = chat.includes(own) ? own : (chat[0] ?? languages[0].value);
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const [choice, choose] = useState<Choice>('simple');
  const [importing, setImporting] = useState(false);
  const graphOf = (id: Choice): Graph => (from?.body.graph ? from.body.graph : id === 'empty' ? first() : template(id, t, { language, schedule }));
  const create = useMutation({
    mutationFn: () => workflows.create(name.trim(), { description: from?.body.description ?? '', order: from?.body.order || 100, enabled: false, graph: graphOf(choice) }),
    onSuccess: (thing) => open(thing.id),
  });
  function open(id: string): void {
    void cache.invalidateQueries({ queryKey: ['objects', workingIn(), 'workflows'] });
    void navigate({ to: `/manager/workflows/${id}`, replace: true });
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (name.trim()) create.mutate();
  }
  return (
    <form className="new-workflow" onSubmit={submit}>
      <Link to="/manager/workflows" className="back">
        <IconArrowLeft size={16} aria-hidden="true" /> {t('designer.workflows')}
      </Link>
      <h2>{from ? t('designer.copy_of', { name: from.name }) : t('designer.new_title')}</h2>
      <p className="hint">{t('designer.new_more')}</p>
      <TextInput
        label={t('designer.field_name')} value={name} error={tried && !name.trim() ? t('kit.required') : undefined} required maxLength={200} autoComplete="off" autoFocus onChange={(e) => setName(e.currentTarget.value)}
      />
      {!from && (
        <fieldset className="templates">
          <legend>{t('designer.begin_with')}</legend>
          {([...templateIds, 'empty'] as const).map((id) => (
            <label key={id} data-chosen={id === choice}>
              <input type="radio" name="template" value={id} checked={id === choice} onChange={() => choose(id)} />
              <Sketch graph={graphOf(id)} />
              <strong>{t(`designer.template_${id}`)}</strong>
              <span>{t(`designer.template_${id}_more`)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <Refusal fault={create.error && asFault(create.error)} />
      <div className="new-foot">
        <Button type="submit" size="sm" loading={create.isPending}>
          {t('designer.create')}
        </Button>
        <Button size="sm" variant="default" leftSection={<IconUpload size={14} aria-hidden="true" />} onClick={() => setImporting(true)}>
          {t('designer.import')}
        </Button>
      </div>
      {importing && <ImportDialog close={() => setImporting(false)} done={open} />}
    </form>
  );
}

/** The shape of a graph, small. */
function Sketch({ graph }: { graph: Graph }) {
  const right = Math.max(...graph.nodes.map((n) => n.x + size.width));
  const low = Math.max(...graph.nodes.map((n) => n.y + heightOf(n)));
  const byId = new Map(graph.nodes.map((n) => [n.id, n]));
  return (
    <svg viewBox={`-20 -20 ${right + 40} ${Math.max(low + 40, 300)}`} className="sketch" aria-hidden="true">
      {graph.edges.map((e) => {
        const [a, b] = [byId.get(e.from)!, byId.get(e.to)!];
        const [x, y, u, v] = [a.x + size.width, a.y + 60, b.x, b.y + 30];
        return u > x ? <path key={`${e.from} ${e.exit}`} d={`M${x},${y} C${x + 50},${y} ${u - 50},${v} ${u},${v}`} /> : null;
      })}
      {graph.nodes.map((n) => (
        <rect key={n.id} x={n.x} y={n.y} width={size.width} height={heightOf(n)} rx="18" data-kind={n.kind} />
      ))}
    </svg>
  );
}
