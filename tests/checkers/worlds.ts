import type { Value } from '../../engine/history.js';
import {
  appendList,
  casRegister,
  counter,
  exchanger,
  kv,
  kvText,
  lease,
  log,
  multiRegister,
  mutex,
  priorityQueue,
  queue,
  register,
  semaphore,
  set,
  stack,
  transactionalRegister,
  uniqueIds,
  writeSnapshot,
  type AnyModel,
} from '../../checkers/index.js';

/** Chooses a whole number below the given one. */
export type Draw = (below: number) => number;

/** An object as a correct store would keep it, and what clients ask of it. */
export interface World {
  readonly model: AnyModel;
  /** An object at its beginning. */
  readonly start: () => unknown;
  /** What a client asks next; `fresh` is a number that was not given before. */
  readonly ask: (draw: Draw, fresh: number, client: string) => { readonly f: string; readonly input: Value };
  /** Where it spans two moments: what it does at the first of them. `act` is the second. */
  readonly begin?: (state: never, input: never, fresh: number) => unknown;
  /** Carries it out. @returns the new state, and the answer. */
  readonly act: (state: never, f: string, input: never, fresh: number) => readonly [unknown, Value];
  /** A wrong answer, that has the right shape. */
  readonly lie: (draw: Draw, f: string, input: never, answer: never) => Value;
}

/** The store refused: the operation surely did not happen. */
export const REFUSED = 'refused';

const num = (value: unknown): number => value as number;
const list = (value: unknown): Value[] => value as Value[];

function container(model: AnyModel, put: string, take: string, at: (contents: number[]) => number, values = 0): World {
  return {
    model,
    start: () => [],
    ask: (draw, fresh) =>
      draw(2) === 0 ? { f: put, input: values === 0 ? fresh : draw(values) } : { f: take, input: null },
    act: (contents: number[], f, input: number) => {
      if (f === put) return [[...contents, input], input];
      if (contents.length === 0) return [contents, null];
      const i = at(contents);
      return [contents.filter((_, other) => other !== i), contents[i] as number];
    },
    lie: (draw, f, input, answer: Value) =>
      f === put ? input : draw(3) === 0 ? null : typeof answer === 'number' ? answer + draw(3) - 1 : draw(5),
  };
}

const first = (): number => 0;
const last = (contents: number[]): number => contents.length - 1;
const least = (contents: number[]): number => contents.indexOf(Math.min(...contents));

function registerWorld(model: AnyModel, values: number): World {
  return {
    model,
    start: () => null,
    ask: (draw, fresh) =>
      draw(2) === 0 ? { f: 'read', input: null } : { f: 'write', input: values === 0 ? fresh : draw(values) },
    act: (state: Value, f, input: Value) => (f === 'write' ? [input, input] : [state, state]),
    lie: (draw, f, input, answer: Value) => (f === 'write' ? input : typeof answer === 'number' ? answer - 1 : draw(4)),
  };
}

function casWorld(values: number): World {
  return {
    ...registerWorld(casRegister, values),
    ask: (draw, fresh) => {
      const f = ['read', 'write', 'cas'][draw(3)] as string;
      const value = (): number => (values === 0 ? fresh : draw(values));
      return { f, input: f === 'cas' ? [draw(Math.max(2, values)), value()] : f === 'write' ? value() : null };
    },
    act: (state: Value, f, input: Value) => {
      if (f === 'write') return [input, input];
      if (f === 'read') return [state, state];
      return state === list(input)[0] ? [list(input)[1], input] : [state, false];
    },
    lie: (draw, f, input, answer: Value) => (f === 'read' ? draw(3) : f === 'cas' && answer === false ? input : answer),
  };
}

