import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { pair } from './configurations.js';

export const pairFailStop = defineScenario({
  ...pair,
  protocol: primaryBackup,
  name: 'primary-backup/pair-fail-stop',
  summary: 'Two nodes, no epochs, no witness. The primary crashes for good; the backup notices, and goes on.',
  teaches:
    'As long as silence means a crash, and whoever has crashed stays away, two nodes are enough: no log with a majority can do with ' +
    'so few. The next scenarios break just this assumption.',
  until: '4s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '3500ms' },
  faults: [{ do: 'crash', whom: 'n1', at: '1s' }],
  check: linearizableStore,
  progress: '1s',
});
