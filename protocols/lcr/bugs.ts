import type { PlantedBug } from '../../engine/index.js';
import type { Lcr } from './shape.js';

export const bugs: { readonly [K in Lcr['bugs']]: PlantedBug } = {
  'relays-smaller': {
    summary: 'Smaller UIDs are relayed like larger ones: each comes home, and everybody is elected in round n.',
    property: 'the maximum leads',
    source: 'Lynch 1996, section 3.3: a smaller UID is discarded',
    scenario: 'lcr/random-placement',
  },
  'halts-before-relaying': {
    summary: 'A process that hears who leads halts at once, without telling its neighbour.',
    property: 'everybody learns',
    source: 'Lynch 1996, section 3.3: the report goes all the way round before all may halt',
    scenario: 'lcr/random-placement',
  },
};
