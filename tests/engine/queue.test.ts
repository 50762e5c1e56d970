import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InternalError } from '../../engine/errors.js';
import { EventQueue } from '../../engine/queue.js';

/** What the queue must be equal to: an array kept sorted, stably. */
class SortedArray {
  time = 0;
  private readonly entries: { time: number; item: number }[] = [];

  push(time: number, item: number): void {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.entries[middle]!.time <= time) low = middle + 1;
      else high = middle;
    }
    this.entries.splice(low, 0, { time, item });
  }

  pop(): number {
    const first = this.entries.shift();
    if (first === undefined) return -1;
    this.time = first.time;
    return first.item;
  }

  peekTime(): number {
    return this.entries[0]?.time ?? Infinity;
  }

  get size(): number {
    return this.entries.length;
  }
}

/** Drives the queue and the array side by side: push so many at `now + delay` each, then pop so many. */
type Step = { readonly push: readonly number[]; readonly pop: number; readonly peek: boolean };

function compare(steps: readonly Step[]): void {
  const queue = new EventQueue();
  const model = new SortedArray();
  let item = 0;
  // An `expect` for every pop would take most of the time.
  const same = (got: number, wanted: number): void => {
    if (got !== wanted) expect(got).toBe(wanted);
  };
  const popBoth = (): void => {
    same(queue.pop(), model.pop());
    same(queue.time, model.time);
    same(queue.size, model.size);
  };
  for (const step of steps) {
    for (const delay of step.push) {
      const time = Math.min(model.time + delay, Number.MAX_SAFE_INTEGER);
      queue.push(time, item);
      model.push(time, item);
      item += 1;
    }
    for (let i = 0; i < step.pop; i++) {
      if (step.peek) same(queue.peekTime(), model.peekTime());
      popBoth();
    }
  }
  while (model.size > 0) popBoth();
  expect(queue.pop()).toBe(-1);
  expect(queue.peekTime()).toBe(Infinity);
  expect(queue.size).toBe(0);
}

const second = 1_000_000;
const delaysOf: Readonly<Record<string, fc.Arbitrary<number>>> = {
  'all at one instant': fc.constant(0),
  'heavy ties': fc.integer({ min: 0, max: 2 }),
  'one digit and its carries': fc.integer({ min: 0, max: 70 }),
  milliseconds: fc.integer({ min: 1_000, max: 10_000 }),
  'huge gaps': fc.integer({ min: 0, max: 2 ** 50 }),
  'every magnitude': fc.integer({ min: 0, max: 50 }).chain((bits) => fc.integer({ min: 0, max: 2 ** bits })),
  'next to powers of two': fc
    .tuple(fc.integer({ min: 1, max: 49 }), fc.integer({ min: -1, max: 1 }))
    .map(([bits, d]) => 2 ** bits + d),
  'far timers among messages': fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 500 }) },
    { weight: 1, arbitrary: fc.integer({ min: 3_600 * second, max: 3_601 * second }) },
  ),
};

