import type { PlantedBug } from '../../engine/index.js';
import type { SplitBrain } from './shape.js';

export const bugs: { readonly [K in SplitBrain['bugs']]: PlantedBug } = {
  'half-is-enough': {
    summary: 'Half of the cluster counts as a quorum: of four nodes, either half elects a leader.',
    property: 'a majority elects',
    source: 'the usual advice to run an odd number of nodes, or a witness',
    scenario: 'split-brain/even-split',
  },
  'votes-twice': {
    summary: 'A node gives its vote to whoever asks, also a second time in one epoch.',
    property: 'one leader an epoch',
    source: 'Ongaro and Ousterhout 2014, section 5.2: at most one vote a term',
    scenario: 'split-brain/rival-candidates',
  },
  'mounts-without-fencing': {
    summary: 'The storage checks writes only: the old leader gets one in after the new one has read.',
    property: 'no write is lost',
    source: 'Kleppmann 2016: the storage must have seen the new token to refuse the old one',
    scenario: 'split-brain/idle-successor',
  },
};
