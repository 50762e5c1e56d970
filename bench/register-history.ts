import { Choices } from '../engine/choices.js';
import type { HistoryEvent } from '../engine/history.js';

export interface RegisterHistoryOptions {
  readonly operations: number;
  /** Clients, each with one operation open at a time. */
  readonly clients: number;
  /** An operation in this many never hears back (`info`), and its client goes on as another process. */
  readonly unknownEvery: number;
  readonly seed: string;
}

interface Step {
  readonly time: number;
  readonly order: number;
  act(): void;
}

/**
 * A history of reads and writes of one register that is linearizable by construction: every operation takes effect at
 * an instant drawn between its begin and its end.
 */
export function registerHistory(options: RegisterHistoryOptions): HistoryEvent[] {
  const choices = new Choices(options.seed);
  const stream = choices.stream('bench.history', '', 0);
  const draw = (below: number): number => Math.floor(choices.draw(stream) * below);
  const history: HistoryEvent[] = [];
  const steps: Step[] = [];
  const emit = (event: Omit<HistoryEvent, 'index'>): void => void history.push({ index: history.length, ...event });
  let register: number | null = null;
  let processes = options.clients;
  const perClient = Math.ceil(options.operations / options.clients);
  let order = 0;
  for (let client = 0; client < options.clients; client++) {
    let process = client;
    let time = draw(1_000);
    for (let number = 0; number < perClient; number++) {
      const mine = process;
      const written = client * perClient + number;
      const isWrite = draw(2) === 0;
      const unknown = draw(options.unknownEvery) === 0;
      const f = isWrite ? 'write' : 'read';
      const begin = time;
      const point = begin + 1 + draw(1_000);
      const end = point + 1 + draw(1_000);
      let seen: number | null = null;
      const at = (when: number, act: () => void): void => void steps.push({ time: when, order: order++, act });
      at(begin, () => emit({ time: begin, type: 'invoke', process: mine, f, value: isWrite ? written : null }));
      at(point, () => {
        if (isWrite) register = written;
        seen = register;
      });
      at(end, () => {
        emit({
          time: end,
          type: unknown ? 'info' : 'ok',
          process: mine,
          f,
          value: isWrite ? written : unknown ? null : seen,
        });
      });
      if (unknown) process = processes++;
      time = end + 1 + draw(1_000);
    }
  }
  steps.sort((a, b) => a.time - b.time || a.order - b.order);
  for (const step of steps) step.act();
  return history;
}
