import { quorum } from '../../../protocols/quorum/protocol.js';
import { defineScenario } from '../../scenario.js';
import type { ScenarioInput } from '../../schema.js';
import { get, oneCourse, put, read, write } from './workload.js';

/** Two clients have read the same, and write at the same time at different nodes; a third one reconciles. */
const concurrentPuts = {
  ...oneCourse,
  until: '1500ms',
  script: [
    put('100ms', 'c1', 'n1', 'milk'),
    get('200ms', 'c1', 'n1'),
    get('200ms', 'c2', 'n2'),
    put('300ms', 'c1', 'n1', 'milk, bread'),
    put('300ms', 'c2', 'n2', 'milk, eggs'),
    get('500ms', 'c3', 'n3'),
    put('600ms', 'c3', 'n3', 'milk, bread, eggs'),
    get('800ms', 'c1', 'n1'),
  ],
} satisfies Partial<ScenarioInput>;

export const siblings = defineScenario({
  ...concurrentPuts,
  protocol: quorum,
  name: 'quorum/siblings',
  summary:
    'Two clients add to one shopping cart at the same time. Both carts are kept, until a third client merges them.',
  teaches:
    'Each version says what its writer had seen. Of these two neither had seen the other, so both stay, as siblings; what ' +
    'passes back the context of both replaces both.',
  options: { versions: 'dotted', settledAfterMs: 1_000 },
});

export const lostUpdate = defineScenario({
  ...concurrentPuts,
  protocol: quorum,
  name: 'quorum/lost-update',
  summary:
    'The same two clients, but the last writer wins: one of the two carts is gone, although it was acknowledged.',
  teaches:
    'Timestamps put all writes into one order, and keep the last. Whoever wrote at the same time is told that all is well, and ' +
    'the bread (or the eggs) never arrive.',
  options: { versions: 'timestamps' },
  // Without the client that merges what is no longer there.
  until: '450ms',
  expects: { violation: 'No Lost Write' },
});

/** Two clients have read the same, and write one after the other through one node. */
const sameCoordinator = {
  ...oneCourse,
  until: '1s',
  script: [
    put('100ms', 'c1', 'n1', 'milk'),
    get('200ms', 'c1', 'n1'),
    get('200ms', 'c2', 'n1'),
    put('300ms', 'c1', 'n1', 'milk, bread'),
    put('400ms', 'c2', 'n1', 'milk, eggs'),
    get('600ms', 'c3', 'n2'),
  ],
} satisfies Partial<ScenarioInput>;

export const sameCoordinatorVectors = defineScenario({
  ...sameCoordinator,
  protocol: quorum,
  name: 'quorum/same-coordinator',
  summary:
    'Two clients write at the same time through one node, with version vectors as Dynamo has them: one write is lost.',
  teaches:
    'One counter a node says in which order that node wrote, and not who had seen what: the second version seems to come after ' +
    'the first, and replaces it. So published, and repaired by dotted version vectors.',
  options: { versions: 'vectors' },
  expects: { violation: 'No Lost Write' },
});

export const sameCoordinatorDotted = defineScenario({
  ...sameCoordinator,
  protocol: quorum,
  name: 'quorum/same-coordinator-dotted',
  summary: 'The same two clients and the same node, with dotted version vectors: both writes are kept.',
  teaches:
    'The event that made a version is told apart from what its writer had seen: then one node can write siblings.',
  options: { versions: 'dotted', settledAfterMs: 800 },
});

/** n1's clock is half a second ahead. */
const skewed = {
  ...oneCourse,
  clocks: { offsetMax: 0, driftPpmMax: 0, perNode: { n1: { offset: '500ms' } } },
  until: '1s',
} satisfies Partial<ScenarioInput>;

export const skewedClocks = defineScenario({
  ...skewed,
  protocol: quorum,
  name: 'quorum/skewed-clocks',
  summary:
    'The clock of one node is half a second ahead: whoever writes through another one afterwards is told ok, and loses.',
  teaches:
    'The last writer wins by the clocks, and not by the order of events. The later write never becomes visible, and nobody hears of ' +
    'it. Better clocks make it rarer; only versions that say what they replace make it impossible.',
  script: [write('100ms', 'c1', 'n1', 1), write('300ms', 'c2', 'n2', 2), read('500ms', 'c2', 'n2')],
  expects: { violation: 'No Lost Write' },
});

export const skewedClocksDotted = defineScenario({
  ...skewed,
  protocol: quorum,
  name: 'quorum/skewed-clocks-dotted',
  summary: 'The same clocks, but versions say what they replace: the later write wins, whatever the clocks show.',
  teaches: 'Where causality decides, clocks do not matter.',
  options: { versions: 'dotted', settledAfterMs: 800 },
  script: [
    put('100ms', 'c1', 'n1', 1),
    get('200ms', 'c2', 'n2'),
    put('300ms', 'c2', 'n2', 2),
    get('500ms', 'c2', 'n2'),
  ],
});

export const shoppingCart = defineScenario({
  ...oneCourse,
  protocol: quorum,
  name: 'quorum/shopping-cart',
  summary: 'The network parts, and a cart is filled on both sides. When it heals, both carts meet as siblings.',
  teaches:
    'With R = W = 1 a store is always there to write to. What it gives up is that everybody sees the same: reconciliation comes ' +
    'later, and is the business of who reads.',
  options: { versions: 'dotted', r: 1, w: 1, settledAfterMs: 4_000 },
  until: '5s',
  script: [
    put('100ms', 'c1', 'n1', 'milk'),
    get('600ms', 'c1', 'n1'),
    get('600ms', 'c2', 'n3'),
    put('700ms', 'c1', 'n1', 'milk, bread'),
    put('800ms', 'c2', 'n3', 'milk, eggs'),
    get('900ms', 'c1', 'n2'),
    get('4s', 'c3', 'n2'),
    put('4100ms', 'c3', 'n2', 'milk, bread, eggs'),
  ],
  faults: [{ do: 'partition', shape: { groups: [['n1', 'n2'], ['n3']] }, at: '500ms', for: '1500ms' }],
});

export const versionScenarios = [
  siblings,
  lostUpdate,
  sameCoordinatorVectors,
  sameCoordinatorDotted,
  skewedClocks,
  skewedClocksDotted,
  shoppingCart,
];
