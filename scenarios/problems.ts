import { z } from 'zod';
import { legible } from '../checkers/index.js';
import { nearestName } from '../checkers/values.js';

/** One thing that is wrong with data that somebody wrote. */
export interface Problem {
  readonly path: readonly (string | number)[];
  /** What is wrong, the offending value, what was expected, the nearest name that there is. */
  readonly message: string;
}

const SHOWN_MAX = 60;
const CANDIDATES_MAX = 4;

/** Parses what somebody wrote, or tells every problem with it in words. */
export function parseWith<T>(
  schema: z.ZodType<T>,
  input: unknown,
): { readonly data: T } | { readonly problems: readonly Problem[] } {
  let parsed: z.ZodSafeParseResult<T>;
  try {
    parsed = schema.safeParse(input, { reportInput: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { problems: [{ path: [], message: 'it nests too deeply, or holds itself' }] };
  }
  if (parsed.success) {
    const lost = prototypeKeys(input, []);
    return lost.length > 0 ? { problems: lost } : { data: parsed.data };
  }
  return {
    problems: parsed.error.issues
      .flatMap((issue) => told(issue as Issue, []))
      .map((found) => worded(found, schema, input)),
  };
}

/** A key that no object made by reading keeps: it would be lost without a word. */
function prototypeKeys(value: unknown, path: readonly (string | number)[], seen = new Set<object>()): Problem[] {
  // What is there twice, or holds itself, was looked at.
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if (Array.isArray(value)) return value.flatMap((item, i) => prototypeKeys(item, [...path, i], seen));
  return Object.entries(value).flatMap(([key, item]) =>
    key === '__proto__'
      ? [{ path: [...path, key], message: `a key named ${JSON.stringify(key)} cannot be used` }]
      : prototypeKeys(item, [...path, key], seen),
  );
}

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly input?: unknown;
  readonly expected?: string;
  readonly origin?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly values?: readonly unknown[];
  readonly errors?: readonly (readonly Issue[])[];
  readonly options?: readonly unknown[];
  readonly keys?: readonly string[];
}

interface Found {
  readonly path: readonly (string | number)[];
  readonly kind: 'unknown-key' | 'missing' | 'wrong';
  readonly expected: string;
  /** Names of which the value should be one. */
  readonly names?: readonly string[];
}

function told(issue: Issue, before: readonly (string | number)[]): Found[] {
  const path = [...before, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => ({ path: [...path, key], kind: 'unknown-key', expected: '' }));
  }
  const names = issue.code === 'invalid_value' ? issue.values : issue.options;
  if (names !== undefined && names.length > 0) {
    const words = names.map(String);
    return [
      { path, kind: 'wrong', expected: words.length === 1 ? words[0]! : `one of ${words.join(', ')}`, names: words },
    ];
  }
  if (issue.code === 'invalid_union' && issue.errors !== undefined && issue.errors.length > 0)
    return ofUnion(issue.errors, path);
  if (issue.input === undefined && issue.code === 'invalid_type')
    return [{ path, kind: 'missing', expected: typeWord(issue.expected) }];
  return [{ path, kind: 'wrong', expected: expectation(issue) }];
}

/** Of a union, the branch that the writer meant is told: the one that knows all the keys, or gets furthest. */
function ofUnion(branches: readonly (readonly Issue[])[], path: readonly (string | number)[]): Found[] {
  const found = branches.map((branch) => branch.flatMap((issue) => told(issue, path)));
  const score = (branch: readonly Found[]): number => {
    if (branch.some(({ kind }) => kind === 'unknown-key')) return 1;
    return branch.some((one) => one.path.length > path.length) ? 2 : 0;
  };
  const best = found.reduce((a, b) => (score(b) > score(a) || (score(b) === score(a) && depth(b) > depth(a)) ? b : a));
  if (score(best) === 2) return best;
  // A key that no branch knows says more than all that each of them misses.
  if (score(best) === 1) return best.filter(({ kind }) => kind === 'unknown-key');
  const all = found.flat();
  const names = all.flatMap((one) => one.names ?? []);
  const expected = [...new Set(all.map((one) => one.expected))].join(' or ');
  const kind = all.every((one) => one.kind === 'missing') ? 'missing' : 'wrong';
  return [{ path, kind, expected, ...(names.length === 0 ? {} : { names }) }];
}

