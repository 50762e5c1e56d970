import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { twoAndAWitness, throughBoth } from './configurations.js';

export const splitBrainWitness = defineScenario({
  ...twoAndAWitness,
  protocol: primaryBackup,
  name: 'primary-backup/split-brain-witness',
  summary:
    'The primary is cut off from its backup and from a witness that holds no data: it can neither drop the one nor go on.',
  teaches:
    'A third vote decides. The backup takes over, as two of three grant it an epoch; the old primary may do without it only if two of ' +
    'three record that, which they refuse. So it answers nobody, and gives way when it hears.',
  until: '5s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '4500ms' },
  script: throughBoth('1600ms', '1900ms'),
  faults: [{ do: 'partition', shape: { isolate: 'n1' }, at: '1s', for: '2s' }],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});
