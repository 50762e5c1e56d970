import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const laggingLearner = defineScenario({
  protocol: multiPaxos,
  name: 'multi-paxos/lagging-learner',
  summary:
    'Votes are compacted behind snapshots; a node that was away for two seconds has to be sent a whole snapshot.',
  teaches:
    'A log cannot grow for ever. Who is a little late is told what was chosen; who needs slots that are compacted gets the ' +
    'state that they led to.',
  nodes: 3,
  options: { snapshotAfter: 30 },
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, think: { exponential: { mean: '20ms' } }, stop: '7500ms' },
  faults: [
    { do: 'crash', whom: { random: 1, of: { not: 'leader' } }, at: '1s', for: '2s' },
    { do: 'partition', shape: { isolate: { random: 1, of: { not: 'leader' } } }, at: '4s', for: '2s' },
  ],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});
