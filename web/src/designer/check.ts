/** What is wrong with a graph, told at once; the server's check knows the rest and has the last word. */
import { faultOf } from './expression';
import { exitsOf, targetOf, type Graph, type Node, type SettingsOf } from './graph';
import { reachable } from './doc';

export interface Problem {
  node: string;
  exit: string;
  field: string;
  code: string;
  message: string;
  values?: Record<string, string>;
  severity: 'error' | 'warning';
}

/** A problem found here: its sentence is the catalogue's. */
function local(node: string, code: string, more: Partial<Problem> = {}): Problem {
  return { node, exit: '', field: '', code, message: '', severity: 'error', ...more };
}

export function checkGraph(graph: Graph): Problem[] {
  const out: Problem[] = [];
  const start = graph.nodes.find((n) => n.kind === 'start');
  if (!start) out.push(local('', 'no_start'));
  const led = start ? reachable(graph, start.id) : new Set<string>();
  for (const node of graph.nodes) {
    if (start && !led.has(node.id)) {
      out.push(local(node.id, 'unreachable', { severity: 'warning' }));
      continue;
    }
    for (const exit of exitsOf(node)) if (!exit.open && !targetOf(graph, node.id, exit.id)) out.push(local(node.id, 'open_exit', { exit: exit.id }));
    out.push(...checkSettings(node));
  }
  return out;
}

const noTexts = (texts: Record<string, string> | undefined) => !Object.values(texts ?? {}).some((text) => text.trim() !== '');

/** What a component lacks, and expressions that cannot be read. */
export function checkSettings(node: Node): Problem[] {
  const out: Problem[] = [];
  const needed = (field: string, is: boolean) => is && out.push(local(node.id, 'required', { field }));
  const expression = (field: string, text: string | undefined) => {
    const fault = faultOf(text ?? '');
    if (fault) out.push(local(node.id, `expression_${fault.code}`, { field }));
  };
  switch (node.kind) {
    case 'decision': {
      const { branches = [] } = node.settings as SettingsOf['decision'];
      needed('branches', branches.length === 0);
      branches.forEach((b, i) => {
        needed(`branches.${i}.expression`, !b.expression.trim());
        expression(`branches.${i}.expression`, b.expression);
      });
      break;
    }
    case 'schedule':
      needed('schedule', !(node.settings as SettingsOf['schedule']).schedule);
      break;
    case 'category':
      needed('category', !(node.settings as SettingsOf['category']).category);
      break;
    case 'message':
    case 'auto_reply':
    case 'acknowledge':
    case 'offer_callback':
      needed('texts', noTexts((node.settings as SettingsOf['message']).texts));
      break;
    case 'collect': {
      const { fields = [] } = node.settings as SettingsOf['collect'];
      needed('fields', fields.length === 0);
      fields.forEach((f, i) => needed(`fields.${i}.choices`, f.kind === 'choice' && (f.choices ?? []).length === 0));
      break;
    }
    case 'web_request':
      needed('url', !(node.settings as SettingsOf['web_request']).url?.trim());
      break;
    case 'function':
      needed('function', !(node.settings as SettingsOf['function']).function);
      break;
    case 'lookup': {
      const s = node.settings as SettingsOf['lookup'];
      needed('connection', !s.connection);
      needed('query', !s.query?.trim());
      Object.entries(s.parameters ?? {}).forEach(([name, text]) => expression(`parameters.${name}`, text));
      break;
    }
    case 'set': {
      const s = node.settings as SettingsOf['set'];
      expression('priority', s.priority);
      s.data?.forEach((d, i) => expression(`data.${i}.value`, d.value));
      break;
    }
    case 'queue':
      expression('priority', (node.settings as SettingsOf['queue']).priority);
      break;
    case 'transfer': {
      const s = node.settings as SettingsOf['transfer'];
      needed(s.to ?? 'queue', !(s.to === 'agent' ? s.agent : s.to === 'address' ? s.address : s.queue));
      break;
    }
    case 'forward':
      needed('to', !(node.settings as SettingsOf['forward']).to?.trim());
      break;
    case 'discard':
      needed('reason', !(node.settings as SettingsOf['discard']).reason?.trim());
      break;
    default:
  }
  return out;
}

const place = (p: Problem) => `${p.node} ${p.exit} ${p.field}`;

/** What was found here and by the server: of one place the server's word counts. */
export function joined(here: readonly Problem[], server: readonly Problem[] | undefined): Problem[] {
  if (!server) return [...here];
  const said = new Set(server.map(place));
  return [...server, ...here.filter((p) => !said.has(place(p)))].sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
}
