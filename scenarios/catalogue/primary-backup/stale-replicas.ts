import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const staleReplicas = defineScenario({
  protocol: primaryBackup,
  name: 'primary-backup/stale-replicas',
  summary: 'Every replica answers reads from its own copy, 20 ms behind the primary. Nothing fails.',
  teaches:
    'Read replicas take load from the primary, and answer with what was. A client that has just written may not find it. ' +
    'primary-backup/staleness measures how old answers are.',
  nodes: 3,
  options: { mode: 'asynchronous', copyDelayMs: 20, readMode: 'replica' },
  until: '3s',
  network: dataCentre,
  clients: { ...mixedWorkload, keys: 1, target: 'random', think: { exponential: { mean: '10ms' } } },
  check: linearizableStore,
  expects: { violation: 'linearizable' },
});
