import { Choices } from '../engine/choices.js';
import type { HistoryEvent, Value } from '../engine/history.js';
import { BEHAVIOURS, type Behaviour, type ObjectName } from './object-behaviours.js';

export interface ObjectHistoryOptions {
  readonly object: ObjectName;
  readonly operations: number;
  /** Clients, each with one operation open at a time. */
  readonly clients: number;
  /** Keys, each an object of its own; 0: one object without a key. */
  readonly keys: number;
  /** How many values there are to write; 0: each once. */
  readonly values: number;
  readonly seed: string;
}

interface Running {
  readonly f: string;
  readonly key: string | undefined;
  readonly object: ReturnType<Behaviour['start']>;
  readonly input: Value;
  happened: boolean;
  output: Value;
}

/** A history that is linearizable by construction: every operation takes effect at one moment between its call and its return. */
export function objectHistory(options: ObjectHistoryOptions): HistoryEvent[] {
  const choices = new Choices(options.seed);
  const stream = choices.stream('bench.objects', '', 0);
  const draw = (below: number): number => Math.floor(choices.draw(stream) * below);
  const history: HistoryEvent[] = [];
  const running: (Running | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  const objects = new Map<string | undefined, ReturnType<Behaviour['start']>>();
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
      const key = options.keys === 0 ? undefined : `k${draw(options.keys)}`;
      const object = objects.get(key) ?? BEHAVIOURS[options.object].start();
      objects.set(key, object);
      const before = started;
      const fresh = (): number => (options.values === 0 ? before : draw(options.values));
      const [f, input] = object.ask({ client, started, draw, fresh });
      const begun: Running = { f, key, object, input, happened: false, output: input };
      running[client] = begun;
      started++;
      open++;
      emit('invoke', client, begun, input);
    } else if (!one.happened) {
      one.happened = true;
      one.output = one.object.answer(one.f, one.input);
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
