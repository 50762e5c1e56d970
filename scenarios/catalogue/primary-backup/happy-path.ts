import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const happyPath = defineScenario({
  protocol: primaryBackup,
  name: 'primary-backup/happy-path',
  summary: 'Nothing goes wrong: the primary does what clients ask, has it copied to both backups, and answers.',
  teaches:
    'One round trip to all backups for a write. It is the slowest of them that clients wait for; a log with a majority waits for the ' +
    'quicker half.',
  nodes: 3,
  until: '4s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '3500ms' },
  check: linearizableStore,
  progress: '1s',
});
