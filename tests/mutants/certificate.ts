import type { Mutant } from './harness/mutant.js';

const BY_DEFINITION = 'tests/checkers/models-oracle.test.ts';
const CERTIFICATE = 'tests/checkers/certificate.test.ts';

export const mutants: readonly Mutant[] = [
  {
    name: 'lacks-one',
    file: 'checkers/linearizability/certificate.ts',
    find: 'return lost && `',
    replace: 'return undefined && `',
    tests: [CERTIFICATE],
  },
  {
    name: 'against-time',
    file: 'checkers/linearizability/certificate.ts',
    find: 'if (one.return < latestCall)',
    replace: 'if (false)',
    tests: [CERTIFICATE],
  },
  {
    name: 'does-not-fit',
    file: 'checkers/linearizability/certificate.ts',
    find: 'if (states.length === 0)',
    replace: 'if (false)',
    tests: [CERTIFICATE],
  },
  {
    name: 'there-twice',
    file: 'checkers/linearizability/certificate.ts',
    find: 'if (one === undefined) return `operation ${id} is not there, or there twice`;',
    replace: 'if (one === undefined) continue;',
    tests: [CERTIFICATE],
  },
  {
    name: 'left-out',
    file: 'checkers/models/spare.ts',
    find: 'if (omitted.some((one) => !spare.has(one))) return undefined;',
    replace: '',
    tests: [CERTIFICATE],
  },
  {
    name: 'of-another-key',
    file: 'checkers/linearizability/certificate.ts',
    find: 'keys.every(({ key }, i) => sameValue(key, parts[i]!.key))',
    replace: 'true',
    tests: [CERTIFICATE],
  },
  {
    name: 'lacks-a-key',
    file: 'checkers/linearizability/certificate.ts',
    find: "proved < (verdict === 'ok' ? keys.length : 1)",
    replace: 'false',
    tests: [CERTIFICATE],
  },
  {
    name: 'part-fits',
    file: 'checkers/linearizability/certificate.ts',
    find: "return 'the part is linearizable';",
    replace: 'return undefined;',
    tests: [CERTIFICATE],
  },
  {
    name: 'part-after-the-cut',
    file: 'checkers/linearizability/certificate.ts',
    find: '(left[0]?.return ?? Infinity) > evidence.cut',
    replace: 'left.length === 0',
    tests: [CERTIFICATE, BY_DEFINITION],
  },
  {
    name: 'part-against-time',
    file: 'checkers/linearizability/certificate.ts',
    find: 'eachKind(left.filter(({ call }) => call < left[0]!.return))',
    replace: 'left.slice(0, 1)',
    tests: [CERTIFICATE, BY_DEFINITION],
  },
  {
    name: 'part-too-large',
    file: 'checkers/linearizability/certificate.ts',
    find: "if (reached.size > most) return 'the part is too large';",
    replace: '',
    tests: [CERTIFICATE],
  },
  {
    name: 'part-of-another-history',
    file: 'checkers/models/spare.ts',
    find: 'if (kept.length !== part.length + free.length) return undefined;',
    replace: '',
    tests: [CERTIFICATE],
  },
  {
    name: 'part-with-other-answers',
    file: 'checkers/models/spare.ts',
    find: 'sameValue(told(one), told(shown))',
    replace: 'true',
    tests: [CERTIFICATE],
  },
  {
    name: 'part-counts-answers-taken-back',
    file: 'checkers/models/spare.ts',
    find: '(isFree.has(one.id) ? unanswered(one) : one)',
    replace: 'one',
    tests: [CERTIFICATE],
  },
];
