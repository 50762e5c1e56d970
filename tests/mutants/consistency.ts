import type { Mutant } from './harness/mutant.js';

const at = (file: string): string => `checkers/consistency/${file}.ts`;
const ORACLE = 'tests/checkers/consistency-oracle.test.ts';
const EXAMPLES = 'tests/checkers/consistency.test.ts';
const PLANTED = 'tests/checkers/planted-levels.test.ts';
const BUDGET = 'tests/checkers/budget-everywhere.test.ts';
const tests = [EXAMPLES, PLANTED, ORACLE];

/** One mutant of a rule: what stands there, and what instead. */
function mutant(name: string, file: string, find: string, replace: string): Mutant {
  return { name, file: at(file), find, replace, tests };
}

export const mutants: readonly Mutant[] = [
  // Convergence.
  mutant('eventual-agreement', 'convergence', 'if (other === undefined) continue;', 'continue;'),
  mutant('eventual-initial-is-lost', 'convergence', 'if (lost !== undefined) {', 'if (false) {'),
  mutant('eventual-late-reads-only', 'convergence', 'history.operations[i]!.call > one.from', 'true'),
  mutant('eventual-last-of-each', 'convergence', 'lastOfEach(history, reads)\n', 'reads\n'),
  mutant('eventual-settles', 'convergence', '.invokedAt >= at + settleUs', '.invokedAt >= at'),
  mutant('eventual-unanswered-writes-end', 'convergence', 'if (landed.has(source)) continue;', 'continue;'),
  mutant('eventual-first-seen', 'convergence', 'landed.add(source);', ''),
  mutant('eventual-undecided', 'convergence', "told ? undefined : 'nothing'", 'undefined'),
  mutant('strong-eventual-order', 'convergence', 'edges.add(joint(last), history.from[read] as number, WW, read);', ''),
  mutant(
    'strong-eventual-never-forgets',
    'convergence',
    'if (last !== -1) edges.add(joint(last), joint(done), WW, done);',
    '',
  ),
  mutant('strong-eventual-initial', 'convergence', 'if (seen === -1) continue;', 'continue;'),
  mutant('strong-eventual-overlaps', 'convergence', '.return < history.operations[read]!.call;', '.return < Infinity;'),
  mutant(
    'strong-eventual-by-node',
    'convergence',
    'history.operations[i]!.node ?? history.client(i)} ${',
    'history.client(i)} ${',
  ),
  mutant(
    'strong-eventual-converges',
    'judge',
    'strongConvergence(part, allowance) ?? eventual(part, this.options.settleUs)',
    'strongConvergence(part, allowance)',
  ),
  // Causal order.
  mutant('thin-air', 'causal-order', 'history.from[i] !== THIN_AIR', 'true'),
  mutant('co-session', 'causal-order', 'clock.copyWithin(at, before, before + k);', ''),
  mutant('co-reads-from', 'causal-order', 'if (seen > (clock[at + other] as number)) clock[at + other] = seen;', ''),
  mutant('cyclic-co', 'causal-order', 'if (count === size) return { clock, order };', 'return { clock, order };'),
  mutant(
    'write-co-init-read',
    'causal-order',
    'source !== INITIAL && !isBefore(history, order, source, write)',
    'source === INITIAL || !isBefore(history, order, source, write)',
  ),
  mutant(
    'write-co-read',
    'causal-order',
    'source !== INITIAL && !isBefore(history, order, source, write)',
    'source !== INITIAL',
  ),
  mutant(
    'cyclic-cf',
    'causal',
    'if (!isBefore(history, order, write, source)) edges.add(write, source, WW, read);',
    '',
  ),
  mutant('cf-with-sessions', 'causal', 'addSessionEdges(history, edges);', ''),
  mutant('cf-with-reads', 'causal', 'addReadsFromEdges(history, edges);', ''),
  mutant('ccv-is-cc-too', 'causal', 'if (missed !== undefined) return missed;', ''),
  // Views of one client.
  mutant(
    'pram-of-others-writes-only',
    'client-views',
    's === p ? ops : ops.filter((i) => history.writes[i] === 1)',
    'ops',
  ),
  mutant(
    'cm-of-its-past',
    'client-views',
    'ops.slice(0, order.clock[last * k + s] as number)',
    's === p ? ops : ops.slice(0, (order.clock[last * k + s] as number) - 1)',
  ),
  mutant('every-client', 'client-views', "if (typeof found === 'object') return found;", 'return found;'),
  mutant('saturation-initial', 'saturation', 'if (source === INITIAL) {', 'if (false) {'),
  mutant(
    'saturation-overwritten',
    'saturation',
    'if (!this.before(write, source)) this.edges.add(write, source, WW, read);',
    '',
  ),
  mutant(
    'saturation-until-nothing-more',
    'saturation',
    'for (let before = -1; before !== this.edges.size;) {',
    'for (let before = -1; before === -1;) {',
  ),
  mutant(
    'saturation-reads-from',
    'saturation',
    'if (history.writes[i] === 0 && source >= 0) this.edges.add(source, i, WR, -1);',
    '',
  ),
  mutant('saturation-circle', 'saturation', 'if (!this.count()) return this.circle();', 'this.count();'),
  mutant(
    'sequential-by-search',
    'judge',
    "return { pattern: 'NoOrder', says, involved, steps: [] };",
    'return says === undefined ? undefined : undefined;',
  ),
  // Sessions.
  mutant(
    'read-your-writes',
    'session-guarantees',
    'edges.add(this.ofKey(before), history.from[i] as number, WW, i);',
    '',
  ),
  mutant(
    'read-your-writes-initial',
    'session-guarantees',
    'if (history.from[i] === INITIAL) return this.sawNothing(before, i);',
    '',
  ),
  mutant('monotonic-reads', 'session-guarantees', 'edges.add(before, source, WW, i);', ''),
  mutant(
    'monotonic-reads-initial',
    'session-guarantees',
    'if (source === INITIAL) return this.sawNothing(before, i);',
    '',
  ),
  mutant('monotonic-writes', 'session-guarantees', 'edges.add(lastWrite, i, PROCESS, -1);', ''),
  mutant(
    'writes-follow-reads',
    'session-guarantees',
    'if (follows && lastRead !== -1) edges.add(this.all(lastRead), i, WR, lastRead);',
    '',
  ),
  mutant('writes-follow-reads-of-others', 'session-guarantees', '(this.known?.[read * k + s] ?? 0)', '0'),
  mutant('prefixes', 'session-guarantees', 'edges.add(write, source, WW, read);', ''),
  mutant('prefixes-initial', 'session-guarantees', 'if (source === INITIAL) return this.sawNothing(write, read);', ''),
  mutant('each-client-alone', 'session-guarantees', "if (typeof all !== 'object') return all;", 'return all;'),
  // Real time.
  mutant(
    'stale-by-real-time',
    'staleness',
    'firstAbove(calls, operation(source).return)',
    'firstAbove(calls, operation(source).call)',
  ),
  mutant(
    'stale-only-after-its-end',
    'staleness',
    'if (missed === undefined || operation(missed).return >= call) continue;',
    'if (missed === undefined) continue;',
  ),
  mutant(
    'regular-future',
    'staleness',
    'if (future !== undefined) return future;\n  }\n  const first = staleReads(history)[0];',
    '}\n  const first = staleReads(history)[0];',
  ),
  mutant('safe-undisturbed', 'staleness', 'disturbed.has(i)) continue;', 'false) continue;'),
  mutant('safe-thin-air', 'staleness', 'if ((history.from[i] as number) < INITIAL) {', 'if (false) {'),
  mutant('safe-disturbed-by-unanswered', 'staleness', "if (operation.outcome === 'unknown') add(", 'if (false) add('),
  mutant('bound-in-versions', 'staleness', 'one.versions > versions || one.us > us', 'one.us > us'),
  mutant('bound-in-time', 'staleness', 'one.versions > versions || one.us > us', 'one.versions > versions'),
  // The whole.
  mutant(
    'falls-with-weaker',
    'consistency',
    "weaker.verdict === 'violation' && impliesConsistency(level, weaker.level)",
    'false',
  ),
  mutant(
    'unseen-writes-are-left-out',
    'register-history',
    'leftOut.push(operation);\n    return false;',
    'return true;',
  ),
  mutant('values-once', 'register-history', 'else if (first !== undefined)', 'else if (false)'),
  mutant('not-the-initial-value', 'register-history', 'if (sameValue(written, initial))', 'if (false)'),
  mutant(
    'smallest-part',
    'smallest-part',
    'const finding = part.size < now.part.size ? judge(part) : undefined;',
    'const finding = now.part.size < 0 ? judge(part) : undefined;',
  ),
  // Budgets.
  ...(
    [
      ['key-alone', 'sequential', "if (outcome.verdict === 'violation') return outcome;", ''],
      ['linearizable-first', 'judge', "return result.verdict === 'ok';", 'return false;'],
      ['clocks-count', 'causal-order', 'size * (4 * k + 16)', '0'],
      ['views-count', 'saturation', 'const tooMuch = allowance.take(this.roundSteps());', 'const tooMuch = undefined;'],
      ['search-counts', 'sequential-search', 'if (exhausted !== undefined) return', 'if (false) return'],
    ] as const
  ).map(([name, file, find, replace]) => ({ ...mutant(name, file, find, replace), tests: [BUDGET] })),
];
