import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { damagedDisks } from '../damaged-disks.js';

export const stormyDisks = defineScenario({
  ...damagedDisks,
  protocol: multiPaxos,
  name: 'multi-paxos/stormy-disks',
  teaches:
    'An acceptor answers for what it has promised and accepted: one whose disk lost that stays down, and a majority of whole ' +
    'disks carries on.',
  options: { snapshotAfter: 20 },
});
