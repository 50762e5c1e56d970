import type { Mutant } from './harness/mutant.js';

const TEMPORAL = 'checkers/properties/temporal.ts';
const tests = ['tests/checkers/properties.test.ts'];

export const mutants: readonly Mutant[] = [
  {
    name: 'always',
    file: TEMPORAL,
    find: "at === -1 ? kept('always') : broken(",
    replace: "true ? kept('always') : broken(",
    tests,
  },
  { name: 'eventually', file: TEMPORAL, find: 'return found\n', replace: 'return true\n', tests },
  {
    name: 'eventually-within',
    file: TEMPORAL,
    find: 'const until = from + within;\n  const found',
    replace: 'const until = trace.end;\n  const found',
    tests,
  },
  {
    name: 'eventually-from-the-last-fault',
    file: TEMPORAL,
    find: '(states[at + 1]?.time ?? end + 1) > from',
    replace: 'true',
    tests,
  },
  {
    name: 'eventually-a-state-lasts-until-the-next',
    file: TEMPORAL,
    find: '(states[at + 1]?.time ?? end + 1) > from',
    replace: 'states[at]!.time >= from',
    tests,
  },
  { name: 'leads-to', file: TEMPORAL, find: 'if (!p(state)) continue;', replace: 'continue;', tests },
  {
    name: 'leads-to-in-time',
    file: TEMPORAL,
    find: 'answer !== Infinity && trace.states[answer]!.time <= until',
    replace: 'answer !== Infinity',
    tests,
  },
  {
    name: 'leads-to-after-the-last-fault',
    file: TEMPORAL,
    find: 'Math.max(time, from) + within',
    replace: 'time + within',
    tests,
  },
  {
    name: 'leads-to-afterwards',
    file: TEMPORAL,
    find: 'q(trace.states[at]!.state) ? at : (next[at + 1] ?? Infinity)',
    replace:
      'trace.states.findIndex((one) => q(one.state)) === -1 ? Infinity : trace.states.findIndex((one) => q(one.state))',
    tests,
  },
  { name: 'eventually-always', file: TEMPORAL, find: 'return over <= until\n', replace: 'return true\n', tests },
  {
    name: 'eventually-always-from-the-next-state',
    file: TEMPORAL,
    find: 'trace.states[last + 1]?.time ?? Infinity',
    replace: 'trace.states[last]!.time',
    tests,
  },
  {
    name: 'eventually-always-undecided',
    file: TEMPORAL,
    find: 'trace.states.length === 0 || trace.end < until',
    replace: 'trace.states.length === 0',
    tests,
  },
  {
    name: 'too-early-to-tell',
    file: TEMPORAL,
    find: 'if (end >= until) return broken',
    replace: 'return broken',
    tests,
  },
];
