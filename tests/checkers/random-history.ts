import type { HistoryEvent, Value } from '../../engine/history.js';

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface HistoryShape {
  readonly operations: number;
  readonly processes: number;
  readonly names: readonly ('read' | 'write' | 'cas' | 'append')[];
  readonly keys?: number;
  /** How many different values; 0: each written once. */
  readonly values: number;
  /** Probability that an operation is never answered (it then happens with probability one half). */
  readonly lost?: number;
  /** Probability that a read returns something that may be wrong. */
  readonly lies?: number;
  /** How many processes take very long. */
  readonly slow?: number;
}

interface Running {
  readonly f: HistoryShape['names'][number];
  readonly key: string | undefined;
  readonly value: Value;
  done: boolean;
  lost: boolean;
  output: Value;
  type: 'ok' | 'fail';
}

/**
 * A history as clients of a correct store would see it: each operation happens at one moment between its call and its
 * return. So it is linearizable, unless `lies` says otherwise.
 */
export function randomHistory(shape: HistoryShape, seed: number): HistoryEvent[] {
  return new Clients(shape, chance(seed)).run();
}

class Clients {
  private readonly events: HistoryEvent[] = [];
  private readonly store = new Map<string | undefined, Value>();
  private readonly running: (Running | undefined)[];
  private readonly process: number[];
  private started = 0;
  private time = 0;

  constructor(
    private readonly shape: HistoryShape,
    private readonly random: () => number,
  ) {
    this.running = Array.from({ length: shape.processes }, () => undefined);
    this.process = this.running.map((_, i) => i);
  }

  run(): HistoryEvent[] {
    while (this.started < this.shape.operations || this.running.some((one) => one !== undefined)) {
      this.time += 1 + this.integer(1_000);
      const client = this.integer(this.shape.processes);
      const running = this.running[client];
      if (running === undefined) this.begin(client);
      else if (!running.done) this.happen(client, running);
      else this.end(client, running);
    }
    return this.events;
  }

  private integer(below: number): number {
    return Math.floor(this.random() * below);
  }

  private value(): Value {
    return this.shape.values === 0 ? this.started : this.integer(this.shape.values);
  }

  private begin(client: number): void {
    if (this.started >= this.shape.operations) return;
    this.started++;
    const f = this.shape.names[this.integer(this.shape.names.length)] ?? 'read';
    const key = this.shape.keys === undefined ? undefined : `k${this.integer(this.shape.keys)}`;
    const text = (value: Value): Value => (this.shape.names.includes('append') ? `${String(value)} ` : value);
    const value = f === 'read' ? null : f === 'cas' ? [text(this.value()), text(this.value())] : text(this.value());
    const lost = this.random() < (this.shape.lost ?? 0);
    this.running[client] = { f, key, value, done: false, lost, output: value, type: 'ok' };
    this.record(client, 'invoke', f, key, value);
  }

  private happen(client: number, one: Running): void {
    if (client < (this.shape.slow ?? 0) && this.random() < 0.999) return;
    one.done = true;
    if (one.lost && this.random() < 0.5) return;
    const now = this.store.get(one.key) ?? null;
    if (one.f === 'read') one.output = this.random() < (this.shape.lies ?? 0) ? this.value() : now;
    else if (one.f === 'write') this.store.set(one.key, one.value);
    else if (one.f === 'append') this.store.set(one.key, `${String(now ?? '')}${String(one.value)}`);
    else {
      const [from, to] = one.value as readonly [Value, Value];
      if (now === from) this.store.set(one.key, to);
      else one.type = 'fail';
    }
  }

  private end(client: number, one: Running): void {
    this.running[client] = undefined;
    if (!one.lost) {
      this.record(client, one.type, one.f, one.key, one.output, one.type === 'fail' ? 'mismatch' : undefined);
      return;
    }
    // Half of them say so, the others are never heard of again.
    if (this.random() < 0.5) this.record(client, 'info', one.f, one.key, one.value, 'timeout');
    this.process[client] = Math.max(...this.process) + 1;
  }

  private record(
    client: number,
    type: HistoryEvent['type'],
    f: string,
    key: string | undefined,
    value: Value,
    error?: string,
  ): void {
    this.events.push({
      index: this.events.length,
      time: this.time,
      type,
      process: this.process[client] as number,
      f,
      ...(key !== undefined && { key }),
      value,
      ...(error !== undefined && { error }),
    });
  }
}
