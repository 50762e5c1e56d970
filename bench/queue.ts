/*
 * Micro benchmark of the event queue, in the hold model (Jones 1986): pop, then push at the popped time plus a random
 * delay, with n events always pending. One operation is one such pair. A binary heap ordered by (time, number of the
 * push) runs beside it, as the yardstick.
 *
 *   node bench/queue.ts [--json]        (Node 22.18 and later; before, through jiti)
 */
import { EventQueue } from '../engine/queue.js';

interface Queue {
  push(time: number, item: number): void;
  pop(): number;
  readonly time: number;
}

/** Ordered by (time, sequence), on plain arrays. */
class BinaryHeap implements Queue {
  time = 0;
  private sequence = 0;
  private readonly times: number[] = [];
  private readonly sequences: number[] = [];
  private readonly items: number[] = [];

  push(time: number, item: number): void {
    const sequence = this.sequence++;
    let i = this.times.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.times[parent]! <= time) break; // an equal one was pushed before
      this.set(i, this.times[parent]!, this.sequences[parent]!, this.items[parent]!);
      i = parent;
    }
    this.set(i, time, sequence, item);
  }

  pop(): number {
    const item = this.items[0]!;
    this.time = this.times[0]!;
    const time = this.times.pop()!;
    const sequence = this.sequences.pop()!;
    const last = this.items.pop()!;
    const size = this.times.length;
    if (size === 0) return item;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && this.before(child + 1, child)) child += 1;
      const childTime = this.times[child]!;
      if (time < childTime || (time === childTime && sequence < this.sequences[child]!)) break;
      this.set(i, childTime, this.sequences[child]!, this.items[child]!);
      i = child;
    }
    this.set(i, time, sequence, last);
    return item;
  }

  private before(a: number, b: number): boolean {
    const difference = this.times[a]! - this.times[b]!;
    return difference < 0 || (difference === 0 && this.sequences[a]! < this.sequences[b]!);
  }

  private set(i: number, time: number, sequence: number, item: number): void {
    this.times[i] = time;
    this.sequences[i] = sequence;
    this.items[i] = item;
  }
}

const DELAYS = 1 << 16;
const MEAN_US = 10_000;

/** Delays drawn beforehand, so that only the queue is measured. */
const PATTERNS: Readonly<Record<string, (u: number, i: number) => number>> = {
  exponential: (u) => Math.round(-MEAN_US * Math.log(1 - u)),
  'uniform 1-10 ms': (u) => Math.round(1_000 + u * 9_000),
  'all at once': (_, i) => (i % 128 === 0 ? MEAN_US : 0),
  'messages and timers': (u, i) =>
    i % 10 === 0 ? 150_000_000 + Math.round(u * 150_000_000) : Math.round(50 + u * 500),
};

function delays(pattern: (u: number, i: number) => number): Float64Array {
  let state = 1;
  return Float64Array.from({ length: DELAYS }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return pattern(state / 2 ** 32, i);
  });
}

/** @returns millions of pairs a second, the best of five. */
function hold(make: () => Queue, pending: number, table: Float64Array): number {
  const queue = make();
  let next = 0;
  for (let i = 0; i < pending; i++) queue.push(table[next++ & (DELAYS - 1)]!, i);
  const pairs = Math.max(500_000, 2 * pending);
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    for (let i = 0; i < pairs; i++) {
      const item = queue.pop();
      queue.push(queue.time + table[next++ & (DELAYS - 1)]!, item);
    }
    best = Math.max(best, pairs / (performance.now() - start) / 1_000);
  }
  return best;
}

/** @returns the longest single operation, in ms, while `pending` are pushed, held for as many pairs, and popped. */
function longestStall(pending: number): number {
  const queue = new EventQueue();
  const table = delays(PATTERNS['exponential']!);
  let longest = 0;
  let last = performance.now();
  const lap = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  for (let i = 0; i < pending; i++, lap()) queue.push(1_000 * table[i & (DELAYS - 1)]!, i);
  for (let i = 0; i < pending; i++, lap()) {
    const item = queue.pop();
    queue.push(queue.time + 1_000 * table[i & (DELAYS - 1)]!, item);
  }
  while (queue.size > 0) {
    queue.pop();
    lap();
  }
  return longest;
}

const rows: { pattern: string; pending: number; eventQueue: number; binaryHeap: number }[] = [];
for (const [name, pattern] of Object.entries(PATTERNS)) {
  const table = delays(pattern);
  for (const pending of name === 'exponential'
    ? [1, 2, 10, 100, 1_000, 10_000, 100_000, 1_000_000]
    : [10, 100, 1_000]) {
    const eventQueue = hold(() => new EventQueue(), pending, table);
    const binaryHeap = hold(() => new BinaryHeap(), pending, table);
    rows.push({ pattern: name, pending, eventQueue, binaryHeap });
  }
}
const stallMs = longestStall(1_000_000);

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ unit: 'million pop+push pairs a second', rows, stallMs }));
} else {
  console.log('million pop+push pairs a second        queue    binary heap');
  for (const { pattern, pending, eventQueue, binaryHeap } of rows) {
    console.log(
      `${pattern.padEnd(22)}${String(pending).padStart(9)}${eventQueue.toFixed(1).padStart(13)}${binaryHeap.toFixed(1).padStart(15)}`,
    );
  }
  console.log(`longest single operation with 10^6 pending: ${stallMs.toFixed(1)} ms`);
}
