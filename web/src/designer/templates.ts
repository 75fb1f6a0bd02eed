/** What a new workflow may begin with. */
import { layout } from './layout';
import type { Say } from '../kit/texts';
import type { Edge, Graph, Node } from './graph';

export type TemplateId = 'simple' | 'hours' | 'questions' | 'mail';
export const templateIds: readonly TemplateId[] = ['simple', 'hours', 'questions', 'mail'];

interface Given {
  /** The chat language whose texts are those of the screen's own. */
  language: string;
  schedule: string | undefined;
}

const node = (id: string, kind: Node['kind'], settings: Node['settings'], name = ''): Node => ({ id, kind, name, x: 0, y: 0, settings });
const edge = (from: string, exit: string, to: string): Edge => ({ from, exit, to });

/** The graph of a template, with texts in one language to begin with; laid out. */
export function template(id: TemplateId, t: Say, { language, schedule }: Given): Graph {
  const say = (text: string) => ({ texts: { [language]: text } });
  const waiting: Node[] = [
    node('queue', 'queue', { preferred: 'none' }), node('wait', 'wait', { seconds: 3600, every_s: 60, ...say(t('designer.text_position', { position: '{position}', minutes: '{minutes}' })) }),
  ];
  const waitingEdges = [edge('queue', 'next', 'wait'), edge('wait', 'next', 'wait')];
  const start = node('start', 'start', {});
  const graphs: Record<TemplateId, Graph> = {
    simple: {
      nodes: [start, node('message', 'message', say(t('designer.text_welcome', { name: '{name}' }))), ...waiting], edges: [edge('start', 'next', 'message'), edge('message', 'next', 'queue'), ...waitingEdges],
    },
    hours: {
      nodes: [
        start, node('schedule', 'schedule', schedule ? { schedule } : {}), node('message', 'message', say(t('designer.text_welcome', { name: '{name}' }))), ...waiting,
        node('disconnect', 'disconnect', say(t('designer.text_closed')), t('designer.name_closed')),
      ],
      edges: [edge('start', 'next', 'schedule'), edge('schedule', 'open', 'message'), edge('schedule', 'closed', 'disconnect'), edge('message', 'next', 'queue'), ...waitingEdges],
    },
    questions: {
      nodes: [
        start,
        node('collect', 'collect', {
          ...say(t('designer.text_ask')), timeout_s: 300,
          fields: [
            { key: 'order', label: { [language]: t('designer.text_order') }, kind: 'text', required: false },
            { key: 'topic', label: { [language]: t('designer.text_topic') }, kind: 'choice', required: true, choices: t('designer.text_topics').split(', ') },
          ],
        }),
        node('decision', 'decision', { branches: [{ id: 'urgent', name: t('designer.name_urgent'), expression: `contact.data.topic == ${JSON.stringify(t('designer.text_topics').split(', ')[0])}` }] }),
        node('set', 'set', { priority: 'contact.priority + 20' }, t('designer.name_raise')), ...waiting,
      ],
      edges: [
        edge('start', 'next', 'collect'), edge('collect', 'next', 'decision'), edge('collect', 'timeout', 'queue'), edge('decision', 'urgent', 'set'), edge('decision', 'else', 'queue'), edge('set', 'next', 'queue'),
        ...waitingEdges,
      ],
    },
    mail: {
      nodes: [
        node('start', 'start', { media: ['email'] }), node('decision', 'decision', { branches: [{ id: 'spam', name: t('designer.name_spam'), expression: 'contact.email.spam' }] }),
        node('discard', 'discard', { reason: t('designer.text_spam') }), node('schedule', 'schedule', schedule ? { schedule } : {}),
        node('acknowledge', 'acknowledge', say(t('designer.text_acknowledge', { name: '{name}' })), t('designer.name_closed')), node('queue', 'queue', { preferred: 'none' }),
      ],
      edges: [
        edge('start', 'next', 'decision'), edge('decision', 'spam', 'discard'), edge('decision', 'else', 'schedule'), edge('schedule', 'open', 'queue'), edge('schedule', 'closed', 'acknowledge'),
        edge('acknowledge', 'next', 'queue'),
      ],
    },
  };
  const graph = graphs[id];
  const places = layout(graph);
  return { ...graph, nodes: graph.nodes.map((n) => ({ ...n, ...places.get(n.id) })) };
}
