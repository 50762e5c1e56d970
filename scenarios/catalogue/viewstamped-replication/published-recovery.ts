import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { repliesFromBefore } from './courses.js';

export const publishedRecovery = defineScenario({
  ...repliesFromBefore,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/published-recovery',
  summary:
    'Recovery as it was published: a DOVIEWCHANGE from before a crash counts after it, and a committed write is gone.',
  teaches:
    'By sending DOVIEWCHANGE n5 promises to take no further part in view 0. It crashes, forgets the promise, and takes part again. ' +
    'Compare viewstamped-replication/repaired-recovery: the same faults, and nothing is lost.',
  options: { crashVectors: false },
  expects: { violation: 'Committed Operations Survive' },
});
