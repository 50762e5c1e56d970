import { leases } from '../../../protocols/leases/protocol.js';
import { defineScenario } from '../../scenario.js';
import { aThenB, CLUSTER, whenChecked } from './course.js';

export const clockJump = defineScenario({
  protocol: leases,
  name: 'leases/clock-jump',
  summary: 'The lock service measures leases by its wall clock, which jumps ahead: two nodes have the lock at once.',
  teaches:
    'Wall clocks are set by administrators and by NTP. One jump, and a lease that was just granted is over for the service, and not ' +
    'for its holder. Both work, both write; the token lets only the later one through. Compare --bug checks-no-token.',
  nodes: CLUSTER,
  options: { clock: 'wall', workMs: 300, clocksKept: false },
  until: '3s',
  script: aThenB('20ms'),
  faults: [{ do: 'clock', whom: 'lock', jump: '1h', when: whenChecked }],
});
