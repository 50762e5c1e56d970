import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const recovery = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/recovery',
  summary:
    'One replica after the other crashes and forgets everything; each gets it back from the others before the next one.',
  teaches:
    'Nothing is on a disk, so a restart is a recovery: the replica asks the others, and takes the state of the primary of the latest ' +
    'view that f + 1 of them tell of. Old operations come as a checkpoint.',
  nodes: 3,
  options: { checkpointAfter: 30 },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, think: { exponential: { mean: '20ms' } }, stop: '7500ms' },
  faults: [1, 2, 3, 1, 2, 3].map((n, i) => ({ do: 'crash' as const, whom: `n${n}`, at: `${1 + i}s`, for: '100ms' })),
  check: linearizableStore,
  progress: '1500ms',
});
