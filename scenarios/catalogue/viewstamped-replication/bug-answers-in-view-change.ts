import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { standingAfter, write } from '../store-course.js';
import { cutOff, oneCourse } from './workload.js';

export const bugAnswersInViewChange = defineScenario({
  ...oneCourse,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/bug-answers-in-view-change',
  summary: 'A view change is under way when a replica recovers that had taken part in it.',
  teaches:
    'Who changes the view must not answer a recovery, or a replica may come back into the view that is being left. With --bug ' +
    'answers-recovery-in-view-change, n5 does, and helps to commit a write there that view 1 begins without.',
  nodes: 5,
  nodeOptions: standingAfter(5, { n2: 500 }),
  until: '1500ms',
  script: [write('750ms', 'c1', 'n1', 1)],
  faults: [
    // n2, n3 and n5 start the change to view 1; n1 and n4 do not hear of it.
    cutOff('n1', 'n2', null),
    cutOff(['n2', 'n3', 'n5'], ['n1', 'n4'], ['StartViewChange']),
    // n2 has its own DOVIEWCHANGE and n3’s; n5’s is late.
    cutOff('n5', 'n2', ['DoViewChange'], { lasts: '850ms', rule: { hold: true } }),
    cutOff('n3', 'n2', ['DoViewChange'], { at: '600ms' }),
    // n5 crashes and recovers, which n2 does not hear of.
    cutOff('n5', 'n2', ['Recovery'], { at: '600ms' }),
    { do: 'crash', whom: 'n5', at: '620ms', for: '5ms' },
    cutOff(['n2', 'n3'], 'n5', ['StartViewChange'], { at: '610ms' }),
    cutOff('n1', 'n3', null, { at: '700ms' }),
  ],
});
