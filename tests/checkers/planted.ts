import type { HistoryEvent, Value } from '../../engine/history.js';
import {
  appendList,
  casRegister,
  counter,
  exchanger,
  kv,
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

/** What one client did: name, input, answer. */
export type Step = readonly [f: string, input: Value, answer: Value];

/** One answer that a wrong object gives, and what a right one says in its place. */
export interface Planted {
  readonly model: AnyModel;
  /** The monitor that finds it without a search; undefined: the search alone can. */
  readonly monitor: string | undefined;
  readonly kind: string;
  readonly before: readonly Step[];
  readonly right: Step;
  readonly wrong: Step;
  readonly after: readonly Step[];
}

const write = (value: Value): Step => ['write', value, value];
const add = (value: Value): Step => ['add', value, value];
const put = (f: string, ...values: Value[]): Step[] => values.map((value) => [f, value, value]);
const take = (f: string, answer: Value): Step => [f, null, answer];
const read = (answer: Value): Step => take('read', answer);

/** Kind; what came before; a right answer; the wrong one in its place; what came after that. */
type Fault = readonly [kind: string, before: readonly Step[], right: Step, wrong: Step, after?: readonly Step[]];

function faults(model: AnyModel, monitor: string | undefined, rows: readonly Fault[]): Planted[] {
  return rows.map(([kind, before, right, wrong, after = []]) => ({
    model,
    monitor,
    kind,
    before,
    right,
    wrong,
    after,
  }));
}

function container(model: AnyModel, into: string, out: string, inOrder: readonly Value[]): Planted[] {
  const [first, second, third] = inOrder as readonly [Value, Value, Value];
  const three = put(into, 5, 4, 6);
  return faults(model, model.name, [
    ['taken twice', [...three, take(out, first)], take(out, second), take(out, first)],
    ['out of order', three, take(out, first), take(out, second), [take(out, third)]],
    ['two in the other order', three, take(out, first), take(out, second), [take(out, first)]],
    ['never put', three, take(out, first), take(out, 9)],
    ['lost', three, take(out, first), take(out, null)],
    ['taken before it was put', put(into, 5), take(out, 5), take(out, 4), put(into, 4)],
  ]);
}

const acquire = (name: Value, answer: Value = null): Step => ['acquire', name, answer];
const release = (name: Value): Step => ['release', name, null];
const contains = (value: Value, answer: boolean): Step => ['contains', value, answer];
const guarded = (token: number, value: Value, answer: Value = null): Step => ['write', [token, value], answer];
const cas = (from: Value, to: Value, answer: Value = [from, to]): Step => ['cas', [from, to], answer];
const snapshot = (value: Value, seen: Value[]): Step => ['write-snapshot', value, seen];
const both = (value: number): Step => ['write', { x: value, y: value }, null];
const txn = (...micros: Value[]): Step => [
  'txn',
  micros.map((m) => ((m as Value[])[0] === 'r' ? ['r', 'x', null] : m)),
  micros,
];

export const planted: readonly Planted[] = [
  ...faults(register, 'register', [
    ['stale read', [write(1), read(1), write(2)], read(2), read(1)],
    ['lost write', [write(1)], read(1), read(null)],
    ['never written', [write(1)], read(1), read(7)],
    ['read before it was written', [write(1)], read(1), read(2), [write(2)]],
    ['back and forth', [write(1), write(2), read(2)], read(2), read(1), [read(2)]],
  ]),
  ...faults(casRegister, undefined, [
    ['exchanged another value', [write(1)], cas(1, 3), cas(2, 3)],
    ['refused though it was the value', [write(1)], cas(2, 3, false), cas(1, 3, false)],
    ['exchanged and lost', [write(1), cas(1, 3)], read(3), read(1)],
  ]),
  ...faults(kv, 'register', [['stale read', [write(1), write(2)], read(2), read(1)]]),
  ...faults(kv, 'append-list', [['lost append', put('append', 'a', 'b'), read('ab'), read('a')]]),
  ...faults(appendList, 'append-list', [
    ['lost append', put('append', 1, 2), read([1, 2]), read([1]), [read([1, 2])]],
    ['other order', put('append', 1, 2), read([1, 2]), read([2, 1])],
    ['two orders', put('append', 1), read([1]), read([2]), [...put('append', 2), read([1, 2])]],
    ['appended twice', put('append', 1, 2), read([1, 2]), read([1, 2, 1])],
    ['never appended', put('append', 1, 2), read([1, 2]), read([1, 2, 3])],
  ]),
  ...faults(counter, 'counter', [
    ['lost addition', [add(2), add(2)], read(4), read(2)],
    ['counted twice', [add(2)], read(2), read(4), [add(2)]],
    ['half an addition', [add(2)], read(2), read(1)],
    ['below 0', [add(2)], read(2), read(-2)],
    ['falls', [add(1), add(1), read(2)], read(2), read(1)],
  ]),
  ...faults(counter, undefined, [['lost subtraction', [add(3), ['decrement', 1, 1]], read(2), read(3)]]),
  ...faults(set, 'set', [
    ['lost add', [add(1)], contains(1, true), contains(1, false)],
    ['never added', [add(1)], contains(2, false), contains(2, true)],
    ['lost remove', [add(1), ['remove', 1, 1]], contains(1, false), contains(1, true)],
    ['removed too early', [add(1), contains(1, true)], contains(1, true), contains(1, false), [['remove', 1, 1]]],
    ['removed what came later', [['remove', 1, 1], add(1)], contains(1, true), contains(1, false)],
  ]),
  ...faults(set, 'grow-only-set', [
    ['lost add', [add(1), add(2)], read([2, 1]), read([2])],
    ['shrinks', [add(1), read([1])], read([1]), read([])],
    ['never added', [add(1)], read([1]), read([1, 3])],
    ['added later', [add(1)], read([1]), read([1, 2]), [add(2)]],
    ['there twice', [add(1)], read([1]), read([1, 1])],
  ]),
  ...faults(set, undefined, [
    ['lost remove, read of all', [add(1), add(2), ['remove', 1, 1]], read([2]), read([1, 2])],
  ]),
  ...container(queue, 'enqueue', 'dequeue', [5, 4, 6]),
  ...container(stack, 'push', 'pop', [6, 4, 5]),
  ...container(priorityQueue, 'insert', 'extract-min', [4, 5, 6]),
  ...faults(mutex, 'mutex', [
    ['double grant', [acquire('a')], acquire('b', false), acquire('b')],
    ['granted twice to one', [acquire('a')], acquire('a', false), acquire('a')],
    ['released by another', [acquire('a')], release('a'), release('b')],
    ['released twice', [acquire('a'), release('a')], acquire('b'), release('a')],
    ['refused though free', [acquire('a'), release('a')], acquire('b'), acquire('b', false)],
    ['refused before all', [], acquire('a'), acquire('b', false)],
  ]),
  ...faults(semaphore, undefined, [
    ['one permit too many', [acquire(1), acquire(1)], acquire(1, false), acquire(1)],
    ['refused though free', [acquire(1)], acquire(1), acquire(1, false)],
    ['gave back more than it had', [acquire(1)], release(1), release(2)],
  ]),
  ...faults(lease, 'lease', [
    ['token does not rise', [acquire(null, 3)], acquire(null, 4), acquire(null, 2)],
    ['token given twice', [acquire(null, 3)], acquire(null, 4), acquire(null, 3)],
    ['no token at all', [acquire(null, 3)], acquire(null, 4), acquire(null, 0)],
    ['stale write taken', [guarded(4, 'x')], guarded(3, 'y', false), guarded(3, 'y')],
    ['fresh write refused', [guarded(3, 'x')], guarded(4, 'y'), guarded(4, 'y', false)],
    ['write of the same token refused', [guarded(3, 'x')], guarded(3, 'y'), guarded(3, 'y', false), [guarded(4, 'z')]],
    ['stale read', [guarded(3, 'x'), guarded(3, 'y')], read('y'), read('x')],
    ['stale read of a lower token', [guarded(3, 'x'), guarded(4, 'y')], read('y'), read('x')],
    ['never written', [guarded(3, 'x')], read('x'), read('z')],
    ['read before it was written', [guarded(3, 'x')], read('x'), read('y'), [guarded(4, 'y')]],
    ['lost write', [guarded(3, 'x')], read('x'), read(null)],
    ['token below all', [], guarded(-1, 'y', false), guarded(-1, 'y')],
  ]),
  ...faults(log, undefined, [
    ['offset given twice', [['append', 'a', 0]], ['append', 'b', 1], ['append', 'b', 0]],
    ['gap', [['append', 'a', 0]], ['append', 'b', 1], ['append', 'b', 2]],
    ['lost append', [['append', 'a', 0]], ['read', 0, 'a'], ['read', 0, null]],
    [
      'another entry',
      [
        ['append', 'a', 0],
        ['append', 'b', 1],
      ],
      ['read', 0, 'a'],
      ['read', 0, 'b'],
    ],
    ['too short', [['append', 'a', 0]], take('length', 1), take('length', 0)],
  ]),
  ...faults(uniqueIds, 'unique-ids', [
    ['given twice', [take('generate', 1), take('generate', 2)], take('generate', 3), take('generate', 1)],
  ]),
  ...faults(multiRegister, undefined, [
    ['half of a write', [both(1), both(2)], ['read', ['x', 'y'], { x: 2, y: 2 }], ['read', ['x', 'y'], { x: 2, y: 1 }]],
  ]),
  ...faults(writeSnapshot, undefined, [
    ['does not see itself', [], snapshot(1, [1]), snapshot(1, [])],
    ['does not see an earlier one', [snapshot(1, [1])], snapshot(2, [1, 2]), snapshot(2, [2])],
    ['sees a later one', [], snapshot(1, [1]), snapshot(1, [1, 2]), [snapshot(2, [1, 2])]],
  ]),
  ...faults(exchanger, undefined, [
    ['exchanged with nobody', [], ['exchange', 1, null], ['exchange', 1, 2]],
    ['exchanged with one who had left', [['exchange', 1, null]], ['exchange', 2, null], ['exchange', 2, 1]],
  ]),
  ...faults(transactionalRegister, undefined, [
    ['stale read', [txn(['w', 'x', 1]), txn(['w', 'x', 2])], txn(['r', 'x', 2]), txn(['r', 'x', 1])],
    ['not its own write', [txn(['w', 'x', 1])], txn(['w', 'x', 2], ['r', 'x', 2]), txn(['w', 'x', 2], ['r', 'x', 1])],
  ]),
];

/** The steps one after the other, each by a client of its own. */
export function inSequence(steps: readonly Step[]): HistoryEvent[] {
  return steps.flatMap(([f, input, answer], i): HistoryEvent[] => [
    { index: 2 * i, time: 2 * i, type: 'invoke', process: i, f, value: input },
    { index: 2 * i + 1, time: 2 * i + 1, type: 'ok', process: i, f, value: answer },
  ]);
}
