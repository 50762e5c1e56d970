import type { PlantedBug } from '../../engine/index.js';
import type { TwoPhaseCommit } from './shape.js';

/** Each changes one line of the protocol. */
export const bugs: { readonly [K in TwoPhaseCommit['bugs']]: PlantedBug } = {
  'forgets-decision': {
    summary:
      'The coordinator does not force its commit record before the first Commit leaves: after a crash it aborts.',
    property: 'AC1 agreement',
    source: 'Bernstein, Hadzilacos, Goodman 1987, section 7.4: the rules for the DT log, rule 3',
    scenario: 'two-phase-commit/coordinator-crash',
  },
  'presumes-abort-after-yes': {
    summary: 'A participant that has voted Yes and hears nothing for a while aborts by itself instead of asking.',
    property: 'AC1 agreement',
    source: 'Bernstein, Hadzilacos, Goodman 1987, section 7.4: why the uncertainty period can block',
    scenario: 'two-phase-commit/partition-during-decision',
  },
  'forgets-before-acknowledged': {
    summary:
      'The coordinator forgets a commit that not everybody has acknowledged, and is then presumed to have aborted.',
    property: 'AC1 agreement',
    source: 'Mohan, Lindsay, Obermarck 1986, presumed abort: only after all acknowledgements may a commit be forgotten',
    scenario: 'two-phase-commit/presumed-abort-late-inquiry',
  },
  'acknowledges-with-question-open': {
    summary:
      'A participant acknowledges while its question to the others is still on its way: one that has forgotten aborts.',
    property: 'AC1 agreement',
    source: 'found by fuzzing: cooperative termination (section 7.4) and forgetting do not go together as they stand',
    scenario: 'two-phase-commit/late-question',
  },
};
