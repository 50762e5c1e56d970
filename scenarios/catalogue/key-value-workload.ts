import type { ScenarioInput } from '../schema.js';

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

/** Many clients that mostly read one key and ask any node, so that some ask an old leader when others ask the new one. */
export const leaseReaders = {
  count: 12,
  operations: [{ request: 'read', weight: 4 }, { request: 'write' }],
  think: { exponential: { mean: '20ms' } },
  target: 'random',
  timeout: '150ms',
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

/**
 * The order in which nodes deliver, by the marks of `options: { marksDeliveries: true }`. Total order: of commands, however often
 * their clients had to repeat them. Primary order (Zab, 2011): what one primary broadcasts is delivered in its order and without
 * gaps, here by zxid, and where nobody is primary twice.
 */
export const deliveryOrder = {
  total: { property: 'total order', deliver: { mark: 'delivered' }, message: 'command' },
  primary: {
    name: 'primary order',
    property: 'uniform FIFO order',
    broadcast: { mark: 'broadcast' },
    deliver: { mark: 'delivered' },
    message: 'zxid',
  },
} as const satisfies Record<string, NonNullable<ScenarioInput['properties']>[number]>;

export const linearizableStore = { consistency: 'linearizable', model: 'kv' } as const satisfies ScenarioInput['check'];
