import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './administration.js';

export const replaceOneByOne = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/replace-one-by-one',
  summary:
    'Three machines are replaced by three others, one at a time, while clients go on; each is switched off as it retires.',
  teaches:
    'Not one of the first three is left, and nothing is lost. Each change waits until the one before is settled.',
  nodes: 6,
  standby: ['n4', 'n5', 'n6'],
  options: { configuration: ['n1', 'n2', 'n3'], alpha: 10, snapshotAfter: 30 },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  script: [
    administer('2s', ['n2', 'n3', 'n4']),
    administer('3500ms', ['n3', 'n4', 'n5']),
    administer('5s', ['n4', 'n5', 'n6']),
  ],
  faults: [
    { do: 'start', whom: ['n4', 'n5', 'n6'], at: '1500ms' },
    { do: 'stop', whom: 'subject', when: { mark: 'retired' }, times: 3 },
  ],
  check: linearizableWithAdministration,
  progress: '1500ms',
  swarm: { families: ['crash', 'partition', 'link', 'pause'] },
});
