import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { proposers } from './course.js';

export const stormy = defineScenario({
  protocol: paxos,
  name: 'paxos/stormy',
  summary: 'Five clients propose different values while nodes crash, and messages are late, doubled or lost.',
  teaches:
    'Whatever overtakes whatever, one value is chosen. Run it with --bug: with many proposers and nodes that restart all ' +
    'the time, most mistakes show within a few seeds.',
  nodes: 5,
  // Impatient proposers, so that ballots overlap.
  options: { timeoutMs: 40 },
  until: '3s',
  network: {
    latency: {
      mixture: [
        { weight: 3, of: { uniform: ['1ms', '15ms'] } },
        { weight: 1, of: { uniform: ['15ms', '150ms'] } },
      ],
    },
    loss: 0.15,
    duplicate: 0.1,
  },
  clients: { ...proposers, think: { exponential: { mean: '150ms' } }, start: '1ms' },
  faults: [
    { do: 'crash', whom: { random: 1 }, at: '20ms', for: '5ms', times: 20, every: '17ms' },
    { do: 'partition', shape: { halves: true }, at: '60ms', for: '60ms', times: 3, every: '130ms' },
  ],
  progress: '1500ms',
  swarm: {},
});
