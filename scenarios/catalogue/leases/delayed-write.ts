import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import { adding, CLUSTER } from './course.js';

export const delayedWrite = defineScenario({
  protocol: leases,
  name: 'leases/delayed-write',
  summary: 'A write is two seconds on its way, and arrives when its lease is long over.',
  teaches:
    'Nobody is frozen and every clock is right. The network is asynchronous: it owes nobody an arrival in time. The token is ' +
    'checked where the write arrives, so that it does not matter when. Compare --bug checks-no-token.',
  nodes: CLUSTER,
  until: '8s',
  clients: { ...adding, timeout: '1s', stop: '7s' },
  faults: [
    {
      do: 'link',
      from: 'a',
      types: ['Write'],
      rule: { latency: '2s' },
      when: { sent: 'Read', node: 'a' },
      for: '100ms',
    },
  ],
  progress: '4s',
});
