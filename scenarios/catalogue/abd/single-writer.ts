import { abd } from '../../../protocols/abd/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore } from '../key-value-workload.js';
import { readersAndWriters } from './workload.js';

export const singleWriter = defineScenario({
  protocol: abd,
  name: 'abd/single-writer',
  summary: 'As first published: only n1 writes, in one round trip; everybody reads, in two. n1 crashes and comes back.',
  teaches:
    'Who alone writes knows the highest tag: it is its own. That saves a round trip, and costs what a leader costs: without n1 ' +
    'nobody writes, while all go on reading.',
  nodes: 3,
  options: { writer: 'n1' },
  until: '5s',
  network: dataCentre,
  clients: { ...readersAndWriters, stop: '4500ms' },
  faults: [{ do: 'crash', whom: 'n1', at: '1s', for: '1s' }],
  check: linearizableStore,
  progress: '1500ms',
  swarm: {},
});
