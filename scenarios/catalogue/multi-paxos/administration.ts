import type { ScenarioInput } from '../../schema.js';
import { linearizableStore } from '../key-value-workload.js';

type Scripted = NonNullable<ScenarioInput['script']>[number];

/** The administrator asks for other acceptors. */
export function administer(at: string, configuration: string[], target?: string): Scripted {
  const asked = { at, client: 'c9', request: 'reconfigure', args: { configuration } };
  return target === undefined ? asked : { ...asked, target };
}

export const linearizableWithAdministration = {
  ...linearizableStore,
  leaveOut: ['reconfigure'],
} as const satisfies ScenarioInput['check'];