function listWorld(model: AnyModel, item: (fresh: number) => Value, empty: Value, joins: boolean): World {
  return {
    model,
    start: () => empty,
    ask: (draw, fresh) => (draw(2) === 0 ? { f: 'read', input: null } : { f: 'append', input: item(fresh) }),
    act: (state: Value, f, input: Value) => {
      if (f === 'read') return [state, state];
      const next = joins ? `${(state ?? '') as string}${String(input)}` : [...list(state ?? []), input];
      return [next, input];
    },
    lie: (draw, f, input, answer: Value) => {
      if (f === 'append') return input;
      if (typeof answer === 'string') return draw(2) === 0 ? answer.slice(2) : answer.slice(0, -2);
      const items = list(answer ?? []);
      return draw(3) === 0 ? [...items, ...items.slice(0, 1)] : draw(2) === 0 ? items.slice(0, -1) : items.toReversed();
    },
  };
}

/** Every value is added once, and most are removed once, before or after. */
function onceWorld(): World {
  const left = new Map<string, number>();
  return {
    ...setWorld(['add', 'remove', 'contains'], 0),
    ask: (draw, fresh) => {
      if (fresh === 0) left.clear();
      const value = Math.floor(fresh / 5);
      const f = ['contains', 'add', 'remove', 'contains', 'contains'][draw(5)] as string;
      const times = left.get(`${f} ${value}`) ?? 0;
      left.set(`${f} ${value}`, times + 1);
      return { f: times === 0 ? f : 'contains', input: value };
    },
  };
}

const setWorld = (names: readonly string[], values: number): World => ({
  model: set,
  start: () => [],
  ask: (draw, fresh) => {
    const f = names[draw(names.length)] as string;
    return { f, input: f === 'read' ? null : values === 0 ? fresh : draw(values) };
  },
  act: (members: Value[], f, input: Value) => {
    if (f === 'read') return [members, members];
    if (f === 'contains') return [members, members.includes(input)];
    const without = members.filter((member) => member !== input);
    return [f === 'add' ? [...without, input] : without, input];
  },
  lie: (draw, f, _input, answer: Value) =>
    f === 'contains'
      ? !(answer as boolean)
      : f !== 'read'
        ? answer
        : draw(2) === 0
          ? list(answer).slice(1)
          : [...list(answer), draw(5)],
});

function mutexWorld(name: (draw: Draw, client: string) => Value): World {
  return {
    model: mutex,
    start: () => null,
    ask: (draw, _fresh, client) => ({ f: ['acquire', 'release'][draw(2)] as string, input: name(draw, client) }),
    act: (holder: Value, f, input: Value) => {
      if (f === 'acquire') return holder === null ? [[input], input] : [holder, false];
      return holder !== null && list(holder)[0] === input ? [null, input] : [holder, REFUSED];
    },
    lie: (draw, f, input, answer: Value) =>
      f === 'acquire' && draw(2) === 0 ? (answer === false ? input : false) : answer,
  };
}

/** Who waits at an exchanger, and what each was given. */
interface Meeting {
  readonly waiting: Value[];
  readonly given: Readonly<Record<string, Value>>;
}

