import type { Mutant } from './harness/mutant.js';

const CLASSIFY = 'scenarios/cap/classify.ts';
const AVAILABILITY = 'scenarios/cap/availability.ts';
const LOSSES = 'scenarios/cap/losses.ts';
const PACELC = 'scenarios/cap/pacelc.ts';
const CUTS = 'scenarios/cap/cuts.ts';
const CAP = 'scenarios/cap/cap.ts';
const PROBE = 'scenarios/cap/probe.ts';
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
    name: 'class-of-the-worst-cut',
    file: CLASSIFY,
    find: 'observed.every(({ all }) => isTotal(all[bound]!.writes))',
    replace: 'observed.some(({ all }) => isTotal(all[bound]!.writes))',
    tests,
  },
  {
    name: 'class-refuted-by-any-cut',
    file: CLASSIFY,
    find: 'observed.some((one) => one.refuted)',
    replace: 'observed.every((one) => one.refuted)',
    tests,
  },
  { name: 'class-inadequate', file: CLASSIFY, find: "refuted ? 'AP' : 'inadequate'", replace: "'AP'", tests },
  { name: 'class-read-only', file: CLASSIFY, find: "if (reads) return 'read-only';", replace: '', tests },
  { name: 'class-neither', file: CLASSIFY, find: "refuted ? 'neither' : 'CP'", replace: "'CP'", tests },
  { name: 'class-of-all-bounds', file: CLASSIFY, find: 'observed[0]?.all.length ?? 0', replace: '1', tests },
  { name: 'total-means-all', file: AVAILABILITY, find: 'return ok === 1', replace: 'return ok > 0', tests },
  {
    name: 'within-the-bound',
    file: AVAILABILITY,
    find: 'returnedAt === undefined || returnedAt - invokedAt > bound',
    replace: 'returnedAt === undefined',
    tests,
  },
  {
    name: 'an-error-is-no-answer',
    file: AVAILABILITY,
    find: "if (outcome === 'ok') into.ok++;",
    replace: 'if (true) into.ok++;',
    tests,
  },
  { name: 'errors-apart-from-silence', file: AVAILABILITY, find: 'else into.failed++;', replace: '', tests },
  { name: 'not-before-settling', file: AVAILABILITY, find: 'invokedAt < period.from ||', replace: 'false ||', tests },
  { name: 'not-after-the-healing', file: AVAILABILITY, find: 'invokedAt >= period.to ||', replace: 'false ||', tests },
  {
    name: 'by-node',
    file: AVAILABILITY,
    find: '|| !of.includes(operation.node)) continue',
    replace: '|| false) continue',
    tests,
  },
  {
    name: 'reads-and-writes-apart',
    file: AVAILABILITY,
    find: "operation.operation.f === 'read' ? reads : writes",
    replace: 'reads',
    tests,
  },
  {
    name: 'by-the-client-that-asked',
    file: AVAILABILITY,
    find: '(issued++ % clients) % nodes',
    replace: 'issued++ % 1',
    tests,
  },
  {
    name: 'contended-keys-written-there',
    file: AVAILABILITY,
    find: 'here.includes(node) && written.has(operation.key)',
    replace: 'here.includes(node)',
    tests,
  },
  {
    name: 'contended-by-writes',
    file: AVAILABILITY,
    find: "operation.f !== 'read' && there.includes(node)",
    replace: 'there.includes(node)',
    tests,
  },
  {
    name: 'lost-acknowledged-only',
    file: LOSSES,
    find: "type === 'ok' && f === add",
    replace: 'f === add',
    tests,
  },
  { name: 'lost-in-no-list', file: LOSSES, find: '!left.has(value)', replace: 'false', tests },
  {
    name: 'converged-when-all-agree',
    file: LOSSES,
    find: 'if (new Set(byNode.values()).size > 1) return null;',
    replace: 'void byNode;',
    tests,
  },
  {
    name: 'converged-since-the-healing',
    file: LOSSES,
    find: "outcome === 'ok' && invokedAt >= since",
    replace: "outcome === 'ok'",
    tests,
  },
  { name: 'converged-at-the-last-difference', file: LOSSES, find: 'differing.at(-1)', replace: 'differing[0]', tests },
  { name: 'else-latency', file: PACELC, find: "!waits ? 'L' :", replace: "false ? 'L' :", tests },
  { name: 'else-refuted', file: PACELC, find: "refuted ? 'neither' : 'C'", replace: "'C'", tests },
  { name: 'else-reads-wait', file: PACELC, find: 'readSlope >= SLOPE_MIN || writeSlope', replace: 'writeSlope', tests },
  {
    name: 'else-writes-wait',
    file: PACELC,
    find: 'readSlope >= SLOPE_MIN || writeSlope >= SLOPE_MIN',
    replace: 'readSlope >= SLOPE_MIN',
    tests,
  },
  {
    name: 'leader-in-the-majority',
    file: CUTS,
    find: "case 'majority and minority':\n      return { name, nodes, sides: [without(minority), minority], oneWay: false };",
    replace:
      "case 'majority and minority':\n      return { name, nodes, sides: [without(withLeader), withLeader], oneWay: false };",
    tests,
  },
  {
    name: 'leader-in-the-minority',
    file: CUTS,
    find: 'sides: [without(withLeader), withLeader], oneWay: false }',
    replace: 'sides: [without(minority), minority], oneWay: false }',
    tests,
  },
  {
    name: 'one-way',
    file: CUTS,
    find: 'sides: [without(withLeader), withLeader], oneWay: true }',
    replace: 'sides: [without(withLeader), withLeader], oneWay: false }',
    tests,
  },
  {
    name: 'worst-seed',
    file: CAP,
    find: '(low.asked === 0 || one.ok < low.ok)',
    replace: '(low.asked === 0 || one.ok > low.ok)',
    tests,
  },
  {
    name: 'refuted-by-any-seed',
    file: CAP,
    find: "refuted >= 0 ? 'refuted'",
    replace: "refuted > 0 ? 'refuted'",
    tests,
  },
  {
    name: 'the-cut-is-made',
    file: PROBE,
    find: "faults: [{ do: 'partition', shape, at: CUT_AT, for: HEAL_AT - CUT_AT }]",
    replace: 'faults: []',
    tests,
  },
];
