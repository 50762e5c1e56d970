import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const happyPath = defineScenario({
  protocol: raft,
  name: 'raft/happy-path',
  summary: 'Nothing goes wrong: one leader is elected, and clients read and write through it.',
  teaches:
    'How Raft works when it is left in peace: an election, then one leader that copies every write to the others and answers ' +
    'once a majority has it.',
  nodes: 5,
  until: '5s',
  network: dataCentre,
  clients: mixedWorkload,
  check: linearizableStore,
  progress: '1s',
});
