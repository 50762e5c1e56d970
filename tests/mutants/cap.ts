import type { Mutant } from './harness/mutant.js';

const CLASSIFY = 'scenarios/cap/classify.ts';
const tests = ['tests/scenarios/cap.test.ts'];

export const mutants: readonly Mutant[] = [
  {
    name: 'class-reads',
    file: CLASSIFY,
    find: 'observed.every(({ all }) => isTotal(all[bound]!.reads))',
    replace: 'true',
    tests,
  },
  {
    name: 'class-writes',
    file: CLASSIFY,
    find: 'observed.every(({ all }) => isTotal(all[bound]!.writes))',
    replace: 'true',
    tests,
  },
  {
    name: 'class-inadequate',
    file: CLASSIFY,
    find: "refuted ? 'AP' : 'inadequate'",
    replace: "'AP'",
    tests,
  },
  {
    name: 'class-of-all-bounds',
    file: CLASSIFY,
    find: 'observed[0]?.all.length ?? 0',
    replace: '1',
    tests,
  },
];
