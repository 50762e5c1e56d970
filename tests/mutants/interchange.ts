import type { Mutant } from './harness/mutant.js';

const JEPSEN = 'checkers/formats/jepsen.ts';
const ETCD = 'checkers/formats/etcd-log.ts';
const tests = ['tests/checkers/interchange.test.ts', 'tests/checkers/formats.test.ts'];

export const mutants: readonly Mutant[] = [
  {
    name: 'jepsen-nanoseconds',
    file: JEPSEN,
    find: 'BigInt(event.time) * BigInt(NS_PER_US)',
    replace: 'BigInt(event.time)',
    tests,
  },
  {
    name: 'jepsen-tagged-operation',
    file: JEPSEN,
    find: "typeof form === 'object' && form?.kind === 'tagged' ? form.value : form",
    replace: 'form',
    tests: tests.toReversed(),
  },
  {
    name: 'independent-known-by-reads',
    file: JEPSEN,
    find: 'return reads > 0;',
    replace: 'return true;',
    tests,
  },
  {
    name: 'etcd-failed-cas-is-a-mismatch',
    file: ETCD,
    find: "f === 'cas' && type === 'fail'",
    replace: 'false',
    tests,
  },
];
