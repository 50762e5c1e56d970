import { twoPhaseCommit } from '../../../protocols/two-phase-commit/protocol.js';
import { defineScenario } from '../../scenario.js';
import { storm } from './stormy.js';

export const stormyCooperative = defineScenario({
  ...storm,
  protocol: twoPhaseCommit,
  name: 'two-phase-commit/stormy-cooperative',
  summary: 'As two-phase-commit/stormy, but uncertain participants ask one another, and commit is presumed.',
  teaches: 'Fewer wait, and what is forgotten must be forgotten by all: the coordinator says when.',
  options: { ...storm.options, cooperative: true, presume: 'commit' },
});