/** Every model that ships, under clients that make it interesting; some under several. */
export const worlds: Readonly<Record<string, World>> = {
  register: registerWorld(register, 3),
  'register, unique values': registerWorld(register, 0),
  'kv, unique values': registerWorld(kv, 0),
  'cas-register': casWorld(3),
  'cas-register, unique values': casWorld(0),
  'append-list': listWorld(appendList, (fresh) => fresh, [], false),
  'append-list of texts': listWorld(appendList, (fresh) => `a${fresh}`, [], false),
  'kv, lists': listWorld(kv, (fresh) => fresh, null, false),
  'kv-text, texts': listWorld(kvText, (fresh) => `${String.fromCharCode(97 + (fresh % 26))} `, '', true),
  counter: {
    model: counter,
    start: () => 0,
    ask: (draw) =>
      draw(2) === 0
        ? { f: 'read', input: null }
        : draw(3) === 0
          ? { f: 'decrement', input: 2 }
          : { f: 'add', input: draw(4) === 0 ? 3 : null },
    act: (state: number, f, input: number | null) =>
      f === 'read' ? [state, state] : [f === 'add' ? state + (input ?? 1) : state - num(input), input],
    lie: (draw, f, input, answer: Value) => (f === 'read' ? num(answer) + draw(3) - 1 : input),
  },
  'counter, one amount': {
    model: counter,
    start: () => 0,
    ask: (draw) => (draw(2) === 0 ? { f: 'read', input: null } : { f: 'add', input: -3 }),
    act: (state: number, f, input: number) => (f === 'read' ? [state, state] : [state + input, input]),
    lie: (draw, f, input, answer: Value) =>
      f === 'read' ? num(answer) + 3 * (draw(3) - 1) - (draw(6) === 0 ? 1 : 0) : input,
  },
  set: setWorld(['add', 'remove', 'contains'], 2),
  'set, each value added and removed once': onceWorld(),
  'set with reads': setWorld(['add', 'remove', 'read', 'contains'], 2),
  'grow-only set': setWorld(['add', 'read'], 0),
  queue: container(queue, 'enqueue', 'dequeue', first, 2),
  'queue, unique values': container(queue, 'enqueue', 'dequeue', first),
  stack: container(stack, 'push', 'pop', last, 2),
  'stack, unique values': container(stack, 'push', 'pop', last),
  'priority-queue': container(priorityQueue, 'insert', 'extract-min', least, 4),
  'priority-queue, unique values': {
    ...container(priorityQueue, 'insert', 'extract-min', least),
    ask: (draw, fresh) =>
      draw(2) === 0
        ? { f: 'insert', input: ((fresh * 7) % 11) + 11 * Math.floor(fresh / 11) }
        : { f: 'extract-min', input: null },
  },
  mutex: mutexWorld((draw, client) => (draw(8) === 0 ? null : client)),
  'mutex, all named': mutexWorld((_draw, client) => client),
  'mutex, nobody named': mutexWorld(() => null),
  semaphore: {
    model: semaphore,
    start: () => 2,
    ask: (draw) => ({ f: ['acquire', 'release'][draw(2)] as string, input: draw(4) === 0 ? 2 : null }),
    act: (free: number, f, input: number | null) => {
      const asked = input ?? 1;
      if (f === 'acquire') return asked <= free ? [free - asked, input] : [free, false];
      return free + asked <= 2 ? [free + asked, input] : [free, REFUSED];
    },
    lie: (draw, f, input, answer: Value) =>
      f === 'acquire' && draw(2) === 0 ? (answer === false ? input : false) : answer,
  },
  lease: {
    model: lease,
    start: () => ({ given: 0, seen: 0, value: null }),
    ask: (draw, fresh) => {
      const f = ['acquire', 'write', 'write', 'read'][draw(4)] as string;
      return { f, input: f === 'write' ? [draw(4), fresh] : null };
    },
    act: (state: { given: number; seen: number; value: Value }, f, input: Value) => {
      if (f === 'acquire') return [{ ...state, given: state.given + 1 }, state.given + 1];
      if (f === 'read') return [state, state.value];
      const [token, value] = list(input);
      return num(token) < state.seen ? [state, false] : [{ ...state, seen: token, value }, input];
    },
    lie: (draw, f, input, answer: Value) => (f === 'write' ? (answer === false ? input : false) : draw(4)),
  },
  'lease, tokens as they are given': {
    model: lease,
    start: () => ({ given: 0, seen: 0, value: null }),
    ask: (draw, fresh) => {
      const f = ['acquire', 'write', 'write', 'read', 'read', 'release'][draw(6)] as string;
      return { f, input: f === 'write' ? [Math.max(0, Math.floor(fresh / 3) - draw(2)), `v${fresh}`] : null };
    },
    act: (state: { given: number; seen: number; value: Value }, f, input: Value) => {
      if (f === 'acquire') return [{ ...state, given: state.given + 1 }, state.given + 1];
      if (f === 'release') return [state, null];
      if (f === 'read') return [state, state.value];
      const [token, value] = list(input);
      return num(token) < state.seen ? [state, false] : [{ ...state, seen: token, value }, input];
    },
    lie: (draw, f, input, answer: Value) =>
      f === 'write'
        ? answer === false
          ? input
          : false
        : f === 'read'
          ? `v${draw(6)}`
          : f === 'acquire'
            ? num(answer) + draw(3) - 1
            : answer,
  },
  log: {
    model: log,
    start: () => [],
    ask: (draw, fresh) => {
      const f = ['append', 'append', 'read', 'length'][draw(4)] as string;
      return { f, input: f === 'append' ? fresh : f === 'read' ? draw(4) : null };
    },
    act: (entries: Value[], f, input: Value) => {
      if (f === 'append') return [[...entries, input], entries.length];
      return [entries, f === 'length' ? entries.length : (entries[num(input)] ?? null)];
    },
    lie: (draw, f, _input, answer: Value) => (f === 'read' ? draw(5) : num(answer) + draw(3) - 1),
  },
  'unique-ids': {
    model: uniqueIds,
    start: () => null,
    ask: () => ({ f: 'generate', input: null }),
    act: (state: Value, _f, _input, fresh) => [state, fresh],
    lie: (draw) => draw(5),
  },
  'multi-register': {
    model: multiRegister,
    start: () => ({}),
    ask: (draw, fresh) =>
      draw(2) === 0
        ? { f: 'read', input: ['x', 'y'].slice(draw(2)) }
        : { f: 'write', input: draw(2) === 0 ? { x: fresh } : { x: draw(2), y: draw(2) } },
    act: (state: Record<string, Value>, f, input: Value) => {
      if (f === 'write') return [{ ...state, ...(input as object) }, input];
      return [state, Object.fromEntries(list(input).map((name) => [name, state[name as string] ?? null]))];
    },
    lie: (draw, f, _input, answer: Value) => (f === 'read' ? { ...(answer as object), y: draw(3) + 1 } : answer),
  },
  'write-snapshot': {
    model: writeSnapshot,
    start: () => [],
    ask: (_draw, fresh) => ({ f: 'write-snapshot', input: fresh }),
    begin: (values: Value[], input: Value) => [...values, input],
    act: (values: Value[]) => [values, values],
    lie: (draw, _f, _input, answer: Value) => (draw(2) === 0 ? list(answer).slice(1) : [...list(answer), draw(7)]),
  },
  exchanger: {
    model: exchanger,
    start: () => ({ waiting: [], given: {} }),
    ask: (_draw, fresh) => ({ f: 'exchange', input: fresh }),
    begin: ({ waiting, given }: Meeting, input: Value) => {
      const [other] = waiting;
      if (other === undefined) return { waiting: [input], given };
      return { waiting: [], given: { ...given, [String(other)]: input, [String(input)]: other } };
    },
    act: ({ waiting, given }: Meeting, _f, input: Value) => [
      { waiting: waiting.filter((other) => other !== input), given },
      given[String(input)] ?? null,
    ],
    lie: (draw, _f, _input, answer: Value) => (answer === null || draw(2) === 0 ? draw(6) : null),
  },
  'transactional-register': {
    model: transactionalRegister,
    start: () => ({}),
    ask: (draw) => ({
      f: 'txn',
      input: Array.from({ length: 1 + draw(2) }, () =>
        draw(2) === 0 ? ['r', ['x', 'y'][draw(2)] as string, null] : ['w', ['x', 'y'][draw(2)] as string, draw(3)],
      ),
    }),
    act: (state: Record<string, Value>, _f, input: Value) => {
      const now = { ...state };
      const answer = list(input).map((micro) => {
        const [f, name, value] = list(micro) as [string, string, Value];
        if (f === 'w') now[name] = value;
        return [f, name, f === 'w' ? value : (now[name] ?? null)];
      });
      return [now, answer];
    },
    lie: (draw, _f, _input, answer: Value) =>
      list(answer).map((micro) =>
        list(micro)[0] === 'r' && draw(2) === 0 ? ['r', list(micro)[1] as Value, draw(3)] : micro,
      ),
  },
};
