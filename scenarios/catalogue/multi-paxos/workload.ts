import type { MultiPaxosOptions } from '../../../protocols/multi-paxos/protocol.js';
import type { ScenarioInput } from '../../schema.js';
import { linearizableStore } from '../key-value-workload.js';

type Scripted = NonNullable<ScenarioInput['script']>[number];

/** What scenarios that follow one course have in common: a quick network, and clients that are told whom to ask and when. */
export const oneCourse = {
  network: { latency: { uniform: ['1ms', '5ms'] } },
  options: { checkQuorum: false },
  check: linearizableStore,
} as const satisfies Partial<ScenarioInput>;

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
): Record<string, Pick<MultiPaxosOptions, 'electionTimeoutMsMin' | 'electionTimeoutMsMax'>> {
  const names = Array.from({ length: nodes }, (_, i) => `n${i + 1}`);
  return Object.fromEntries(
    names.map((name) => {
      const timeout = timeoutsMs[name] ?? NEVER_MS;
      return [name, { electionTimeoutMsMin: timeout, electionTimeoutMsMax: timeout }];
    }),
  );
}
