import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from './course.js';

export const bugUnsyncedHistory = defineScenario({
  ...oneCourse,
  protocol: zab,
  name: 'zab/bug-unsynced-history',
  summary:
    'The leader alone has a write, and comes back with it; as soon as the new epoch is established, the power fails.',
  teaches:
    'ACK-LD says that the history is on the disk, and the leader commits it for that. With --bug acknowledges-unsynced, it was in ' +
    'memory: the write is delivered, and after the power failure only the old leader has it, which does not come back.',
  nodes: 3,
  disk: { syncLatency: '40ms' },
  until: '2500ms',
  script: [write('300ms', 'c1', 'n3', 1), write('1500ms', 'c2', 'n2', 2)],
  faults: [
    { do: 'link', from: 'n3', types: ['PROPOSE'], rule: { hold: true }, at: '280ms', for: '300ms' },
    { do: 'crash', whom: 'n3', at: '400ms', for: '2ms' },
    { do: 'crash', whom: 'n3', when: { mark: 'became-leader', node: 'n3', from: '400ms' } },
    { do: 'crash', whom: ['n1', 'n2'], when: { mark: 'became-leader', node: 'n3', from: '400ms' }, for: '5ms' },
  ],
});
