import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const happyPath = defineScenario({
  protocol: zab,
  name: 'zab/happy-path',
  summary: 'Nothing goes wrong: the node with the best vote leads, brings all up to date, and broadcasts.',
  teaches:
    'An epoch begins in three phases: discovery finds a number that nobody has promised to another and the most recent history, ' +
    'synchronization gives it to a quorum, broadcast goes on from there. A write then costs PROPOSE, ACK and COMMIT.',
  nodes: 5,
  until: '5s',
  network: dataCentre,
  clients: mixedWorkload,
  check: linearizableStore,
  progress: '1s',
});
