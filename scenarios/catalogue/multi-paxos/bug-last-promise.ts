import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, standingAfter, write } from '../store-course.js';

export const bugLastPromise = defineScenario({
  ...oneCourse,
  protocol: multiPaxos,
  name: 'multi-paxos/bug-last-promise',
  summary: 'A new leader hears of two votes for one slot: an old one that failed, and one that was chosen.',
  teaches:
    'For each slot the vote in the highest ballot decides. With --bug adopts-last-promise, n2 takes the one that it hears of ' +
    'last, which is n1’s, and an acknowledged write is gone.',
  nodes: 3,
  nodeOptions: standingAfter(3, { n1: 150, n2: 600, n3: 300 }),
  until: '2s',
  script: [write('300ms', 'c1', 'n1', 1), write('650ms', 'c2', 'n3', 2)],
  faults: [
    // n1 alone votes for 1.
    { do: 'partition', shape: { isolate: 'n1' }, at: '250ms', for: '550ms' },
    // n3 leads, and 2 is chosen by n2 and n3; n2 is not told so.
    { do: 'link', from: 'n3', to: 'n2', types: ['Heartbeat'], rule: { loss: 1 }, at: 0 },
    // n3 is gone when n2 stands. n1 is back, and only answers.
    { do: 'partition', shape: { isolate: 'n3' }, at: '800ms' },
    { do: 'link', from: 'n1', types: ['Heartbeat', 'Phase1a', 'Phase2a'], rule: { loss: 1 }, at: '250ms' },
  ],
});
