import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { threeViewChanges } from './courses.js';

export const publishedStateTransfer = defineScenario({
  ...threeViewChanges,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/published-state-transfer',
  summary: 'State transfer as it was published: three view changes, and a committed write is gone.',
  teaches:
    'A replica that hears of a later view cuts its log down to what it knows to be committed, and then asks for the rest. What it ' +
    'cut others had counted on. Compare viewstamped-replication/repaired-state-transfer: the same faults, and nothing is lost.',
  options: { truncatesEarly: true },
  expects: { violation: 'Committed Operations Survive' },
});
