import { primaryBackup } from '../../../protocols/primary-backup/protocol.js';
import { defineScenario } from '../../scenario.js';
import { linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { twoAndAWitness } from './configurations.js';

export const twoSites = defineScenario({
  ...twoAndAWitness,
  protocol: primaryBackup,
  name: 'primary-backup/two-sites',
  summary:
    'One site works, the other, 40 ms away, stands by; a witness at a third place. The working site fails for three seconds.',
  teaches:
    'Every write pays for the way to the other site, 80 ms; in return the switch loses nothing. How long it takes: a time-out and two ' +
    'round trips, see primary-backup/switch-over-gap.',
  zones: { active: ['n1'], passive: ['n2'], elsewhere: ['w1'] },
  options: { ...twoAndAWitness.options, heartbeatMs: 100, electionTimeoutMsMin: 300, electionTimeoutMsMax: 450 },
  until: '8s',
  network: {
    latency: { uniform: ['1ms', '3ms'] },
    links: [
      { from: 'n1', to: ['n2', 'w1'], latency: { uniform: ['38ms', '42ms'] } },
      { from: ['n2', 'w1'], to: 'n1', latency: { uniform: ['38ms', '42ms'] } },
      { from: 'n2', to: 'w1', latency: { uniform: ['38ms', '42ms'] } },
      { from: 'w1', to: 'n2', latency: { uniform: ['38ms', '42ms'] } },
    ],
  },
  clients: { ...mixedWorkload, attemptTimeout: '400ms', timeout: '3s', stop: '7500ms' },
  faults: [{ do: 'crash', whom: { zone: 'active' }, at: '2s', for: '3s' }],
  check: linearizableStore,
  progress: '2s',
  swarm: {},
});
