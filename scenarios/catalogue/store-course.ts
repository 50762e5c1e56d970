import type { ScenarioInput } from '../schema.js';
import { linearizableStore } from './key-value-workload.js';

/*
 * For scenarios of replicated stores with a leader that follow one course step by step, whatever the seed: who stands for
 * election when, and which client asks whom for what.
 */

/** A quick network, a leader that leads until it hears of another one, and a store that must be linearizable. */
export const oneCourse = {
  network: { latency: { uniform: ['1ms', '5ms'] } },
  options: { checkQuorum: false },
  check: linearizableStore,
} as const satisfies Partial<ScenarioInput>;

type Scripted = NonNullable<ScenarioInput['script']>[number];

export function write(at: string, client: string, target: string, value: number): Scripted {
  return { at, client, request: 'write', args: { key: 'x', value }, target };
}

export function read(at: string, client: string, target: string): Scripted {
  return { at, client, request: 'read', args: { key: 'x' }, target };
}

/** Longer than any run: whoever has this election time-out never stands by himself. */
const NEVER_MS = 60_000;

/** Settles who stands first: nodes named here have exactly this election time-out, in milliseconds; no other node ever stands. */
export function standingAfter(
  nodes: number,
  timeoutsMs: Readonly<Record<string, number>>,
): Record<string, Record<'electionTimeoutMsMin' | 'electionTimeoutMsMax', number>> {
  const names = Array.from({ length: nodes }, (_, i) => `n${i + 1}`);
  return Object.fromEntries(
    names.map((name) => {
      const timeout = timeoutsMs[name] ?? NEVER_MS;
      return [name, { electionTimeoutMsMin: timeout, electionTimeoutMsMax: timeout }];
    }),
  );
}
