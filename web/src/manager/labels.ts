import { domainName } from '../kit/names';
import type { Key, Say } from '../kit/texts';

/** What the fields of the API are called on the screens. */
export const fieldNames: Record<string, Key> = {
  name: 'manager.name', description: 'manager.description', first_name: 'manager.first_name', last_name: 'manager.last_name', screen_name: 'manager.screen_name',
  mail: 'manager.mail', roles: 'manager.roles', language: 'app.language', disabled: 'manager.disabled', agent_id: 'manager.agent_id', team: 'manager.team',
  supervised_teams: 'manager.supervised_teams', login_enabled: 'manager.login_enabled', support_digital: 'manager.support_digital', sign_in: 'manager.sign_in',
  capacity: 'manager.capacity', skills: 'manager.skills', preferences: 'manager.preferences', level: 'manager.level', domain: 'manager.medium',
  policy: 'manager.policy', steps: 'manager.steps', after_s: 'manager.after_s', requirements: 'manager.requirements', queues: 'manager.queues', agents: 'manager.step_agents',
  objective_s: 'manager.objective_s', offer_s: 'manager.offer_s', wrap_up_s: 'manager.wrap_up_s', customer_grace_s: 'manager.customer_grace_s',
  preferred_hold_s: 'manager.preferred_hold_s', waiting_max: 'manager.waiting_max', dispositions: 'manager.dispositions', auto_accept: 'manager.auto_accept',
  no_wrap_up: 'manager.no_wrap_up', wrap_up_frees_slot: 'manager.wrap_up_frees_slot', no_answer_stays: 'manager.no_answer_stays', cherry_pick: 'manager.cherry_pick',
  disposition_needed: 'manager.disposition_needed', schedule: 'manager.schedule', outside: 'manager.outside', supervisors: 'manager.supervisors',
  time_zone: 'manager.time_zone', week: 'manager.week', holidays: 'manager.holidays', date: 'manager.date', yearly: 'manager.yearly', easter: 'manager.easter',
  periods: 'manager.periods', shortcut: 'manager.shortcut', category: 'manager.category', texts: 'manager.texts', personal: 'manager.personal', pages: 'manager.pages',
  messages: 'manager.messages', emoticons: 'manager.emoticons', pattern: 'manager.pattern', why: 'manager.why', note: 'manager.note', company: 'manager.company',
  addresses: 'manager.addresses', fields: 'manager.fields', idle_warning_s: 'manager.idle_warning_s', idle_end_s: 'manager.idle_end_s', show_typed: 'manager.show_typed',
  transcript: 'manager.transcript', satisfaction: 'manager.ask_satisfaction', attachments: 'manager.attachments', enabled: 'manager.enabled', bytes_max: 'manager.bytes_max',
  types: 'manager.types', mask_cards: 'manager.mask_cards', masks: 'manager.masks', pre_chat: 'manager.pre_chat', offline: 'manager.offline', keep_last: 'manager.keep_last',
  kind: 'manager.field_kind', label: 'manager.label', required: 'manager.required', choices: 'manager.choices', ageing_s: 'manager.ageing_s',
  desktop_grace_s: 'manager.desktop_grace_s', matrix: 'manager.matrix', done: 'manager.done', expires_at: 'manager.expires_at', permissions: 'manager.permissions', minimum: 'manager.minimum', available: 'manager.minimum_available', pick_by_permission: 'manager.pick_by_permission', quota: 'manager.quota', users: 'manager.users', congestion: 'manager.congestion', desk_profile: 'manager.desk_profile', accept: 'manager.desk_accept', no_answer: 'manager.desk_no_answer',
  rights: 'manager.rights', custom_roles: 'manager.custom_roles', keywords: 'manager.keywords', text: 'manager.text', link: 'manager.article_link', role: 'manager.role', shows: 'manager.shows', code: 'manager.code',
};

const domains = new Set(['chat', 'email', 'voice', 'outbound', 'callback', 'task']);

/** Values that are words of the API. */
const words: Record<string, (t: Say, value: string) => string> = {
  policy: (t, v) => t(`manager.policy_${v}` as Key),
  outside: (t, v) => t(`manager.outside_${v}` as Key),
  why: (t, v) => t(`manager.why_${v}` as Key),
  roles: (t, v) => t(`app.role_${v}` as Key),
  role: (t, v) => t(`app.role_${v}` as Key),
  rights: (t, v) => t(`manager.right_${v.replace('.', '_')}` as Key),
  permissions: (t, v) => t(`manager.permission_${v}` as Key),
  accept: (t, v) => t(`manager.accept_${v}` as Key),
  domain: domainName,
  matrix: (t, v) => t(`manager.matrix_${v}` as Key),
};

/** Where in an object a change is, as people call it. */
export function pathLabel(t: Say, path: readonly string[], nameOf: (id: string) => string): string {
  return path
    .filter((part, i) => !(part === 'agent' || part === 'settings') || i > 0)
    .map((part, i) => {
      const key = i > 0 && path[i - 1] === 'messages' ? (`manager.message_${part}` as Key) : fieldNames[part];
      if (key) return t(key);
      return domains.has(part) ? domainName(t, part) : nameOf(part);
    })
    .join(' › ');
}

/** A value as people read it. */
export function valueText(t: Say, path: readonly string[], value: unknown, nameOf: (id: string) => string, days: readonly string[]): string {
  const field = path.findLast((part) => words[part] || part.endsWith('_s')) ?? '';
  if (value === undefined || value === null || value === '') return t('manager.nothing');
  if (typeof value === 'boolean') return t(value ? 'manager.yes' : 'manager.no');
  if (typeof value === 'number') return field.endsWith('_s') ? t('manager.seconds', { n: value }) : String(value);
  if (typeof value === 'string') return words[field]?.(t, value) ?? nameOf(value);
  if (Array.isArray(value)) return value.map((entry) => valueText(t, path, entry, nameOf, days)).join(', ');
  const one = value as Record<string, unknown>;
  if (typeof one.skill === 'string') return `${nameOf(one.skill)} ${String(one.level)}`;
  if (typeof one.from === 'string') return `${typeof one.day === 'number' ? `${days[one.day]} ` : ''}${one.from}–${String(one.to)}`;
  if (typeof one.code === 'string') return `${one.code} ${String(one.shows ?? '')}`;
  if (typeof one.name === 'string') return one.name;
  if (typeof one.value === 'string') return one.value;
  return Object.entries(one)
    .map(([key, part]) => `${pathLabel(t, [key], nameOf)}: ${valueText(t, [...path, key], part, nameOf, days)}`)
    .join('; ');
}
