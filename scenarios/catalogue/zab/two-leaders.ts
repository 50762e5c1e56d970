import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, deliveryOrder, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const twoLeaders = defineScenario({
  protocol: zab,
  name: 'zab/two-leaders',
  summary:
    'The leader is cut off with one follower and goes on proposing; the other three have established the next leader.',
  teaches:
    'Two established leaders at once do no harm: what the old one proposes is acknowledged by two of five, and so never committed. Its ' +
    'epoch is over for whoever has promised a higher one. When it is back, what only it had is cut.',
  nodes: 5,
  // A leader counts its followers every half second: for so long the old one does not notice.
  options: { tickMs: 500, marksDeliveries: true },
  until: '4s',
  network: dataCentre,
  clients: { ...mixedWorkload, target: 'random', stop: '3500ms' },
  faults: [{ do: 'partition', shape: { isolate: ['n1', 'n5'] }, at: '1100ms', for: '700ms' }],
  check: linearizableStore,
  properties: [
    deliveryOrder.total,
    deliveryOrder.primary,
    { property: 'one leader a term', leads: { mark: 'became-leader' }, term: 'epoch' },
  ],
  progress: '1500ms',
});
