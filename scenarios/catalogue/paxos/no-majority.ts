import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { proposers } from './course.js';

export const noMajority = defineScenario({
  protocol: paxos,
  name: 'paxos/no-majority',
  summary: 'Three nodes of five crash and do not come back: the two that are left choose nothing.',
  teaches:
    'Two majorities always share a node, which is why they agree; and why a minority, however long it waits, may not decide.',
  nodes: 5,
  until: '5s',
  clients: proposers,
  faults: [{ do: 'crash', whom: ['n3', 'n4', 'n5'], at: 0 }],
  progress: '3s',
  expects: { violation: 'progress' },
});
