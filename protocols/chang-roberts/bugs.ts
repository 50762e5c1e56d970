import type { PlantedBug } from '../../engine/index.js';
import type { ChangRoberts } from './shape.js';

export const bugs: { readonly [K in ChangRoberts['bugs']]: PlantedBug } = {
  'forwards-smaller': {
    summary: 'Every number is passed on, smaller ones too: all come back, and everybody is elected.',
    property: 'the maximum leads',
    source: 'Chang, Roberts 1979: numbers smaller than the own are not passed on',
    scenario: 'chang-roberts/random-placement',
  },
  'prefers-smaller': {
    summary: 'The comparison is the wrong way round: the smallest number wins.',
    property: 'the maximum leads',
    source: 'an obvious slip in the comparison of Chang, Roberts 1979',
    scenario: 'chang-roberts/random-placement',
  },
  'sleeper-swallows': {
    summary: 'Who has not begun drops a smaller number without sending its own: the election dies there.',
    property: 'everybody learns',
    source: 'Chang, Roberts 1979: a process that has not begun sends its own number in place of a smaller one',
    scenario: 'chang-roberts/one-starter',
  },
};
