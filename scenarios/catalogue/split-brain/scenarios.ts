import { splitBrain } from '../../../protocols/split-brain/protocol.js';
import { defineScenario } from '../../scenario.js';
import { CLUSTER, clients, partitioned } from './course.js';

export const noQuorum = partitioned(
  {
    name: 'split-brain/no-quorum',
    summary: 'A cluster is cut in two, and either side has a leader. Both write to the shared storage.',
    teaches:
      'From inside, a cut network and dead neighbours look the same. Each side does what seems right, and each overwrites what the ' +
      'other one has written and acknowledged. This is split brain. Compare split-brain/quorum.',
    expects: { violation: 'no write is lost' },
  },
  { quorum: false, fencing: false },
);

export const quorum = partitioned(
  {
    name: 'split-brain/quorum',
    summary: 'The same cut, but only a majority may have a leader. The old leader notices late that it has none.',
    teaches:
      'Two majorities cannot be apart, so there is one leader in the end. But not at every moment: the majority elects its leader ' +
      'before the old one has given up, and for that while two nodes write. Compare split-brain/quorum-and-fencing.',
    expects: { violation: 'no write is lost' },
  },
  { quorum: true, fencing: false },
);

export const quorumAndFencing = partitioned(
  {
    name: 'split-brain/quorum-and-fencing',
    summary: 'The same cut, a majority leads, and the storage refuses whoever comes with an older epoch.',
    teaches:
      'A quorum decides who leads, and fencing makes it true where it matters. The old leader may believe what it likes: its first ' +
      'write after the new one has read is refused, and that is how it learns.',
  },
  { quorum: true, fencing: true },
);

export const evenSplit = defineScenario({
  protocol: splitBrain,
  name: 'split-brain/even-split',
  summary: 'Four nodes are cut in two halves: neither is a majority, and nobody leads until the cut is healed.',
  teaches:
    'An even number of nodes buys nothing: four tolerate one failure, as three do, and an even cut stops them all. With --bug ' +
    'half-is-enough either half elects a leader.',
  nodes: ['n1', 'n2', 'n3', 'n4', 'storage'],
  until: '5s',
  clients: { ...clients, target: { nodes: ['n1', 'n2', 'n3', 'n4'] }, count: 4, stop: '4500ms' },
  faults: [
    {
      do: 'partition',
      shape: {
        groups: [
          ['n1', 'n2'],
          ['n3', 'n4'],
        ],
      },
      at: '1s',
      for: '2s',
    },
  ],
  progress: '1500ms',
});

export const rivalCandidates = defineScenario({
  protocol: splitBrain,
  name: 'split-brain/rival-candidates',
  summary: 'Leaders crash again and again, messages are slow, and several nodes stand for election at once.',
  teaches: 'One vote an epoch, remembered on disk: of two candidates at most one wins. With --bug votes-twice both do.',
  nodes: [...CLUSTER, 'storage'],
  network: { latency: { uniform: ['20ms', '60ms'] } },
  options: { electionMs: 200 },
  until: '20s',
  clients: { ...clients, count: 2, think: '30ms', stop: '19s' },
  faults: [{ do: 'crash', whom: 'leader', at: '1s', for: '300ms', times: 14, every: '1200ms' }],
  progress: '2s',
});

export const idleSuccessor = defineScenario({
  protocol: splitBrain,
  name: 'split-brain/idle-successor',
  summary: 'The majority’s new leader reads the storage, and has nothing to write for a while; the old leader has.',
  teaches:
    'The storage must know of the new leader before that one relies on what it has read, not only when it writes. With --bug ' +
    'mounts-without-fencing the old leader goes on, and the first write of the new one wipes it all out.',
  nodes: [...CLUSTER, 'storage'],
  nodeOptions: { n1: { electionMs: 60 } },
  until: '3s',
  clients: { ...clients, target: { nodes: ['n1', 'n2'] }, stop: '2500ms' },
  script: Array.from({ length: 4 }, (_, i) => ({
    at: `${1600 + 10 * i}ms`,
    client: `c${11 + i}`,
    request: 'add',
    args: {},
    target: `n${3 + (i % 3)}`,
  })),
  faults: [
    {
      do: 'partition',
      shape: {
        groups: [
          ['n1', 'n2'],
          ['n3', 'n4', 'n5'],
        ],
      },
      at: '1s',
    },
  ],
});

export const stormy = defineScenario({
  protocol: splitBrain,
  name: 'split-brain/stormy',
  summary: 'With a quorum and fencing: cuts of every shape, frozen leaders, crashes, wild clocks. No write is lost.',
  teaches: 'Neither the quorum nor the fencing depends on time, so nothing that happens to clocks or messages matters.',
  nodes: [...CLUSTER, 'storage'],
  // What is lost is sent again after 200 ms, which is no reason to elect somebody else.
  options: { heartbeatMs: 100, electionMs: 500, stepDownMs: 1500 },
  disk: { syncLatency: { uniform: ['100us', '3ms'] }, loseUnsynced: true, torn: 0.2 },
  until: '20s',
  clients: { ...clients, count: 3, think: '30ms', target: 'leader', stop: '19s' },
  faults: [
    { do: 'pause', whom: 'leader', at: '800ms', for: '900ms', times: 4, every: '2100ms' },
    { do: 'partition', shape: { isolate: 'leader' }, at: '1500ms', for: '800ms', times: 4, every: '1900ms' },
    { do: 'crash', whom: { random: 2 }, at: '600ms', for: '150ms', times: 8, every: '1100ms' },
  ],
  progress: '4s',
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'clock'] },
});
