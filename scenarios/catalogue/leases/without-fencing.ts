import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import { adding } from './course.js';

export const withoutFencing = defineScenario({
  protocol: leases,
  name: 'leases/without-fencing',
  summary:
    'Nobody checks tokens, but all keeps to its bounds: clocks, messages, and nobody is frozen. Nodes may crash.',
  teaches:
    'The lease alone is enough where every assumption holds: no clock drifts by more than the allowance, and a write arrives ' +
    'within the margin. Each of leases/paused-holder, delayed-write and clock-jump breaks one of them.',
  nodes: ['lock', 'storage', 'a', 'b', 'c'],
  options: { fencing: false },
  network: { latency: { uniform: ['1ms', '40ms'] } },
  clocks: { driftPpmMax: 1000 },
  until: '15s',
  clients: { ...adding, target: { nodes: ['a', 'b', 'c'] }, stop: '14s' },
  faults: [
    { do: 'crash', whom: 'leader', at: '800ms', for: '100ms', times: 6, every: '1100ms' },
    { do: 'crash', whom: 'lock', at: '2500ms', for: '200ms', times: 2, every: '3s' },
  ],
  progress: '5s',
  swarm: { families: ['crash'] },
});
