import type { ScenarioInput } from '../../schema.js';
import { linearizableStore } from '../key-value-workload.js';

type Scripted = NonNullable<ScenarioInput['script']>[number];
type Fault = NonNullable<ScenarioInput['faults']>[number];

/** What scenarios that follow one course have in common: a quick network, and clients that are told whom to ask and when. */
export const oneCourse = {
  network: { latency: { uniform: ['1ms', '5ms'] } },
  check: linearizableStore,
} as const satisfies Partial<ScenarioInput>;

/** Messages of these types from one replica to another are lost (or held) for a while; from 0 to the end where nothing is said. */
export function cutOff(
  from: string | string[],
  to: string | string[],
  types: string[] | null,
  { at = 0, lasts, rule = { loss: 1 } }: { at?: string | 0; lasts?: string; rule?: { loss: 1 } | { hold: true } } = {},
): Fault {
  return {
    do: 'link',
    from,
    to,
    ...(types === null ? {} : { types }),
    rule,
    at,
    ...(lasts === undefined ? {} : { for: lasts }),
  };
}

/** The administrator asks for other replicas. */
export function administer(at: string, configuration: string[], target?: string): Scripted {
  const asked = { at, client: 'c9', request: 'reconfigure', args: { configuration } };
  return target === undefined ? asked : { ...asked, target };
}

export const linearizableWithAdministration = {
  ...linearizableStore,
  leaveOut: ['reconfigure'],
} as const satisfies ScenarioInput['check'];
