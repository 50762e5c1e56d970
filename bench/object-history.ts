import { Choices } from '../engine/choices.js';
import type { HistoryEvent, Value } from '../engine/history.js';

export interface ObjectHistoryOptions {
  readonly object: 'register' | 'queue' | 'stack' | 'append';
  readonly operations: number;
  /** Clients, each with one operation open at a time. */
  readonly clients: number;
  /** Keys, each an object of its own; 0: one object without a key. */
  readonly keys: number;
  /** How many values a register is written; 0: each once. */
  readonly values: number;
  readonly seed: string;
}

interface Running {
  readonly f: string;
  readonly key: string | undefined;
  readonly input: Value;
  happened: boolean;
  output: Value;
}

const NAMES = {
  register: ['write', 'read'],
  queue: ['enqueue', 'dequeue'],
  stack: ['push', 'pop'],
  append: ['append', 'read'],
} as const;

/** A history that is linearizable by construction: every operation takes effect at one moment between its call and its return. */
export function objectHistory(options: ObjectHistoryOptions): HistoryEvent[] {
  const choices = new Choices(options.seed);
  const stream = choices.stream('bench.objects', '', 0);
  const draw = (below: number): number => Math.floor(choices.draw(stream) * below);
  const history: HistoryEvent[] = [];
  const running: (Running | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  const contents = new Map<string | undefined, Value[]>();
  const [update, ask] = NAMES[options.object];
  let [started, open] = [0, 0];
  const emit = (type: 'invoke' | 'ok', process: number, { f, key }: Running, value: Value): void => {
    history.push({
      index: history.length,
      time: history.length,
      type,
      process,
      f,
      ...(key !== undefined && { key }),
      value,
    });
  };
  while (started < options.operations || open > 0) {
    const client = draw(options.clients);
    const one = running[client];
    if (one === undefined) {
      if (started >= options.operations) continue;
      const f = draw(2) === 0 ? update : ask;
      const fresh = options.values === 0 ? started : draw(options.values);
      const input = f === ask ? null : options.object === 'append' ? `x ${client} ${fresh} y` : fresh;
      const key = options.keys === 0 ? undefined : `k${draw(options.keys)}`;
      const begun: Running = { f, key, input, happened: false, output: input };
      running[client] = begun;
      started++;
      open++;
      emit('invoke', client, begun, input);
    } else if (!one.happened) {
      one.happened = true;
      const own = contents.get(one.key) ?? [];
      contents.set(one.key, own);
      if (one.f === update) own.push(one.input);
      else if (options.object === 'append') one.output = own.join('');
      else if (options.object === 'register') one.output = own.at(-1) ?? null;
      else one.output = (options.object === 'queue' ? own.shift() : own.pop()) ?? null;
    } else {
      emit('ok', client, one, one.output);
      running[client] = undefined;
      open--;
    }
  }
  return history;
}

/** The history with one answer changed, late in it: a register's read, to a value that it does not have there. */
export function withLateFault(history: readonly HistoryEvent[], wrong: Value): HistoryEvent[] {
  const at = history.findLastIndex(
    (event, i) => i < 0.98 * history.length && event.type === 'ok' && event.f === 'read' && event.value !== wrong,
  );
  return history.map((event, i) => (i === at ? { ...event, value: wrong } : event));
}
