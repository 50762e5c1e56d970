import type { HistoryEvent, Value } from '../../engine/history.js';
import { chance } from './random-history.js';
import { REFUSED, type Draw, type World } from './worlds.js';

export interface Crowd {
  readonly operations: number;
  readonly clients: number;
  /** Probability that an operation is never answered (it then happens with probability one half). */
  readonly lost?: number;
  /** Probability of a wrong answer. */
  readonly lies?: number;
  /** An answer to change whatever happens: that of the n-th operation to return. */
  readonly lieAt?: number;
}

interface Running {
  readonly f: string;
  readonly input: Value;
  readonly fresh: number;
  readonly lost: boolean;
  answer: Value | undefined;
  begun: boolean;
  happened: boolean;
}

/** A history as clients of a correct object see it: each operation happens at one moment between its call and its return. */
export function crowdHistory(world: World, crowd: Crowd, seed: number): HistoryEvent[] {
  const random = chance(seed);
  const draw: Draw = (below) => Math.floor(random() * below);
  const events: HistoryEvent[] = [];
  const running: (Running | undefined)[] = Array.from({ length: crowd.clients }, () => undefined);
  const process = running.map((_, client) => client);
  let state = world.start();
  let [started, returned, fresh, time] = [0, 0, 0, 0];
  const record = (client: number, type: HistoryEvent['type'], f: string, value: Value): void => {
    events.push({ index: events.length, time, type, process: process[client] as number, f, value });
  };
  const end = (client: number, one: Running): void => {
    running[client] = undefined;
    if (one.lost) {
      if (draw(2) === 0) record(client, 'info', one.f, one.input);
      process[client] = Math.max(...process) + 1;
      return;
    }
    if (one.answer === REFUSED) return record(client, 'fail', one.f, one.input);
    const lies = returned++ === crowd.lieAt || random() < (crowd.lies ?? 0);
    record(
      client,
      'ok',
      one.f,
      lies ? world.lie(draw, one.f, one.input as never, one.answer as never) : (one.answer ?? null),
    );
  };
  while (started < crowd.operations || running.some((one) => one !== undefined)) {
    time += 1 + draw(1_000);
    const client = draw(crowd.clients);
    const one = running[client];
    if (one === undefined) {
      if (started++ >= crowd.operations) continue;
      const { f, input } = world.ask(draw, fresh, `c${client}`);
      running[client] = {
        f,
        input,
        fresh: fresh++,
        lost: random() < (crowd.lost ?? 0),
        answer: undefined,
        begun: false,
        happened: false,
      };
      record(client, 'invoke', f, input);
    } else if (world.begin !== undefined && !one.begun) {
      one.begun = true;
      state = world.begin(state as never, one.input as never, one.fresh);
    } else if (!one.happened) {
      one.happened = true;
      if (one.lost && draw(2) === 0) continue;
      [state, one.answer] = world.act(state as never, one.f, one.input as never, one.fresh);
    } else end(client, one);
  }
  return events;
}
