import { zab } from '../../../protocols/zab/protocol.js';
import { defineScenario } from '../../scenario.js';
import { dataCentre, linearizableStore, mixedWorkload } from '../key-value-workload.js';

export const damagedDisk = defineScenario({
  protocol: zab,
  name: 'zab/damaged-disk',
  summary:
    'Two nodes of five come back from a crash and find their disks damaged: they stop, and the other three go on.',
  teaches:
    'A checksum tells that something is wrong, and not what was there. Who has acknowledged and does not know any more what must not count ' +
    'as one who has it: so it stops, as if it had not come back.',
  nodes: 5,
  until: '7s',
  network: dataCentre,
  disk: { syncLatency: { uniform: ['1ms', '10ms'] }, torn: 0.5 },
  clients: { ...mixedWorkload, stop: '6500ms' },
  faults: [
    { do: 'crash', whom: ['n2', 'n5'], at: '1s', for: '500ms' },
    { do: 'disk', whom: ['n2', 'n5'], how: 'corrupt', at: '1200ms' },
  ],
  survivable: true,
  check: linearizableStore,
  progress: '3s',
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'disk', 'membership'] },
});
