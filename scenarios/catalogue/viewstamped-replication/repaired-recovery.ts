import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { repliesFromBefore } from './courses.js';

export const repairedRecovery = defineScenario({
  ...repliesFromBefore,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/repaired-recovery',
  summary: 'The same crashes, with crash vectors: what a replica said before it crashed does not count any more.',
  teaches:
    'Every DOVIEWCHANGE tells how often its sender has heard each replica crash. n3 has heard that n5 recovered, so that with its ' +
    'message n2 knows that the one from n5 is of an earlier life.',
});
