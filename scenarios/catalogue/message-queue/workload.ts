import type { ScenarioInput } from '../../schema.js';

export const CLUSTER = ['queue', 'a', 'b'];

/** Producers that send one message after the other, and repeat what nobody has answered. */
export const producers = {
  count: 3,
  operations: [{ request: 'send', args: { value: '$unique' } }],
  think: { exponential: { mean: '60ms' } },
  target: { nodes: 'queue' },
  retry: true,
  timeout: '2s',
} as const satisfies ScenarioInput['clients'];

/** The course of most scenarios: four seconds of messages, and four in which the rest is delivered. */
export const course = {
  nodes: CLUSTER,
  until: '8s',
  clients: { ...producers, stop: '4s' },
} as const satisfies Partial<ScenarioInput>;

/** Consumers crash while they work, every now and then. */
export const crashesAtWork: NonNullable<ScenarioInput['faults']> = [
  { do: 'crash', whom: 'subject', when: { mark: 'received', nth: 8 }, after: '15ms', for: '100ms' },
  { do: 'crash', whom: 'subject', when: { mark: 'received', nth: 25 }, after: '15ms', for: '100ms' },
  { do: 'crash', whom: 'subject', when: { mark: 'received', nth: 50 }, after: '15ms', for: '100ms' },
];

/** A consumer has done its work, and crashes; its acknowledgement is lost with the connection. */
export const crashesAfterEffect: NonNullable<ScenarioInput['faults']> = [8, 25, 50].flatMap((nth) => [
  { do: 'partition', shape: { isolate: 'subject' }, when: { mark: 'effect', nth }, for: '150ms' } as const,
  { do: 'crash', whom: 'subject', when: { mark: 'effect', nth }, for: '100ms' } as const,
]);
