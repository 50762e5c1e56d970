import type { Mutant } from './harness/mutant.js';

const BUDGET = 'tests/checkers/budget-everywhere.test.ts';
const EXAMPLES = 'tests/checkers/transactions.test.ts';
const LEVELS = 'tests/checkers/transactions-levels.test.ts';
const VERDICTS = 'tests/checkers/isolation-verdicts.test.ts';
const ORACLE = 'tests/checkers/transactions-oracle.test.ts';
const WEAK = 'tests/checkers/weak-isolation.test.ts';

/** One mutant of a rule: what stands there, and what instead. */
function mutant(name: string, file: string, find: string, replace: string, ...first: string[]): Mutant {
  return {
    name,
    file: `checkers/transactions/${file}.ts`,
    find,
    replace,
    tests: [...first, VERDICTS, EXAMPLES, LEVELS, ORACLE],
  };
}

export const mutants: readonly Mutant[] = [
  // Lists, without a graph.
  mutant(
    'garbage-read',
    'list-order',
    "if (write === undefined) {\n        findings.add('garbage-read'",
    "if (write === undefined) {\n        if (false) findings.add('garbage-read'",
  ),
  mutant('duplicate-append', 'list-order', '} else if (write.look === look) {', '} else if (false) {'),
  mutant('incompatible-order', 'list-order', 'if (beginsAs(listOf(read.value), list)) continue;', 'continue;'),
  mutant(
    'incompatible-own-order',
    'list-order',
    'if (previous === undefined || previous.look === look) return;',
    'return;',
  ),
  mutant('g1a', 'list-order', 'if (dirty === undefined) continue;', 'continue;'),
  mutant('dirty-update', 'list-order', 'if (over !== undefined) {', 'if (false) {'),
  mutant('g1b', 'list-order', 'if (write === undefined || write.by === read.by) return;', 'return;'),
  mutant(
    'g1b-until-the-last-append',
    'list-order',
    'const until = finals.get(write.by) ?? all.length;',
    'const until = all.length;',
  ),
  mutant('seen-when-read', 'list-order', 'this.table.see(write.by);', ''),
  mutant('future-read', 'list-append', 'if (future !== undefined) {', 'if (false) {'),
  mutant('internal', 'list-append', 'if (!agrees(got, state.base, state.own)) {', 'if (false) {'),
  mutant(
    'internal-repeats',
    'list-append',
    'known.set(key, { base: got, own: [], wasThere: read.value !== null });',
    '',
  ),
  mutant('lost-update', 'list-append', 'else if (first.by !== read.by) {', 'else if (false) {'),
  mutant(
    'lost-update-wrote',
    'list-append',
    '.some((write) => write.key === order.key)) continue;',
    '.some(() => true)) continue;',
  ),
  mutant('fractured-read', 'list-append', 'if (missed === undefined) continue;', 'continue;'),
  mutant('fractured-read-by-steps', 'list-append', 'refutes: later ? [', 'refutes: false ? ['),
  mutant('long-fork', 'sentences', "name === 'G-nonadjacent' && (", "name === '' && ("),
  // Lists, edges.
  mutant('ww', 'list-append', 'if (last !== undefined) edges.add(last.by, write.by, WW, key);', ''),
  mutant(
    'ww-to-unseen',
    'list-append',
    'if (last !== undefined) for (const write of unseen) edges.add(last.by, write.by, WW, key);',
    '',
  ),
  mutant('wr', 'list-append', 'if (writer !== undefined) edges.add(writer.by, read.by, WR, key);', ''),
  mutant('rw', 'list-append', 'edges.add(read.by, missed.by, RW, key);', ';'),
  mutant('rw-of-external-reads', 'list-append', 'if (!read.external) continue;\n    const writer', 'const writer'),
  mutant(
    'rest-of-a-transaction-is-not-missed',
    'list-order',
    'if (next === undefined || next.by === partOf) continue;',
    'if (next === undefined) continue;',
  ),
  // Registers.
  mutant(
    'register-garbage-read',
    'rw-register',
    'if (write === undefined) {\n    findings',
    'if (write === undefined) {\n    if (false) findings',
  ),
  mutant('register-future-read', 'rw-register', 'if (write.step > read.step) {', 'if (false) {'),
  mutant('register-g1a', 'rw-register', "if (table.fates[write.by] === 'aborted') {", 'if (false) {'),
  mutant('register-dirty-update', 'rw-register', 'if (over === undefined || !read.external) return;', 'return;'),
  mutant('register-g1b', 'rw-register', '} else if (!write.final) {', '} else if (false) {'),
  mutant('register-internal', 'rw-register', 'before !== undefined && !sameValue(before.value, read.value)', 'false'),
  mutant('register-lost-update', 'rw-register', 'else if (first.by !== read.by) {', 'else if (false) {'),
  mutant(
    'register-fractured-read',
    'rw-register',
    'missed === undefined || !versions.isBefore(missing, missed)',
    'true',
  ),
  mutant('register-ww', 'rw-register', 'if (from !== undefined) edges.add(from.by, to.by, WW, key);', ''),
  mutant('register-wr', 'rw-register', 'edges.add(write.by, read.by, WR, key);', ';'),
  mutant('register-rw', 'rw-register', 'edges.add(read.by, to.by, RW, key);', ''),
  mutant('register-seen', 'rw-register', 'if (write !== undefined) table.see(write.by);', ''),
  mutant(
    'versions-follow-reads',
    'register-versions',
    'return to === undefined ? [] : [[from, to,',
    'return true || to === undefined ? [] : [[from, to,',
  ),
  mutant('versions-begin-with-null', 'register-versions', '[...found, ...roots.map(', '[...found, ...[].map('),
  mutant(
    'versions-in-real-time',
    'register-versions',
    'const inTime = linearizableKeys ? this.inRealTime(key) : [];',
    'const inTime: Succession[] = [];',
  ),
  mutant('versions-in-circles', 'register-versions', 'if (circle !== undefined) {', 'if (false) {'),
  // Circles.
  mutant('g0', 'cycles', "this.inComponents('G0', WW | extra, { start: WW, rest: WW | extra, pattern: 'any' });", ''),
  mutant('g1c', 'cycles', "this.inComponents('G1c',", "if (false) this.inComponents('G1c',"),
  mutant('g-single', 'cycles', "const found = this.open('G-single') && this", 'const found = false && this'),
  mutant('g-nonadjacent', 'cycles', "if (this.open('G-nonadjacent')) this", 'if (false) this'),
  mutant('g2-item', 'cycles', "if (this.open('G2-item')) this", 'if (false) this'),
  mutant('g2-item-is-paired', 'cycles', "return rwApart(kinds) ? 'G-nonadjacent' : 'G2-item';", "return 'G2-item';"),
  mutant('apart', 'cycles', 'if (inApart !== undefined) {', 'if (false) {'),
  mutant('process', 'session-order', 'if (before !== undefined) edges.add(before, t, PROCESS, NO_KEY);', ''),
  mutant('realtime', 'session-order', 'for (const before of frontier) edges.add(before, t, REALTIME, NO_KEY);', ''),
  mutant('realtime-after-the-return', 'session-order', 'place < call; place++', 'place < returnedAt.length; place++'),
  mutant('session-only-where-open', 'cycles', "if (this.variant.suffix === '') return true;", 'return true;'),
  // What counts.
  mutant(
    'values-once',
    'table',
    "else if (this.fates[write.by] !== 'aborted' || first.by === write.by) {",
    'else if (false) {',
  ),
  mutant('retries-of-what-failed', 'table', "(this.fates[first.by] === 'aborted' && first.by !== write.by)", 'false'),
  mutant('final-writes', 'table', 'if (last !== undefined) last.final = false;', ''),
  mutant('external-reads', 'table', 'external: last === undefined };', 'external: true };'),
  mutant('perhaps-aborted', 'transactions', 'perhapsAborted ? orDirtyRead(level) : level', 'level'),
  mutant('same-steps', 'transaction', 'if (same) continue;', 'continue;'),
  mutant('same-number-of-steps', 'transaction', 'if (asked.length !== done.length) {', 'if (false) {'),
  // The lattice, and causal in it.
  mutant(
    'falls-with-weaker',
    'isolation-verdicts',
    "one.verdict === 'violation' && impliesLevel(level, one.level)",
    'false',
    WEAK,
  ),
  mutant('smallest-evidence', 'isolation-verdicts', 'sizeOf(one) < sizeOf(best)', 'sizeOf(one) > sizeOf(best)'),
  mutant('keeps-what-refutes-anew', 'anomaly', 'if (count <= SHOWN_MAX || isNew)', 'if (count <= SHOWN_MAX)'),
  mutant('keeps-the-smallest', 'anomaly', 'return larger === -1 ? undefined : larger;', 'return undefined;'),
  mutant(
    'phantom',
    'transactions',
    'key === keys[i] && external && value === null',
    'false && key === keys[i] && external && value === null',
  ),
  mutant(
    'causal-in-lattice',
    'transactions',
    "if (kind === 'list-append' && !anyCycle) return exhausted ?? 'ok';",
    "return exhausted ?? 'ok';",
    WEAK,
  ),
  mutant('causal-by-the-cycle', 'transactions', "(missesItsPast(cycle) ? (['causal'] as const) : [])", '[]'),
  mutant('cyclic-commits', 'weak-isolation', "if (typeof found === 'object') {", 'if (false) {', WEAK),
  mutant('list-order-is-commit-order', 'weak-isolation', 'reads.addVersions(edges);', '', WEAK),
  mutant('commits-keep-sessions', 'weak-isolation', 'addProcessEdges(table, edges);', '', WEAK),
  mutant('initial-missed', 'visible-writes', 'else this.initialMissed ??= { reader: t3, key, write: seen };', '', WEAK),
  mutant(
    'inferred',
    'visible-writes',
    'if (from !== INITIAL) infer(seen, from, key, t3);',
    'if (from !== INITIAL) return;',
    WEAK,
  ),
  mutant('read-committed-from-the-first-read', 'visible-writes', 'reads.slice(at + 1)', 'reads', WEAK),
  mutant(
    'read-atomic-of-sessions',
    'visible-writes',
    'if (t2 !== undefined) this.must(t3, read, t2, infer);',
    '',
    WEAK,
  ),
  mutant(
    'causal-past-of-sources',
    'visible-writes',
    'if (seen > (clock[at + s] as number)) clock[at + s] = seen;',
    '',
    WEAK,
  ),
  mutant(
    'causal-past-of-sessions',
    'visible-writes',
    'if (place > 0) clock.copyWithin(',
    'if (false) clock.copyWithin(',
    WEAK,
  ),
  mutant(
    'own-appends-hide-whom-it-read',
    'list-order',
    'if (!read.external) while (at >= 0 && this.versions[at]?.by === read.by) at--;',
    '',
    WEAK,
  ),
  mutant(
    'list-ends-in-ones-own',
    'list-append',
    'if (hasAt(got, values, got.length - values.length)) continue;',
    'continue;',
    WEAK,
  ),
  mutant(
    'register-foreign',
    'rw-register',
    'if (own === undefined || sameValue(own.value, read.value)) return;',
    'return;',
    WEAK,
  ),
  // Budgets.
  ...(
    [
      [
        'cycles-count',
        'cycles',
        'const nothing = allowance.take(graph.to.length + graph.nodes, graph.nodes * NODE_BYTES);',
        'const nothing = undefined;',
      ],
      [
        'causal-clocks-count',
        'visible-writes',
        'const noRoom = allowance.take(n, clockBytes);',
        'const noRoom = undefined;',
      ],
      [
        'weak-open-when-cut',
        'weak-isolation',
        "return edges.truncated ? 'memory' : (untold ?? found);",
        'return undefined;',
      ],
    ] as const
  ).map(([name, file, find, replace]) => ({ ...mutant(name, file, find, replace), tests: [BUDGET] })),
];
