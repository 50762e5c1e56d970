import { viewstampedReplication } from '../../../protocols/viewstamped-replication/protocol.js';
import { defineScenario } from '../../scenario.js';
import { leaseReaders, linearizableStore } from '../key-value-workload.js';

export const fastReadsBroken = defineScenario({
  protocol: viewstampedReplication,
  name: 'viewstamped-replication/fast-reads-broken',
  summary:
    'A primary that reads by leases is cut off while its clock runs at half speed: it answers when another one leads already.',
  teaches:
    'Leases are a bet on clocks. 1 % of drift is allowed for here and 50 % happens: the old primary takes its leases for valid when ' +
    'they are long over, and answers with values that are overwritten.',
  nodes: 3,
  options: { fastReads: true, leaseDriftMax: 0.01, electionTimeoutMsMax: 180 },
  until: '6s',
  network: { latency: { uniform: ['1ms', '3ms'] } },
  clients: leaseReaders,
  faults: [1000, 2500, 4000].flatMap((at) => [
    { do: 'clock' as const, whom: 'leader', driftPpm: -500_000, at: `${at - 200}ms`, for: '1s' },
    { do: 'clock' as const, whom: { not: 'leader' }, driftPpm: 500_000, at: `${at - 200}ms`, for: '1s' },
    { do: 'partition' as const, shape: { isolate: 'leader' }, at: `${at}ms`, for: '700ms' },
  ]),
  check: linearizableStore,
  expects: { violation: 'linearizable' },
});
