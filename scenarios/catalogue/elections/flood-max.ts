import { floodMax } from '../../../protocols/flood-max/protocol.js';
import { defineScenario, type Scenario } from '../../scenario.js';

const grid = defineScenario({
  protocol: floodMax,
  name: 'flood-max/grid',
  summary: 'Sixteen nodes on a grid, four by four: after six rounds all know who leads.',
  teaches:
    'News travels one edge a round, so that the diameter is enough and nothing less is. Each round costs one message an edge and ' +
    'direction: diameter × directed edges, here 6 × 48.',
  nodes: 16,
  options: { topology: 'grid' },
  until: '1s',
});

const tree = defineScenario({
  protocol: floodMax,
  name: 'flood-max/tree',
  summary: 'Fifteen nodes on a binary tree: few edges, a long way from leaf to leaf.',
  teaches: 'Fewer edges, more rounds. Try --set options.topology=complete (one round), star, line, ring or random.',
  nodes: 15,
  options: { topology: 'tree' },
  until: '1s',
});

/** The two largest UIDs are as far apart as can be. */
const farApart = { topology: 'line', identities: [9, 1, 2, 3, 4, 8] };

const farEnds = defineScenario({
  protocol: floodMax,
  name: 'flood-max/far-ends',
  summary: 'Six nodes in a line, the two largest UIDs at its ends: the last round decides.',
  teaches: 'One round less (--bug one-round-short) and there are two leaders: either end has never heard of the other.',
  nodes: 6,
  options: farApart,
  until: '1s',
});

const optimised = defineScenario({
  protocol: floodMax,
  name: 'flood-max/optimised',
  summary: 'The same line, but a node speaks only when it has learned of a larger UID.',
  teaches: 'Whoever has nothing new to say keeps silent: as many rounds, far fewer messages, the same leader.',
  nodes: 6,
  options: { ...farApart, variant: 'optimised' },
  until: '1s',
});

const underestimated = defineScenario({
  protocol: floodMax,
  name: 'flood-max/underestimated-diameter',
  summary: 'The nodes believe their line of six to be shorter than it is.',
  teaches:
    'The diameter, or a bound on it, is all that a node must know of the network. A bound that is too large costs messages; one ' +
    'that is too small makes two leaders.',
  nodes: 6,
  options: { ...farApart, diameter: 3 },
  until: '1s',
  expects: { violation: 'the maximum leads' },
});

const lostMessages = defineScenario({
  protocol: floodMax,
  name: 'flood-max/lost-messages',
  summary: 'The only link between two parts of a line is down: each part elects a leader of its own.',
  teaches:
    'Unlike on a ring, here a loss does not stop the election: it makes two leaders, and neither knows. Flooding decides when time ' +
    'is up, not when something has come back.',
  nodes: 6,
  options: farApart,
  until: '1s',
  faults: [
    {
      do: 'partition',
      shape: {
        groups: [
          ['n1', 'n2', 'n3'],
          ['n4', 'n5', 'n6'],
        ],
      },
      at: '0ms',
      for: '500ms',
    },
  ],
  expects: { violation: 'the maximum leads' },
});

const slowNetwork = defineScenario({
  protocol: floodMax,
  name: 'flood-max/slow-network',
  summary: 'Messages may take three rounds: what comes too late is not counted.',
  teaches: 'The bound on latency is part of the algorithm. Without it, the end of a round says nothing.',
  nodes: 6,
  options: farApart,
  network: { latency: { uniform: ['21ms', '60ms'] } },
  until: '1s',
  expects: { violation: 'the maximum leads' },
});

const stormy = defineScenario({
  protocol: floodMax,
  name: 'flood-max/stormy',
  summary: 'A random graph of twelve nodes, messages of any speed within a round, some of them twice.',
  teaches: 'On an arbitrary graph the diameter is all that counts. Try other ones with --set options.graph=7.',
  nodes: 12,
  options: { topology: 'random', extraEdges: 6 },
  network: { latency: { uniform: ['0ms', '18ms'] }, duplicate: 0.2 },
  clocks: { offsetMax: '5s', driftPpmMax: 2000 },
  until: '1s',
  swarm: { families: [], disk: false },
});

export const floodMaxScenarios: readonly Scenario[] = [
  grid,
  tree,
  farEnds,
  optimised,
  underestimated,
  lostMessages,
  slowNetwork,
  stormy,
];
