import type { PrimaryBackupOptions } from '../../../protocols/primary-backup/protocol.js';
import type { ScenarioInput } from '../../schema.js';

/** Three nodes with data, two that only vote: any two may fail, and writes go on with one copy if they must. */
export const threeAndTwoWitnesses = {
  nodes: ['n1', 'n2', 'n3', 'w1', 'w2'],
  options: { witnesses: ['w1', 'w2'] },
} as const satisfies Partial<ScenarioInput>;

/** Two nodes with data, and one that only votes. */
export const twoAndAWitness = {
  nodes: ['n1', 'n2', 'w1'],
  options: { witnesses: ['w1'] },
} as const satisfies Partial<ScenarioInput>;

/**
 * Two nodes and nobody else: a heartbeat every 50 ms, and messages that are taken to arrive within 30 ms (here it is 10). Silence
 * for 80 ms is taken for a crash.
 */
export const pair = {
  nodes: ['n1', 'n2'],
  options: { fencing: 'none', heartbeatMs: 50, electionTimeoutMsMin: 80, electionTimeoutMsMax: 80 },
} as const satisfies Partial<ScenarioInput>;

type Scripted = NonNullable<ScenarioInput['script']>[number];

/** A write through n2 and, after it, a read through n1: whoever believes both answers sees the two halves of a split. */
export function throughBoth(writeAt: string, readAt: string): Scripted[] {
  return [
    { at: writeAt, client: 'c9', request: 'write', args: { key: 'both', value: '$unique' }, target: 'n2' },
    { at: readAt, client: 'c10', request: 'read', args: { key: 'both' }, target: 'n1' },
  ];
}

type TimeOuts = Partial<Pick<PrimaryBackupOptions, 'electionTimeoutMsMin' | 'electionTimeoutMsMax' | 'failover'>>;

/** Settles who takes over: these nodes after exactly so many milliseconds of silence, no other node by itself. */
export function takingOverAfter(
  nodes: readonly string[],
  timeoutsMs: Readonly<Record<string, number>>,
): Record<string, TimeOuts> {
  return Object.fromEntries(
    nodes.map((name) => {
      const timeout = timeoutsMs[name];
      if (timeout === undefined) return [name, { failover: 'manual' }];
      return [name, { electionTimeoutMsMin: timeout, electionTimeoutMsMax: timeout }];
    }),
  );
}
