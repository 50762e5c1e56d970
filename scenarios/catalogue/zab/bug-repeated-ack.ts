import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from './course.js';

export const bugRepeatedAck = defineScenario({
  ...oneCourse,
  protocol: zab,
  name: 'zab/bug-repeated-ack',
  summary:
    'A follower acknowledges a proposal, restarts, joins again, and so acknowledges it again; the other three have not got it.',
  teaches:
    'A quorum is one of followers, not of messages. With --bug counts-acks-not-ackers, n5 takes its own acknowledgement and two of n1 for ' +
    'three of five, answers the client, and the write is lost when both are cut off.',
  nodes: 5,
  options: { syncLimit: 20 },
  until: '1500ms',
  script: [write('320ms', 'c1', 'n5', 1), write('1s', 'c2', 'n4', 2)],
  faults: [
    {
      do: 'link',
      from: 'n5',
      to: ['n2', 'n3', 'n4'],
      types: ['PROPOSE'],
      rule: { hold: true },
      at: '300ms',
      for: '500ms',
    },
    { do: 'crash', whom: 'n1', at: '350ms', for: '5ms' },
    { do: 'partition', shape: { isolate: ['n1', 'n5'] }, at: '700ms' },
  ],
});
