/** Comparing and merging of bodies: plain JSON values. */
type Json = unknown;

function isRecord(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same by value; an absent field and an undefined one are alike. */
export function same(a: Json, b: Json): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]));
  if (isRecord(a) && isRecord(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((k) => same(a[k], b[k]));
  return false;
}

export interface Merged<T> {
  value: T;
  /** Fields that only the other one changed, taken over. */
  taken: string[];
  /** Fields that both changed differently: mine is kept. */
  both: string[];
}

/**
 * Brings another's change under one's own: a field that I changed stays mine, all
 * others become theirs. Lists are fields as a whole.
 */
export function merge<T>(base: T, mine: T, theirs: T): Merged<T> {
  const taken: string[] = [];
  const both: string[] = [];
  const join = (path: string, key: string) => (path ? `${path}.${key}` : key);
  function go(b: Json, m: Json, t: Json, path: string): Json {
    if (isRecord(m) && isRecord(t)) {
      const before = isRecord(b) ? b : {};
      const out: Record<string, Json> = {};
      for (const key of new Set([...Object.keys(t), ...Object.keys(m)])) {
        const value = go(before[key], m[key], t[key], join(path, key));
        if (value !== undefined) out[key] = value;
      }
      return out;
    }
    if (same(b, t)) return m;
    if (same(b, m)) {
      taken.push(path);
      return t;
    }
    if (!same(m, t)) both.push(path);
    return m;
  }
  return { value: go(base, mine, theirs, '') as T, taken, both };
}

/** One line of a difference: where, what was, what is. */
export interface Change {
  path: string[];
  before: Json;
  after: Json;
  /** Of lists: what came and what went. */
  added?: Json[];
  removed?: Json[];
}

/** What tells the entries of a list apart. */
function identityOf(entry: Json): string {
  if (!isRecord(entry)) return JSON.stringify(entry);
  const named = entry.skill ?? entry.id ?? entry.code ?? entry.name;
  return named === undefined ? JSON.stringify(entry) : String(named);
}

/** The difference of two values, field by field, lists by their entries. */
export function differences(before: Json, after: Json): Change[] {
  const out: Change[] = [];
  function go(b: Json, a: Json, path: string[]): void {
    if (same(b, a)) return;
    if (isRecord(b) || isRecord(a)) {
      const [x, y] = [isRecord(b) ? b : {}, isRecord(a) ? a : {}];
      for (const key of new Set([...Object.keys(x), ...Object.keys(y)])) go(x[key], y[key], [...path, key]);
      return;
    }
    if (Array.isArray(b) || Array.isArray(a)) {
      const [x, y] = [Array.isArray(b) ? b : [], Array.isArray(a) ? a : []];
      if (!x.some(isRecord) && !y.some(isRecord)) {
        out.push({ path, before: b, after: a, added: y.filter((e) => !x.some((o) => same(o, e))), removed: x.filter((e) => !y.some((o) => same(o, e))) });
        return;
      }
      const [was, is] = [byIdentity(x), byIdentity(y)];
      const added = [...is].filter(([key]) => !was.has(key)).map(([, e]) => e);
      const removed = [...was].filter(([key]) => !is.has(key)).map(([, e]) => e);
      if (added.length || removed.length) out.push({ path, before: b, after: a, added, removed });
      for (const [key, e] of is) {
        const old = was.get(key);
        if (old !== undefined && !same(old, e)) go(old, e, [...path, key]);
      }
      return;
    }
    out.push({ path, before: b, after: a });
  }
  go(before, after, []);
  return out.filter((c) => !(empty(c.before) && empty(c.after)));
}

function byIdentity(list: Json[]): Map<string, Json> {
  const map = new Map<string, Json>();
  for (const entry of list) {
    let key = identityOf(entry);
    while (map.has(key)) key += '+';
    map.set(key, entry);
  }
  return map;
}

function empty(value: Json): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
