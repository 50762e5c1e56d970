import type { ScenarioInput } from '../../schema.js';

export const CLUSTER = ['lock', 'storage', 'a', 'b'];

/** Clients that add all the time, through whoever wants the lock. */
export const adding = {
  count: 5,
  operations: [{ request: 'add', args: {} }],
  target: { nodes: ['a', 'b'] },
  timeout: '3s',
} as const satisfies ScenarioInput['clients'];

/** `a` is asked to add one, and so is `b`, so much later. */
export function aThenB(later: string): NonNullable<ScenarioInput['script']> {
  return [
    { at: '10ms', client: 'c1', request: 'add', args: {}, target: 'a' },
    { at: later, client: 'c2', request: 'add', args: {}, target: 'b' },
  ];
}

/** So many adds through one node, one every 25 ms, by clients of its own: more than it gets done, so that it always has work. */
export function busy(target: 'a' | 'b', fromMs: number, count: number): NonNullable<ScenarioInput['script']> {
  const first = target === 'a' ? 1 : 11;
  return Array.from({ length: count }, (_, i) => ({
    at: `${fromMs + 25 * i}ms`,
    client: `c${first + (i % 10)}`,
    request: 'add',
    args: {},
    target,
  }));
}

/** The moment after a holder has looked at its lease, and before its write. */
export const whenChecked = { mark: 'checked-lease' } as const;
