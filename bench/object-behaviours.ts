import type { Value } from '../engine/history.js';

/** What a client of an object asks next, drawn with what the generator gives. */
export interface Asking {
  readonly client: number;
  /** How many operations were begun before, in the whole history. */
  readonly started: number;
  /** A whole number from 0, below this one. */
  readonly draw: (below: number) => number;
  /** A value to write: one that nobody has written, or one of a few, as the history is to have it. */
  readonly fresh: () => number;
}

/** An object that does one operation after the other, as it should. */
export interface Behaviour {
  /** As `splitbrain check --model` names it. */
  readonly model: string;
  /** A new object: what clients ask of it, and what it answers. */
  start(): {
    ask(asking: Asking): readonly [f: string, input: Value];
    answer(f: string, input: Value): Value;
  };
}

/** One operation that leaves something, and one that asks, each half of the time. */
function twoSided(
  update: string,
  ask: string,
  input: (asking: Asking) => Value,
): (asking: Asking) => readonly [string, Value] {
  return (asking) => {
    const f = asking.draw(2) === 0 ? update : ask;
    const given = input(asking);
    return [f, f === ask ? null : given];
  };
}

const anything = ({ fresh }: Asking): Value => fresh();

function container(model: string, put: string, take: string, next: (items: Value[]) => Value | undefined): Behaviour {
  return {
    model,
    start() {
      const items: Value[] = [];
      return {
        ask: twoSided(put, take, anything),
        answer(f, input) {
          if (f === take) return next(items) ?? null;
          items.push(input);
          return input;
        },
      };
    },
  };
}

function least(items: Value[]): Value | undefined {
  let at = 0;
  for (let i = 1; i < items.length; i++) if ((items[i] as number) < (items[at] as number)) at = i;
  return items.splice(at, 1)[0];
}

const register: Behaviour = {
  model: 'register',
  start() {
    let value: Value = null;
    return {
      ask: twoSided('write', 'read', anything),
      answer: (f, input) => (f === 'read' ? value : (value = input)),
    };
  },
};

const append: Behaviour = {
  model: 'kv-text',
  start() {
    let text = '';
    return {
      ask: twoSided('append', 'read', ({ client, fresh }) => `x ${client} ${fresh()} y`),
      answer(f, input) {
        if (f === 'read') return text;
        text += input as string;
        return input;
      },
    };
  },
};

const counter: Behaviour = {
  model: 'counter',
  start() {
    let total = 0;
    return { ask: twoSided('add', 'read', () => 1), answer: (f) => (f === 'read' ? total : (total++, 1)) };
  },
};

/** Each value is added, removed, and asked for in between. */
const set: Behaviour = {
  model: 'set',
  start() {
    const members = new Set<Value>();
    const steps = ['add', 'contains', 'contains', 'remove', 'contains'] as const;
    return {
      ask: ({ started }) => [steps[started % steps.length]!, Math.floor(started / steps.length)],
      answer(f, input) {
        if (f === 'contains') return members.has(input);
        if (f === 'add') members.add(input);
        else members.delete(input);
        return input;
      },
    };
  },
};

const growOnlySet: Behaviour = {
  model: 'set',
  start() {
    const members: Value[] = [];
    return {
      ask: twoSided('add', 'read', anything),
      answer: (f, input) => (f === 'read' ? [...members] : (members.push(input), input)),
    };
  },
};

const mutex: Behaviour = {
  model: 'mutex',
  start() {
    let holder: Value = null;
    return {
      ask: ({ client }) => [holder === client ? 'release' : 'acquire', client],
      answer(f, input) {
        if (f === 'release') holder = null;
        else if (holder === null) holder = input;
        else return false;
        return input;
      },
    };
  },
};

const lease: Behaviour = {
  model: 'lease',
  start() {
    let [given, seen] = [0, 0];
    let stored: Value = null;
    return {
      ask({ draw, fresh }) {
        const f = (['acquire', 'write', 'read'] as const)[draw(3)]!;
        // Now and then a token that is out of date.
        return [f, f === 'write' ? [Math.max(0, given - draw(3)), fresh()] : null];
      },
      answer(f, input) {
        if (f === 'acquire') return ++given;
        if (f === 'read') return stored;
        const [token, value] = input as [number, Value];
        if (token < seen) return false;
        [seen, stored] = [token, value];
        return input;
      },
    };
  },
};

const uniqueIds: Behaviour = {
  model: 'unique-ids',
  start() {
    let last = 0;
    return { ask: () => ['generate', null], answer: () => ++last };
  },
};

export const BEHAVIOURS = {
  register,
  append,
  counter,
  set,
  'grow-only-set': growOnlySet,
  queue: container('queue', 'enqueue', 'dequeue', (items) => items.shift()),
  stack: container('stack', 'push', 'pop', (items) => items.pop()),
  'priority-queue': container('priority-queue', 'insert', 'extract-min', least),
  mutex,
  lease,
  'unique-ids': uniqueIds,
} as const satisfies Readonly<Record<string, Behaviour>>;

export type ObjectName = keyof typeof BEHAVIOURS;
