import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mixedWorkload, mostlyQuick } from '../key-value-workload.js';

export const semiSynchronous = defineScenario({
  protocol: primaryBackup,
  name: 'primary-backup/semi-synchronous',
  summary: 'Three nodes, one backup must have a write; primaries crash, and messages are late, doubled or lost.',
  teaches:
    'Two of three have what was acknowledged, and two of three must vote, each only for who has at least what it has itself. With these ' +
    'numbers semi-synchronous copies lose nothing; it is what Raft and its kin do.',
  nodes: 3,
  options: { mode: 'semi-synchronous', acknowledgements: 1 },
  until: '6s',
  network: { latency: mostlyQuick, loss: 0.02, duplicate: 0.02 },
  clients: { ...mixedWorkload, stop: '5500ms' },
  faults: [
    { do: 'crash', whom: { role: 'primary' }, at: '700ms', for: '300ms', times: 4, every: '1100ms' },
    { do: 'crash', whom: { random: 1 }, at: '400ms', for: '5ms', times: 12, every: '310ms' },
  ],
  check: linearizableStore,
  progress: '2s',
  swarm: {},
});
