import type { PlantedBug } from '../../engine/index.js';
import type { Bully } from './shape.js';

export const bugs: { readonly [K in Bully['bugs']]: PlantedBug } = {
  'answers-nobody': {
    summary: 'Nodes act on messages and answer none: everybody takes all above it for dead.',
    property: 'one coordinator',
    source: 'Garcia-Molina 1982: a node that is up always answers in time',
    scenario: 'bully/coordinator-crash',
  },
  'halts-nobody': {
    summary: 'The new coordinator announces itself without halting those below it first, and they believe anybody.',
    property: 'one coordinator',
    source: 'Garcia-Molina 1982: why Halt comes before NewCoordinator (Assertion 1)',
    scenario: 'bully/returning-coordinator',
  },
  'halts-lowest-first': {
    summary:
      'Nodes are halted from the lowest up: one that will be halted last wins back, by a Halt on its way, one halted before.',
    property: 'one coordinator',
    source:
      'Garcia-Molina 1982, Election, step 2: Halt goes from i − 1 down; why that matters was found here by fuzzing',
    scenario: 'bully/late-halt',
  },
  'never-checks': {
    summary: 'The coordinator never asks whether all are with it: a low node that recovers is led by nobody.',
    property: 'everybody settles',
    source: 'Garcia-Molina 1982: the procedure Check, and Assertion 2',
    scenario: 'bully/low-node-recovers',
  },
};
