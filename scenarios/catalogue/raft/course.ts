import type { ScenarioInput } from '../../schema.js';
import { linearizableStore } from '../key-value-workload.js';

/** What scenarios that follow one course have in common: a quick network, and clients that are told whom to ask and when. */
export const oneCourse = {
  network: { latency: { uniform: ['1ms', '5ms'] } },
  check: linearizableStore,
} as const satisfies Partial<ScenarioInput>;

type Scripted = NonNullable<ScenarioInput['script']>[number];

export function write(at: string, client: string, target: string, value: number): Scripted {
  return { at, client, request: 'write', args: { key: 'x', value }, target };
}

export function read(at: string, client: string, target: string): Scripted {
  return { at, client, request: 'read', args: { key: 'x' }, target };
}
