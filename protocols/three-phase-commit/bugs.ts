import type { PlantedBug } from '../../engine/index.js';
import type { ThreePhaseCommit } from './shape.js';

/** Each changes one line of the protocol. */
export const bugs: { readonly [K in ThreePhaseCommit['bugs']]: PlantedBug } = {
  'skips-pre-commit': {
    summary:
      'The coordinator commits when all have voted Yes: two-phase commit, with a termination protocol that does not fit it.',
    property: 'AC1 agreement',
    source: 'Skeen 1981: no state may have both a commit and an abort state next to it',
    scenario: 'three-phase-commit/uncertain-together',
  },
  'commits-over-uncertain': {
    summary:
      'A new coordinator that is committable commits at once, and does not make the uncertain ones committable first.',
    property: 'AC1 agreement',
    source: 'Bernstein, Hadzilacos, Goodman 1987, section 7.5: termination rule TR4',
    scenario: 'three-phase-commit/cascading-crash',
  },
  'aborts-on-recovery': {
    summary: 'Who comes back without a decision aborts, though the others have gone on without it.',
    property: 'AC1 agreement',
    source: 'Bernstein, Hadzilacos, Goodman 1987, section 7.5: recovery',
    scenario: 'three-phase-commit/returning-coordinator',
  },
};
