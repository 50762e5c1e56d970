import type { ScenarioInput } from '../../schema.js';

/** One transaction, coordinated by n1, for which everybody votes Yes. */
export const oneTransaction = [
  { at: '10ms', client: 'c1', request: 'begin', args: { no: [] }, target: 'n1' },
] as const satisfies ScenarioInput['script'];

/** The coordinator is gone when one participant has heard its decision and the others have not. */
export const coordinatorCrash = [
  { do: 'crash', whom: 'n1', when: { delivered: 'Commit' }, for: '2s' },
] as const satisfies ScenarioInput['faults'];

/** n3 is cut off just as it would hear the decision. */
export const cutOffWhenDecided = [
  { do: 'partition', shape: { isolate: 'n3' }, when: { sent: 'Commit' }, for: '1s' },
] as const satisfies ScenarioInput['faults'];
