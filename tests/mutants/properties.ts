import type { Mutant } from './harness/mutant.js';

const BROADCAST = 'checkers/properties/broadcast.ts';
const COORDINATION = 'checkers/properties/coordination.ts';
const tests = ['tests/checkers/properties.test.ts'];

export const mutants: readonly Mutant[] = [
  {
    name: 'validity',
    file: BROADCAST,
    find: 'if (!this.correct.includes(node) || this.of(node).has(message)) continue;',
    replace: 'continue;',
    tests,
  },
  {
    name: 'agreement-uniform',
    file: BROADCAST,
    find: "property === 'agreement' ? this.correct : this.nodes",
    replace: 'this.correct',
    tests,
  },
  {
    name: 'integrity-twice',
    file: BROADCAST,
    find: 'if (before !== undefined) return broken(',
    replace: 'if (false) return broken(',
    tests,
  },
  {
    name: 'mutual-exclusion-leave',
    file: COORDINATION,
    find: 'holders.delete(who);',
    replace: '',
    tests,
  },
  {
    name: 'conservation-overdraft',
    file: COORDINATION,
    find: 'if (!mayOverdraw && balance < 0)',
    replace: 'if (false)',
    tests,
  },
];
