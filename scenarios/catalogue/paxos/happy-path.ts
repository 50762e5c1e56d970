import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { propose } from './course.js';

export const happyPath = defineScenario({
  protocol: paxos,
  name: 'paxos/happy-path',
  summary: 'One node proposes a value, a majority votes for it, and everybody learns it.',
  teaches:
    'The two phases in peace: prepare (1a, 1b), so that nothing older gets in the way; accept (2a, 2b), so that a majority ' +
    'has it. Whoever proposes another value later is told what was chosen.',
  nodes: 3,
  until: '1s',
  network: { latency: '10ms' },
  properties: [{ property: 'uniform agreement', deliver: { mark: 'learned' }, message: 'val', complete: true }],
  script: [propose('10ms', 'c1', 'n1', 'a'), propose('200ms', 'c2', 'n3', 'b')],
});
