import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { leaseReaders, linearizableStore } from '../key-value-workload.js';

export const fastReads = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/fast-reads',
  summary:
    'The primary answers reads by leases; clocks run up to 4 % wrong, and 5 % are allowed for. It is cut off again and again.',
  teaches:
    'A backup that grants a lease stays out of view changes until it is over, so that the primary may answer reads alone. That is ' +
    'safe as long as clocks keep to what was assumed; see viewstamped-replication/fast-reads-broken.',
  nodes: 3,
  options: { fastReads: true, leaseDriftMax: 0.05 },
  until: '6s',
  network: { latency: { uniform: ['1ms', '3ms'] } },
  clocks: { driftPpmMax: 40_000 },
  clients: leaseReaders,
  faults: [{ do: 'partition', shape: { isolate: 'leader' }, at: '1s', for: '700ms', times: 3, every: '1500ms' }],
  survivable: true,
  check: linearizableStore,
  progress: '1s',
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'membership'] },
});