function depth(branch: readonly Found[]): number {
  return branch.reduce((most, { path }) => Math.max(most, path.length), 0);
}

function expectation(issue: Issue): string {
  const many = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' items' : '';
  switch (issue.code) {
    case 'invalid_type':
      return typeWord(issue.expected);
    case 'too_big':
      return `at most ${issue.maximum ?? '?'}${many}`;
    case 'too_small':
      return `at least ${issue.minimum ?? '?'}${many}`;
    default:
      return issue.message.replace(/^expected /, '').replace(/^Invalid input: expected /, '');
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'null',
};

function typeWord(expected = 'something else'): string {
  return TYPE_WORDS[expected] ?? expected;
}

function worded(found: Found, schema: z.ZodType, input: unknown): Problem {
  const { path, kind, expected, names } = found;
  if (kind === 'unknown-key') {
    const key = String(path.at(-1));
    const like = keyMeant(schema, input, path);
    return {
      path,
      message: `unknown key ${JSON.stringify(key)}${like === undefined ? '' : `; did you mean ${like}?`}`,
    };
  }
  if (kind === 'missing') return { path, message: `is missing (${expected} was expected)` };
  const value = at(input, path);
  const like = names === undefined || typeof value !== 'string' ? undefined : nearestName(value, names);
  const said = / (was|cannot|is) /.test(` ${expected} `) ? expected : `${expected} was expected`;
  return { path, message: `${said}, found ${excerpt(value)}${like === undefined ? '' : `; did you mean ${like}?`}` };
}

/** The key that a misspelt one was to be: near in spelling, and known in that very place. */
function keyMeant(schema: z.ZodType, input: unknown, path: readonly (string | number)[]): string | undefined {
  const wrong = String(path.at(-1));
  const place = path.slice(0, -1);
  const holder = at(input, place) as Readonly<Record<string, unknown>> | undefined;
  let candidates = knownKeys(schema);
  for (let tries = 0; tries < CANDIDATES_MAX; tries++) {
    const candidate = nearestName(wrong, candidates);
    if (candidate === undefined) return undefined;
    const { [wrong]: value, ...rest } = holder ?? {};
    const again = schema.safeParse(replaced(input, place, { ...rest, [candidate]: value }));
    const still = again.success ? [] : again.error.issues.flatMap((issue) => told(issue as Issue, []));
    const refused = still.some(
      (one) => one.kind === 'unknown-key' && one.path.join('.') === [...place, candidate].join('.'),
    );
    if (!refused) return candidate;
    candidates = candidates.filter((key) => key !== candidate);
  }
  return undefined;
}

const keysOf = new WeakMap<z.ZodType, readonly string[]>();

/** Every key that a schema knows anywhere. */
function knownKeys(schema: z.ZodType): readonly string[] {
  const known = keysOf.get(schema);
  if (known !== undefined) return known;
  const keys = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties') for (const property of Object.keys(value as object)) keys.add(property);
      visit(value);
    }
  };
  visit(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  const list = [...keys];
  keysOf.set(schema, list);
  return list;
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  let part = value;
  for (const key of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) return undefined;
    part = (part as Readonly<Record<string, unknown>>)[key];
  }
  return part;
}

function replaced(value: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === key ? replaced(item, rest, to) : item));
  const record = value as Readonly<Record<string, unknown>>;
  return { ...record, [key]: replaced(record[key], rest, to) };
}

/** A value for a message: short, on one line, whatever it is. */
export function excerpt(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'function') return 'a function';
  let text: string;
  try {
    text = legible(JSON.stringify(value) ?? String(value));
  } catch {
    text = 'something that holds itself';
  }
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
