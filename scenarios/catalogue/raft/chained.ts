import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';
import { firstAtTheEnd, parted } from './workload.js';

export const chained = defineScenario({
  protocol: raft,
  name: 'raft/chained',
  summary:
    'Of three nodes in a chain the outer two do not hear each other: each deposes the other, until the middle one leads.',
  teaches:
    'The node at the other end hears no leader, so it stands with a higher term, and the one between follows. Then it is the first ' +
    'one’s turn. This goes on until the one in the middle happens to win, which both ends hear. Compare with raft/chained-pre-vote.',
  nodes: 3,
  nodeOptions: firstAtTheEnd,
  until: '8s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '7500ms' },
  faults: parted,
  check: linearizableStore,
});
