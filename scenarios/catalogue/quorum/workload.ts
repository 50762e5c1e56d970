import type { ScenarioInput } from '../../schema.js';

type Clients = NonNullable<ScenarioInput['clients']>;
type Scripted = NonNullable<ScenarioInput['script']>[number];

const CONTEXTUAL = { key: '$key', context: '$context' } as const;

/** Clients that pass back what they were told with everything that they write or delete. */
export const contextualWorkload = {
  count: 4,
  keys: 3,
  operations: [
    { request: 'get', weight: 5, args: { key: '$key' } },
    { request: 'put', weight: 4, args: { ...CONTEXTUAL, value: '$unique' } },
    { request: 'put', weight: 1, args: { ...CONTEXTUAL, value: null } },
  ],
  target: 'random',
} as const satisfies Clients;

/** Clients that read, write and delete blindly. */
export const blindWorkload = {
  count: 4,
  keys: 3,
  operations: [
    { request: 'read', weight: 5 },
    { request: 'write', weight: 4 },
    { request: 'write', weight: 1, args: { key: '$key', value: null } },
  ],
  target: 'random',
} as const satisfies Clients;

/** Without deletes: every value is written once, so that a history says which write a read saw. */
export const registerWorkload = {
  ...blindWorkload,
  operations: [
    { request: 'read', weight: 5 },
    { request: 'write', weight: 4 },
  ],
} as const satisfies Clients;

/**
 * What a strict quorum promises where the latest timestamp is the latest write: a read finds the last write before it, or one at the
 * same time.
 */
export const regularStore = { consistency: 'regular', model: 'kv' } as const satisfies ScenarioInput['check'];

type Level = 'ONE' | 'QUORUM' | 'ALL';
type Value = number | string | null;

export function write(at: string, client: string, target: string, value: Value, consistency?: Level): Scripted {
  return { at, client, request: 'write', target, args: { key: 'x', value, ...(consistency && { consistency }) } };
}

export function read(at: string, client: string, target: string, consistency?: Level): Scripted {
  return { at, client, request: 'read', target, args: { key: 'x', ...(consistency && { consistency }) } };
}

export function get(at: string, client: string, target: string): Scripted {
  return { at, client, request: 'get', target, args: { key: 'x' } };
}

/** With the context of what this client has got last. */
export function put(at: string, client: string, target: string, value: Value): Scripted {
  return { at, client, request: 'put', target, args: { key: 'x', value, context: '$context' } };
}

/** Scripted courses: a quick network, true clocks, three nodes that all keep the key, and nothing in the background. */
export const oneCourse = {
  nodes: 3,
  network: { latency: { uniform: ['1ms', '3ms'] } },
  clocks: 'true',
} as const satisfies Partial<ScenarioInput>;

/** Neither handoff, nor anti-entropy, nor read repair. */
export const nothingBehind = { handoffMs: 0, antiEntropyMs: 0, readRepair: false } as const;
