import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const leaderCrash = defineScenario({
  protocol: zab,
  name: 'zab/leader-crash',
  summary:
    'The leader crashes three times, each time for a second; the others elect the one with the most recent history.',
  teaches:
    'Followers notice at once, as their connection is reset. What the old leader had proposed is committed if a quorum has it, and may ' +
    'be dropped otherwise; nobody who was answered loses anything.',
  nodes: 5,
  until: '9s',
  network: dataCentre,
  clients: { ...mixedWorkload, stop: '8500ms' },
  faults: [{ do: 'crash', whom: 'leader', at: '1s', for: '1s', times: 3, every: '1300ms' }],
  check: linearizableStore,
  properties: [{ property: 'one leader a term', leads: { mark: 'became-leader' }, term: 'epoch' }],
  progress: '3500ms',
  swarm: {},
});
