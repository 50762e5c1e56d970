import { paxos } from '../../../protocols/paxos/protocol.js';
import { defineScenario } from '../../scenario.js';
import { proposers } from './course.js';

export const lossyDisks = defineScenario({
  protocol: paxos,
  name: 'paxos/lossy-disks',
  summary: 'Everybody crashes again and again, and disks lose or tear what was not synced: still one value.',
  teaches:
    'A promise or a vote leaves a node only when it is on the disk. What a crash takes after that was never told to anybody.',
  nodes: 5,
  until: '3s',
  options: { timeoutMs: 120 },
  network: { latency: { uniform: ['1ms', '20ms'] } },
  disk: { syncLatency: { uniform: ['5ms', '30ms'] }, torn: 0.5 },
  clients: { ...proposers, think: { exponential: { mean: '150ms' } } },
  faults: [{ do: 'crash', whom: { random: 2 }, at: '30ms', for: '20ms', times: 12, every: '47ms' }],
  progress: '1500ms',
  swarm: {},
});
