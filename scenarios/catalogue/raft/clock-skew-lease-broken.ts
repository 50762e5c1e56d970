import { raft } from '../../../protocols/raft/protocol.js';
import { defineScenario } from '../../scenario.js';
import { leaseReaders, linearizableStore } from '../key-value-workload.js';

export const clockSkewLeaseBroken = defineScenario({
  protocol: raft,
  name: 'raft/clock-skew-lease-broken',
  summary:
    'A leader that reads by lease is cut off while its clock runs at half speed: it answers when another one leads already.',
  teaches:
    'A lease is a bet on clocks. 1 % of drift is allowed for here and 50 % happens: the old leader takes its lease for valid ' +
    'long after the others have elected a new one, and answers with values that are overwritten.',
  nodes: 3,
  options: { readMode: 'lease', leaseDriftMax: 0.01 },
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
