import type { Key, Say } from '../kit/texts';
import { textOr } from '../kit/texts';
import type { Problem } from './check';
import { exitsOf, nodeOf, type Exit, type Graph, type Kind, type Node, type SettingsOf } from './graph';

export const kindName = (t: Say, kind: Kind): string => t(`kit.step_${kind}` as Key);
export const nodeName = (t: Say, node: Pick<Node, 'kind' | 'name'>): string => node.name || kindName(t, node.kind);

export function exitName(t: Say, exit: Exit): string {
  return exit.name === undefined ? textOr(`designer.exit_${exit.id}`, exit.id) : exit.name || t('designer.branch_unnamed');
}

/** The name of an exit of a component, also of one that is gone. */
export function exitOfName(t: Say, graph: Graph, node: string, exit: string): string {
  const from = nodeOf(graph, node);
  const found = from && exitsOf(from).find((e) => e.id === exit);
  return found ? exitName(t, found) : textOr(`designer.exit_${exit}`, exit);
}

const firstText = (texts: Record<string, string> | undefined) => Object.values(texts ?? {}).find((text) => text.trim() !== '') ?? '';

/** What a component does, in one line; empty when nothing is set. */
export function summary(t: Say, node: Node, nameOf: (id: string) => string): string {
  switch (node.kind) {
    case 'start': {
      const s = node.settings as SettingsOf['start'];
      const parts = [...(s.media ?? []).map((m) => textOr(`designer.medium_${m}`, m)), ...(s.queues ?? []).map(nameOf), ...(s.source ?? []), ...(s.destination ?? [])];
      return parts.length > 0 ? parts.join(', ') : t('designer.start_all');
    }
    case 'decision':
      return (node.settings as SettingsOf['decision']).branches?.map((b) => b.expression).filter(Boolean).join('; ') ?? '';
    case 'schedule':
      return named((node.settings as SettingsOf['schedule']).schedule, nameOf);
    case 'category':
      return named((node.settings as SettingsOf['category']).category, nameOf);
    case 'set':
      return setText(t, node.settings as SettingsOf['set'], nameOf);
    case 'message':
    case 'offer_callback':
    case 'auto_reply':
    case 'acknowledge':
    case 'disconnect':
      return firstText((node.settings as SettingsOf['message']).texts);
    case 'forward':
      return (node.settings as SettingsOf['forward']).to ?? '';
    case 'discard':
      return (node.settings as SettingsOf['discard']).reason ?? '';
    case 'collect':
      return (node.settings as SettingsOf['collect']).fields?.map((f) => firstText(f.label) || f.key).join(', ') ?? '';
    case 'web_request': {
      const s = node.settings as SettingsOf['web_request'];
      return s.url ? `${s.method || 'GET'} ${s.url}` : '';
    }
    case 'function':
      return named((node.settings as SettingsOf['function']).function, nameOf);
    case 'lookup':
      return named((node.settings as SettingsOf['lookup']).connection, nameOf);
    case 'queue': {
      const { queue } = node.settings as SettingsOf['queue'];
      return queue ? nameOf(queue) : t('designer.queue_addressed');
    }
    case 'wait': {
      const { seconds = 0, texts } = node.settings as SettingsOf['wait'];
      const said = firstText(texts);
      return said ? `${t('designer.seconds', { n: seconds })} · ${said}` : t('designer.seconds', { n: seconds });
    }
    case 'transfer': {
      const s = node.settings as SettingsOf['transfer'];
      return s.to === 'address' ? (s.address ?? '') : named(s.to === 'agent' ? s.agent : s.queue, nameOf);
    }
  }
}

const named = (id: string | undefined, nameOf: (id: string) => string) => (id ? nameOf(id) : '');

function setText(t: Say, s: SettingsOf['set'], nameOf: (id: string) => string): string {
  const parts: string[] = [];
  if (s.priority) parts.push(`${t('designer.field_priority')} ${s.priority}`);
  if (s.language) parts.push(`${t('designer.field_language')} ${s.language}`);
  for (const d of s.data ?? []) parts.push(`${d.key} = ${d.value}`);
  for (const l of s.skills ?? []) parts.push(`${nameOf(l.skill)} ≥ ${l.level}`);
  return parts.join('; ');
}

/** The name of a setting, by its path within the settings. */
export function fieldName(t: Say, field: string): string {
  const parts = field.split('.').filter((part) => !/^\d+$/.test(part));
  for (const part of parts.reverse()) {
    const name = textOr(`designer.field_${part}`, '');
    if (name) return name;
  }
  return field ? field : t('designer.component');
}

/** What is wrong, in the person's language where the catalogue has a sentence for it. */
export function problemText(t: Say, p: Problem, graph: Graph): string {
  const values = { ...p.values, field: fieldName(t, p.field), exit: p.exit ? exitOfName(t, graph, p.node, p.exit) : '', message: p.message };
  const of = textOr(`designer.problem_${p.code}`, p.message, values);
  return p.values?.what ? textOr(`designer.problem_${p.code}_${p.values.what}`, of, values) : of;
}

/** What a component is read as: its name, kind, what it does, where its exits lead, and what is wrong. */
export function spoken(t: Say, graph: Graph, node: Node, nameOf: (id: string) => string, problems: number): string {
  const exits = exitsOf(node).map((e) => {
    const to = nodeOf(graph, graph.edges.find((x) => x.from === node.id && x.exit === e.id)?.to);
    return to ? t('designer.goes_to', { exit: exitName(t, e), to: nodeName(t, to) }) : t('designer.goes_nowhere', { exit: exitName(t, e) });
  });
  const parts = [node.name ? `${node.name}, ${kindName(t, node.kind)}` : kindName(t, node.kind), summary(t, node, nameOf), ...exits];
  if (problems > 0) parts.push(t('designer.problems_count', { count: problems }));
  return parts.filter(Boolean).join('. ');
}
