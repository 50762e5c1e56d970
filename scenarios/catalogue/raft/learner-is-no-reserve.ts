import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './workload.js';

export const learnerIsNoReserve = defineScenario({
  protocol: raft,
  name: 'raft/learner-is-no-reserve',
  summary: 'Two voters of three crash for good. Two learners have all that is committed, and nobody may lead.',
  teaches:
    'Learners are copies, not votes: three of five servers are up, and the cluster tolerates one crash of a voter all the same. To add ' +
    'them as voters would have taken a leader, so it has to be done before.',
  nodes: 5,
  options: { voters: ['n1', 'n2', 'n3'] },
  until: '6s',
  network: dataCentre,
  clients: { ...mixedWorkload, start: '2100ms', stop: '5500ms' },
  script: [
    administer('800ms', 'addLearner', { server: 'n4' }),
    administer('1200ms', 'addLearner', { server: 'n5' }),
    administer('1600ms', 'write', { key: 'x', value: 'known to all' }),
  ],
  faults: [{ do: 'crash', whom: { random: 2, of: ['n1', 'n2', 'n3'] }, at: '2s' }],
  check: linearizableWithAdministration,
  progress: '2s',
  expects: { violation: 'progress' },
});