describe('EventQueue', () => {
  for (const [name, delay] of Object.entries(delaysOf)) {
    it(`pops as a stable sorted array does: ${name}`, () => {
      const step = fc.record({
        push: fc.array(delay, { maxLength: 120, size: 'max' }),
        pop: fc.integer({ min: 0, max: 110 }),
        peek: fc.boolean(),
      });
      fc.assert(fc.property(fc.array(step, { maxLength: 12, size: 'max' }), compare), { numRuns: 60, seed: 7 });
    });
  }

  it('pops as a stable sorted array does: single pushes and pops', () => {
    const step = fc.record({
      push: fc.array(delaysOf['every magnitude']!, { maxLength: 2 }),
      pop: fc.integer({ min: 0, max: 2 }),
      peek: fc.boolean(),
    });
    fc.assert(fc.property(fc.array(step, { maxLength: 300, size: 'max' }), compare), { numRuns: 100, seed: 7 });
  });

  it('survives a sawtooth: filled far beyond near, drained, filled again', () => {
    const steps: Step[] = [];
    for (let round = 0; round < 12; round++) {
      const push = Array.from({ length: 400 }, (_, i) => ((i * 7_919 + round) % 400) * [1, 33, 1_025, 0][round % 4]!);
      steps.push({ push, pop: round % 3 === 2 ? 1_000 : 250, peek: true });
    }
    compare(steps);
  });

  it('keeps pushes between time and a peeked far time in order', () => {
    compare([
      { push: [2 ** 40 + 5, 2 ** 40 + 3, 7, 2 ** 40 + 3], pop: 1, peek: true },
      { push: Array.from({ length: 200 }, (_, i) => (i * 37) % 101), pop: 3, peek: true },
      { push: Array.from({ length: 200 }, (_, i) => 2 ** 40 - 100 + (i % 150)), pop: 500, peek: true },
    ]);
  });

  it('pops ties of different pushing times in push order, across near and far', () => {
    const queue = new EventQueue();
    const at = 5_000;
    let item = 0;
    for (let i = 0; i < 100; i++) queue.push(at, item++);
    for (let t = 1; t <= 40; t++) {
      queue.push(t, 1_000_000);
      queue.push(at, item++);
      expect(queue.pop()).toBe(1_000_000);
      queue.push(at, item++);
    }
    for (let expected = 0; expected < item; expected++) {
      expect(queue.pop()).toBe(expected);
      if (expected < 50) queue.push(at, item++);
    }
    expect(queue.time).toBe(at);
  });

  it('takes times up to 2^53 − 1 and items up to 2^31 − 1', () => {
    const queue = new EventQueue();
    queue.push(Number.MAX_SAFE_INTEGER, 2 ** 31 - 1);
    queue.push(0, 0);
    expect([queue.pop(), queue.time]).toEqual([0, 0]);
    expect([queue.pop(), queue.time]).toEqual([2 ** 31 - 1, Number.MAX_SAFE_INTEGER]);
    queue.push(Number.MAX_SAFE_INTEGER, 3);
    expect(queue.pop()).toBe(3);
  });

  it('refuses a time before the one popped last, naming both', () => {
    const queue = new EventQueue();
    queue.push(150, 1);
    queue.pop();
    expect(() => queue.push(149, 2)).toThrow(InternalError);
    expect(() => queue.push(149, 2)).toThrow(/149 µs .* 150 µs/);
    queue.push(150, 3);
    expect(queue.pop()).toBe(3);
  });

  it.each([NaN, Infinity, -Infinity, -1, 0.5, 2 ** 53, 2 ** 61, 2 ** 62 + 2 ** 30, 1e300])(
    'refuses the time %d',
    (time) => {
      const queue = new EventQueue();
      expect(() => queue.push(time, 1)).toThrow(InternalError);
      expect(queue.size).toBe(0);
    },
  );

  it.each([-1, 0.5, NaN, 2 ** 31, 2 ** 32])('refuses the item %d', (item) => {
    expect(() => new EventQueue().push(1, item)).toThrow(`item ${item} `);
  });

  it('is as new after clear', () => {
    const queue = new EventQueue();
    for (let i = 0; i < 1_000; i++) queue.push(1_000 + ((i * 7_919) % 1_000) * 1_000, i);
    for (let i = 0; i < 300; i++) queue.pop();
    queue.clear();
    expect([queue.size, queue.time, queue.peekTime(), queue.pop()]).toEqual([0, 0, Infinity, -1]);
    queue.push(3, 4);
    queue.push(2, 5);
    expect([queue.pop(), queue.time, queue.pop(), queue.time]).toEqual([5, 2, 4, 3]);
  });

  it('never gives -0 as a time', () => {
    const queue = new EventQueue();
    queue.push(-0, 1);
    queue.pop();
    expect(Object.is(queue.time, 0)).toBe(true);
  });

  it('holds a million: sorted, stable, complete', () => {
    const queue = new EventQueue();
    const count = 1_000_000;
    let state = 1;
    const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
    const times = new Float64Array(2 * count);
    let item = 0;
    const push = (from: number): void => {
      // Half within a second, with ties; half within days.
      times[item] = from + (item % 2 === 0 ? (random() >>> 12) % second : random() * 100);
      queue.push(times[item]!, item);
      item += 1;
    };
    while (item < count) push(0);
    expect(queue.size).toBe(count);
    let last = -1;
    let lastTime = 0;
    let wrong = 0;
    let popped = 0;
    while (queue.size > 0) {
      const next = queue.pop();
      const time = queue.time;
      if (time !== times[next] || time < lastTime || (time === lastTime && next < last)) wrong += 1;
      last = next;
      lastTime = time;
      popped += 1;
      if (item < 2 * count && popped % 2 === 0) push(time);
    }
    expect(wrong).toBe(0);
    expect(popped).toBe(item);
  });
});
