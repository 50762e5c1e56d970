import { multiPaxos } from '../../../protocols/multi-paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { deliveryOrder } from '../key-value-workload.js';
import { gap } from './gap.js';

export const noPrimaryOrder = defineScenario({
  ...gap.input,
  protocol: multiPaxos,
  name: 'multi-paxos/no-primary-order',
  summary: 'The course of multi-paxos/gap: the third command of a leader is executed, and the first two never are.',
  teaches:
    'All execute the same commands in the same order, and that is all that Paxos promises. A primary whose second change builds on its ' +
    'first needs more: that nobody has the second without the first. This is what Zab was made for: compare zab/two-leaders.',
  options: { ...gap.options, marksDeliveries: true },
  properties: [deliveryOrder.total, { ...deliveryOrder.primary, message: 'command' }],
  expects: { violation: 'primary order' },
});
