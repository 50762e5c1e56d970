import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { leaseReaders, linearizableStore } from '../key-value-workload.js';

export const clockSkewLease = defineScenario({
  protocol: raft,
  name: 'raft/clock-skew-lease',
  summary:
    'The leader answers reads by a lease on its clock; clocks run up to 4 % wrong, and 5 % are allowed for. It is cut off.',
  teaches:
    'A lease saves a round of messages for each read: nobody else can be elected before it runs out. That is safe as long as ' +
    'clocks keep to what was assumed of them; see raft/clock-skew-lease-broken for what happens when they do not.',
  nodes: 3,
  options: { readMode: 'lease', leaseDriftMax: 0.05 },
  until: '6s',
  network: { latency: { uniform: ['1ms', '3ms'] } },
  clocks: { driftPpmMax: 40_000 },
  clients: leaseReaders,
  faults: [{ do: 'partition', shape: { isolate: 'leader' }, at: '1s', for: '700ms', times: 3, every: '1500ms' }],
  check: linearizableStore,
  progress: '1s',
  swarm: { families: ['crash', 'pause', 'partition', 'link'] },
});
