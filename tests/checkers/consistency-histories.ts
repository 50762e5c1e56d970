import type { HistoryEvent, Value } from '../../engine/history.js';
import { chance } from './random-history.js';

export interface WeakShape {
  readonly operations: number;
  readonly processes: number;
  readonly keys: number;
  /**
   * `any`: a read returns any value of its key that was called by then, or now and then a later one. `replicas`: each process has its
   * replica, writes reach the others later, each link in order or not. `atomic`: one store.
   */
  readonly store: 'any' | 'replicas' | 'fifo' | 'atomic';
  /** Probability that a write is never answered. */
  readonly lost?: number;
  /** Each read is answered by one of so many nodes; none is named without. */
  readonly nodes?: number;
  /** At the end, each client reads every key, so many times. */
  readonly lastReads?: number;
  /** Which part of the operations are writes. */
  readonly writes?: number;
}

/** A history of reads and writes, every value of a key written once; how right it is depends on the store. */
export function weakHistory(shape: WeakShape, seed: number): HistoryEvent[] {
  const random = chance(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const events: HistoryEvent[] = [];
  const processes = Array.from({ length: shape.processes }, (_, i) => i);
  let fresh = shape.processes;
  const open: ((() => void) | undefined)[] = processes.map(() => undefined);
  const written = Array.from({ length: shape.keys }, () => [] as number[]);
  const replicas = processes.map(() => new Map<number, { value: number; stamp: number }>());
  const links = processes.map(() => processes.map(() => [] as { key: number; value: number; stamp: number }[]));
  let values = 0;
  let clock = 0;
  const emit = (process: number, type: HistoryEvent['type'], f: string, key: number, value: Value): void => {
    const node = shape.nodes === undefined || type === 'invoke' ? {} : { node: `n${below(shape.nodes)}` };
    events.push({ index: events.length, time: events.length * 1000, type, process, f, key: `k${key}`, value, ...node });
  };
  const deliver = (): void => {
    const [from, to] = [below(shape.processes), below(shape.processes)];
    const link = links[from]![to]!;
    const [message] = link.splice(shape.store === 'fifo' ? 0 : below(link.length), link.length === 0 ? 0 : 1);
    if (message === undefined) return;
    const now = replicas[to]!.get(message.key);
    if (shape.store === 'fifo' || now === undefined || now.stamp < message.stamp)
      replicas[to]!.set(message.key, message);
  };
  const begin = (c: number, again?: number): void => {
    const process = processes[c]!;
    const key = again ?? below(shape.keys);
    if (again === undefined && random() < (shape.writes ?? 0.5)) {
      const value = ++values;
      const lost = random() < (shape.lost ?? 0);
      emit(process, 'invoke', 'write', key, value);
      written[key]!.push(value);
      open[c] = () => {
        const message = { key, value, stamp: ++clock };
        if (!lost || random() < 0.5) {
          const home = shape.store === 'atomic' ? 0 : c;
          replicas[home]!.set(key, message);
          for (const to of links.keys()) if (to !== home) links[home]![to]!.push(message);
        }
        open[c] = () => {
          open[c] = undefined;
          if (!lost) return emit(process, 'ok', 'write', key, value);
          if (random() < 0.5) emit(process, 'info', 'write', key, value);
          processes[c] = fresh++;
        };
      };
      return;
    }
    emit(process, 'invoke', 'read', key, null);
    open[c] = () => {
      let seen: Value = replicas[shape.store === 'atomic' ? 0 : c]!.get(key)?.value ?? null;
      if (shape.store === 'any') seen = [null, ...written[key]!][below(written[key]!.length + 1)] as Value;
      open[c] = () => {
        open[c] = undefined;
        emit(process, 'ok', 'read', key, seen);
      };
    };
  };
  let begun = 0;
  while (begun < shape.operations || open.some((one) => one !== undefined)) {
    if (random() < 0.3) deliver();
    const c = below(shape.processes);
    const step = open[c];
    if (step !== undefined) step();
    else if (begun < shape.operations) {
      begun++;
      begin(c);
    }
  }
  for (let round = 0; round < (shape.lastReads ?? 0); round++) {
    for (let left = 0; left < 4 * shape.processes; left++) deliver();
    for (let key = 0; key < shape.keys; key++) {
      for (const c of processes.keys()) {
        begin(c, key);
        while (open[c] !== undefined) open[c]!();
      }
    }
  }
  return events;
}
