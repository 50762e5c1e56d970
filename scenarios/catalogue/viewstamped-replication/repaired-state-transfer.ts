import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { threeViewChanges } from './courses.js';

export const repairedStateTransfer = defineScenario({
  ...threeViewChanges,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/repaired-state-transfer',
  summary: 'The same three view changes, with a log that is replaced only when the missing part has come.',
  teaches:
    'What a replica has prepared it keeps, until it can put the log of the later view in its place, in one step. So f + 1 replicas ' +
    'have the write all the time.',
});
