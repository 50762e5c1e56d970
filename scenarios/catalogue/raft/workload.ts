import type { ScenarioInput } from '../../schema.js';

type Clients = NonNullable<ScenarioInput['clients']>;

/** Four clients that read, write and compare-and-set three keys, and repeat what is not answered. */
export const mixedWorkload = {
  count: 4,
  keys: 3,
  operations: [
    { request: 'read', weight: 5 },
    { request: 'write', weight: 4 },
    { request: 'cas', weight: 1 },
  ],
  retry: true,
} as const satisfies Clients;

/** A network as in one data centre with busy machines. */
export const dataCentre = { latency: { uniform: ['1ms', '10ms'] } } as const satisfies ScenarioInput['network'];

/** One message in twenty takes long, and is overtaken. */
export const mostlyQuick = {
  mixture: [
    { weight: 19, of: { uniform: ['1ms', '10ms'] } },
    { weight: 1, of: { uniform: ['10ms', '200ms'] } },
  ],
} as const;

export const linearizableStore = { consistency: 'linearizable', model: 'kv' } as const satisfies ScenarioInput['check'];

/** Many clients that mostly read one key and ask any node, so that some ask an old leader when others ask the new one. */
export const leaseReaders = {
  count: 12,
  operations: [{ request: 'read', weight: 4 }, { request: 'write' }],
  think: { exponential: { mean: '20ms' } },
  target: 'random',
  timeout: '150ms',
} as const satisfies Clients;

/** A disk that takes its time, and loses or tears at a crash what it had not synced. */
export const slowDisk = {
  syncLatency: { uniform: ['10ms', '60ms'] },
  torn: 0.5,
} as const satisfies ScenarioInput['disk'];

/** Short pauses, and more writes than reads: there is always one on its way to the disk. */
export const busyWriters = {
  count: 6,
  keys: 3,
  operations: [{ request: 'read' }, { request: 'write', weight: 3 }],
  think: { exponential: { mean: '10ms' } },
  retry: true,
  stop: '7500ms',
} as const satisfies Clients;

/** Five times the power fails, everywhere at once. */
export const blackouts = [
  { do: 'crash', whom: 'all', at: '1s', for: '200ms', times: 5, every: '1100ms' },
] as const satisfies ScenarioInput['faults'];

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
