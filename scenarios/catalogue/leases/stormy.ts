import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import { adding } from './course.js';

const holders = ['a', 'b', 'c'];

export const stormy = defineScenario({
  protocol: leases,
  name: 'leases/stormy',
  summary: 'Holders are frozen, crash and are cut off, service and storage restart, clocks run wild: no write is lost.',
  teaches:
    'With tokens checked where it matters, safety does not depend on time. And as clocks here stay within the (generous) ' +
    'allowance, no two nodes have the lease at once either.',
  nodes: ['lock', 'storage', ...holders],
  // A swarm’s clocks are up to a fifth fast or slow; what is lost is sent again after 200 ms, which is worth waiting for.
  options: { driftPpmMax: 210_000, termMs: 1500, patienceMs: 500 },
  disk: { syncLatency: { uniform: ['100us', '3ms'] }, loseUnsynced: true, torn: 0.2 },
  until: '26s',
  clients: { ...adding, target: { nodes: holders }, stop: '25s' },
  faults: [
    { do: 'pause', whom: 'leader', at: '700ms', for: '1500ms', times: 4, every: '3100ms' },
    { do: 'pause', whom: 'subject', when: { mark: 'checked-lease', nth: 40 }, for: '2s', times: 3 },
    { do: 'crash', whom: { random: 1 }, at: '1100ms', for: '80ms', times: 10, every: '1300ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '2s', for: '1800ms', times: 3, every: '4s' },
  ],
  progress: '8s',
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'clock'] },
});
