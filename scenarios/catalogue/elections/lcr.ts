import { lcr } from '../../../protocols/lcr/protocol.js';
import { defineScenario, type Scenario } from '../../scenario.js';

const randomPlacement = defineScenario({
  protocol: lcr,
  name: 'lcr/random-placement',
  summary: 'Eight processes on a synchronous ring: the largest UID is home after eight rounds.',
  teaches:
    'In rounds all UIDs move at the same pace. The leader knows in round n, all others in round 2n − 1 at the latest, by a report ' +
    'that follows the UID round the ring.',
  nodes: 8,
  until: '2s',
});

const worstPlacement = defineScenario({
  protocol: lcr,
  name: 'lcr/worst-placement',
  summary: 'The UIDs fall in the direction of the messages: n(n + 1)/2 of them.',
  teaches: 'The rounds are always n, whatever the placement; it is the messages that grow to the order of n².',
  nodes: 8,
  options: { placement: 'descending' },
  until: '2s',
});

const slowLink = defineScenario({
  protocol: lcr,
  name: 'lcr/slow-link',
  summary: 'One link takes longer than a round. Whatever goes over it comes too late, and counts for nothing.',
  teaches:
    'A synchronous algorithm on a real network is as good as the bound that somebody promised: latency + difference of the clocks ' +
    '< round. With --set options.roundMs=100 it holds again.',
  nodes: 8,
  network: { links: [{ from: 'n3', to: 'n4', latency: '60ms' }] },
  until: '4s',
  expects: { violation: 'everybody learns' },
});

const driftingClock = defineScenario({
  protocol: lcr,
  name: 'lcr/drifting-clock',
  summary: 'One clock is a quarter slow: its process falls behind, round by round, until nobody waits for it.',
  teaches: 'Rounds by the clock need clocks that agree. A slow one is no better than a slow link.',
  nodes: 8,
  options: { placement: 'ascending' },
  clocks: { offsetMax: 0, driftPpmMax: 0, perNode: { n4: { driftPpm: -250_000 } } },
  until: '4s',
  expects: { violation: 'everybody learns' },
});

const lostMessage = defineScenario({
  protocol: lcr,
  name: 'lcr/lost-message',
  summary: 'The largest UID is lost on its way: the rounds go on, and nobody is elected.',
  teaches: 'Nobody can tell a lost message from a round in which there was nothing to say.',
  nodes: 8,
  options: { identities: [1, 2, 8, 3, 4, 5, 6, 7] },
  network: { links: [{ from: 'n3', to: 'n4', loss: 1 }] },
  until: '4s',
  expects: { violation: 'everybody learns' },
});

const stormy = defineScenario({
  protocol: lcr,
  name: 'lcr/stormy',
  summary:
    'Everything that the model allows: messages of any speed and order, clocks that differ, as long as bounds hold.',
  teaches: 'Within its round a message may take as long as it likes.',
  nodes: 9,
  options: { roundMs: 20 },
  network: { latency: { uniform: ['0ms', '18ms'] }, duplicate: 0.2 },
  clocks: { offsetMax: '5s', driftPpmMax: 2000 },
  until: '2s',
  swarm: { families: [], disk: false },
});

export const lcrScenarios: readonly Scenario[] = [
  randomPlacement,
  worstPlacement,
  slowLink,
  driftingClock,
  lostMessage,
  stormy,
];
