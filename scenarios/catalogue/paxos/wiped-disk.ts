import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, propose } from './course.js';

export const wipedDisk = defineScenario({
  ...oneCourse,
  protocol: paxos,
  name: 'paxos/wiped-disk',
  summary:
    'Two acceptors choose a value; one of them comes back with an empty disk, and chooses another with the third.',
  teaches:
    'The model of Paxos allows acceptors that stop, and none that forget: a vote that is gone was never safe. A node that has ' +
    'lost its disk must not take part as if nothing had happened.',
  nodes: 3,
  script: [propose('10ms', 'c1', 'n1', 'a'), propose('200ms', 'c2', 'n3', 'b')],
  faults: [
    { do: 'partition', shape: { isolate: 'n3' }, at: 0, for: '100ms' },
    { do: 'crash', whom: 'n2', disk: 'wiped', at: '100ms', for: '20ms' },
    { do: 'partition', shape: { isolate: 'n1' }, at: '100ms' },
  ],
  expects: { violation: 'Agreement' },
});
