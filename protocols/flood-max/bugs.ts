import type { PlantedBug } from '../../engine/index.js';
import type { FloodMax } from './shape.js';

export const bugs: { readonly [K in FloodMax['bugs']]: PlantedBug } = {
  'one-round-short': {
    summary: 'Everybody decides one round early: who is farthest from the maximum has not heard of it.',
    property: 'the maximum leads',
    source: 'Lynch 1996, section 4.1: information takes as many rounds as the diameter (off by one)',
    scenario: 'flood-max/far-ends',
  },
  'sends-own-only': {
    summary: 'Everybody sends its own UID in each round, not the largest that it has seen.',
    property: 'the maximum leads',
    source: 'an obvious slip in the message function of Lynch 1996, section 4.1',
    scenario: 'flood-max/far-ends',
  },
  'speaks-once': {
    summary: 'The optimised variant speaks in the first round only: what is learned later goes nowhere.',
    property: 'the maximum leads',
    source: 'Lynch 1996, section 4.1.3: a process speaks again whenever its maximum has risen',
    scenario: 'flood-max/optimised',
  },
};
