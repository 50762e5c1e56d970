import type { ScenarioInput } from '../../schema.js';
import { linearizableStore } from '../key-value-workload.js';

type Clients = NonNullable<ScenarioInput['clients']>;

/** A disk that takes its time, and loses or tears at a crash what it had not synced. */
export const slowDisk = {
  syncLatency: { uniform: ['10ms', '60ms'] },
  torn: 0.5,
} as const satisfies ScenarioInput['disk'];

/** Short pauses, and more writes than reads: there is always one on its way to the disk. */
export const busyWriters = {
  count: 9,
  keys: 3,
  operations: [{ request: 'read' }, { request: 'write', weight: 3 }],
  think: { exponential: { mean: '10ms' } },
  retry: true,
  stop: '7500ms',
} as const satisfies Clients;

/** Six times the power fails, everywhere at once. */
export const blackouts = [
  { do: 'crash', whom: 'all', at: '1s', for: '200ms', times: 6, every: '1100ms' },
] as const satisfies ScenarioInput['faults'];

/** Until chance has taken what somebody was told of: the same, for twice as long. */
export const manyBlackouts = {
  until: '15s',
  clients: { ...busyWriters, stop: '14500ms' },
  faults: [{ ...blackouts[0], times: 12 }],
} as const satisfies Partial<ScenarioInput>;

/** The link between the leader and one follower breaks and heals. */
export const flapping = [
  {
    do: 'partition',
    shape: { groups: ['leader', { random: 1, of: { not: 'leader' } }] },
    at: '1s',
    for: '350ms',
    times: 10,
    every: '500ms',
  },
] as const satisfies ScenarioInput['faults'];

type Scripted = NonNullable<ScenarioInput['script']>[number];

/** What an administrator asks of the leader, whoever that is. */
export function administer(at: string, request: string, args: Scripted['args']): Scripted {
  return { at, client: 'c9', request, args };
}

/** A store whose history is judged without what was asked of the cluster itself. */
export const linearizableWithAdministration = {
  ...linearizableStore,
  leaveOut: ['addServer', 'addLearner', 'removeServer', 'changeMembers', 'transferLeadership'],
} as const satisfies ScenarioInput['check'];

/** n1 and n3 do not hear each other, for good: n1 – n2 – n3. */
export const parted = [
  { do: 'partition', shape: { chain: true }, at: '1500ms' },
] as const satisfies ScenarioInput['faults'];

/** The first leader is n1. */
export const firstAtTheEnd = { n1: { electionTimeoutMsMin: 120, electionTimeoutMsMax: 140 } };
