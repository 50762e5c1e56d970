import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { standingAfter, write } from '../store-course.js';
import { cutOff, oneCourse } from './workload.js';

export const bugOldResponse = defineScenario({
  ...oneCourse,
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/bug-old-response',
  summary: 'A replica crashes twice. After the second crash it gets late answers to its first recovery.',
  teaches:
    'The nonce tells answers apart. With --bug ignores-nonce n2 recovers to what was true before the write that it has helped to ' +
    'commit, and in the next view that write is gone.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n2: 200 }),
  until: '1500ms',
  script: [write('600ms', 'c1', 'n1', 1)],
  faults: [
    // The first recovery: n1 is asked several times, as n3 answers late. All but one of n1’s answers are late.
    { do: 'crash', whom: 'n2', at: '300ms', for: '10ms' },
    cutOff('n3', 'n2', ['RecoveryResponse'], { lasts: '500ms', rule: { hold: true } }),
    cutOff('n1', 'n2', ['RecoveryResponse'], { at: '350ms', lasts: '410ms', rule: { hold: true } }),
    // n1 and n2 commit the write, without n3.
    cutOff('n1', 'n3', null, { at: '590ms' }),
    // The second recovery: n1’s answers to it are lost, the late ones arrive. Then n1 is gone.
    cutOff('n1', 'n2', ['RecoveryResponse', 'Commit', 'Prepare', 'NewState'], { at: '690ms' }),
    { do: 'crash', whom: 'n2', at: '700ms', for: '10ms' },
    { do: 'partition', shape: { isolate: 'n1' }, at: '800ms' },
  ],
});
