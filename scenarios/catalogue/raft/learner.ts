import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, mixedWorkload } from '../key-value-workload.js';
import { administer, linearizableWithAdministration } from './workload.js';

/** There and back in less than an election time-out: a server that takes longer never counts as caught up. */
const FAR = { uniform: ['40ms', '50ms'] } as const;

export const learner = defineScenario({
  protocol: raft,
  name: 'raft/learner',
  summary:
    'A server far away learns the log without a vote, is cut off for a while, gets a vote, and replaces a voter.',
  teaches:
    'A learner is sent everything and counts in nothing: as long as it is one, it may be slow or gone, and no write waits for it. ' +
    'When it has caught up it is made a voter, and only then must majorities do without n1.',
  nodes: 4,
  options: { voters: ['n1', 'n2', 'n3'], preVote: true, checkQuorum: true, snapshotAfter: 50 },
  until: '8s',
  network: {
    ...dataCentre,
    links: [
      { from: 'n4', latency: FAR },
      { to: 'n4', latency: FAR },
    ],
  },
  clients: { ...mixedWorkload, target: { nodes: ['n1', 'n2', 'n3'] }, stop: '7500ms' },
  script: [
    administer('1s', 'addLearner', { server: 'n4' }),
    administer('4s', 'addServer', { server: 'n4' }),
    administer('5s', 'removeServer', { server: 'n1' }),
  ],
  faults: [
    { do: 'partition', shape: { isolate: 'n4' }, at: '2s', for: '1s' },
    { do: 'stop', whom: 'n1', at: '6s' },
  ],
  check: linearizableWithAdministration,
  progress: '1500ms',
});
