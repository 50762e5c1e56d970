import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { oneCourse, write } from './course.js';

export const bugEpochBeforeHistory = defineScenario({
  ...oneCourse,
  protocol: zab,
  name: 'zab/bug-epoch-before-history',
  summary:
    'A follower that lacks a write is being brought up to date when it crashes; then the leader is gone for good.',
  teaches:
    'currentEpoch says how recent a history is, so it must not reach the disk before the history. With --bug updates-epoch-first, n1 comes ' +
    'back with the epoch and without the write, wins over n2, which has the write, and the write is lost.',
  nodes: 3,
  disk: { syncLatency: '40ms' },
  until: '2500ms',
  script: [write('250ms', 'c1', 'n3', 1), write('1500ms', 'c2', 'n1', 2)],
  faults: [
    { do: 'crash', whom: 'n1', at: '1ms', for: '400ms' },
    { do: 'crash', whom: 'n3', at: '400ms', for: '2ms' },
    { do: 'link', from: 'n3', to: 'n2', types: ['NEWLEADER'], rule: { hold: true }, at: '400ms' },
    { do: 'crash', whom: 'n1', when: { delivered: 'NEWLEADER', node: 'n1', from: '400ms' }, after: '60ms', for: '5ms' },
    { do: 'crash', whom: 'n3', when: { delivered: 'NEWLEADER', node: 'n1', from: '400ms' }, after: '60ms' },
  ],
});
