import type { History } from '../../engine/history.js';
import { operationsOf, type Operation } from '../history/operation.js';
import { HistoryError } from '../history/well-formed.js';
import { Allowance, DEFAULT_BUDGET, type Spent } from '../budget.js';
import type { LinearizabilityResult } from '../linearizability/verdict.js';
import { assertSpoken, counts, type AnyModel } from '../models/model.js';
import { measureConvergence, type Convergence } from './convergence.js';
import { evidenceOf, type LevelEvidence } from './evidence.js';
import { CONSISTENCY_LEVELS, consistencyNamed, impliesConsistency, type ConsistencyLevel } from './levels.js';
import { LevelJudge, type ConsistencyOptions, type Judged, type Unjudged } from './judge.js';
import { registerHistory, type RegisterHistory } from './register-history.js';
import type { LongestOrder } from './sequential-search.js';
import { smallestWithoutOrder } from './smallest-without-order.js';
import { measureStaleness, type Staleness } from './staleness.js';

export interface LevelVerdict {
  readonly level: ConsistencyLevel;
  readonly verdict: 'ok' | 'violation' | 'undecided';
  /** The level from which this follows: a weaker one that is broken, or a stronger one that holds. */
  readonly follows?: ConsistencyLevel;
  readonly evidence?: LevelEvidence;
  readonly unjudged?: Unjudged;
  /** `undecided`, where an order was searched: how far that got. For linearizable see there. */
  readonly longest?: LongestOrder;
  /** Evidence included; absent where nothing was, as it follows or cannot be judged. */
  readonly spent?: Spent;
}

/** Of all levels together: steps in all, and the most memory that one of them had. */
export interface ConsistencyResult extends Spent {
  /** Of the levels asked for: `violation` when one is broken. */
  readonly verdict: 'ok' | 'violation' | 'undecided';
  readonly model: string;
  readonly operations: number;
  readonly levels: readonly LevelVerdict[];
  /** Of the levels asked for that hold, those that no other such level implies. */
  readonly strongest: readonly ConsistencyLevel[];
  /** Null where the history has other operations than reads and writes, or more than there may be steps. */
  readonly staleness: Staleness | null;
  readonly convergence: Convergence | null;
  readonly linearizability?: LinearizabilityResult;
}

/**
 * Which levels of consistency does a history of reads and writes keep? `docs/checkers-consistency.md` defines each. All but
 * `linearizable` and `sequential` need a history in which every value is written to a key at most once, and are judged in
 * polynomial time; what is found is proof, and so is `ok`.
 *
 * @throws HistoryError when the history is not well-formed, or not of this model, or (where levels are named) not of reads and writes.
 * @throws UnknownConsistencyError
 * @example
 * consistency(history, kv).strongest;                                     // ['causal-memory', 'eventual']
 * consistency(history, kv, { levels: ['causal'] }).verdict;               // 'ok', 'violation' or 'undecided'
 */
export function consistency(history: History, model: AnyModel, options: ConsistencyOptions = {}): ConsistencyResult {
  const levels = options.levels ?? CONSISTENCY_LEVELS;
  levels.forEach(consistencyNamed);
  const operations = operationsOf(history);
  assertSpoken(model, operations);
  const registers = readsAndWrites(model, operations, options.levels);
  const budget = { ...DEFAULT_BUDGET, ...options.budget };
  const judge = new LevelJudge(history, model, operations, registers, budget, options);
  const verdicts = new Map<ConsistencyLevel, LevelVerdict>();
  // From the weakest: what breaks one breaks all above it, by the same and smallest evidence.
  for (const level of [...CONSISTENCY_LEVELS].reverse()) {
    if (!levels.includes(level)) continue;
    const below = [...verdicts.values()].find(
      (weaker) => weaker.verdict === 'violation' && impliesConsistency(level, weaker.level),
    );
    verdicts.set(
      level,
      below === undefined ? judged(level) : { level, verdict: 'violation', follows: below.follows ?? below.level },
    );
  }
  const settled = levels.map((level) => fromAbove(verdicts.get(level) as LevelVerdict, verdicts));
  const holding = settled.filter(({ verdict }) => verdict === 'ok').map(({ level }) => level);
  const measurable = registers !== undefined && registers.size <= budget.steps ? registers : undefined;
  return {
    verdict: settled.some(({ verdict }) => verdict === 'violation')
      ? 'violation'
      : settled.some(({ verdict }) => verdict === 'undecided')
        ? 'undecided'
        : 'ok',
    model: model.name,
    operations: operations.filter((operation) => counts(model, operation)).length,
    levels: settled,
    strongest: holding.filter((level) => !holding.some((other) => other !== level && impliesConsistency(other, level))),
    staleness: measurable === undefined ? null : measureStaleness(measurable),
    convergence: measurable === undefined ? null : measureConvergence(measurable),
    steps: settled.reduce((sum, { spent }) => sum + (spent?.steps ?? 0), 0),
    memoryBytes: settled.reduce((most, { spent }) => Math.max(most, spent?.memoryBytes ?? 0), 0),
    ...(judge.linearizability !== undefined && { linearizability: judge.linearizability }),
  };

  function judged(level: ConsistencyLevel): LevelVerdict {
    const allowance = new Allowance(budget, options.shouldStop);
    const verdict = verdictOf(level, judge.judge(level, allowance), allowance);
    if (verdict.unjudged === 'operations') return verdict;
    const { steps, memoryBytes } = (level === 'linearizable' ? judge.linearizability : undefined) ?? allowance.spent;
    return { ...verdict, spent: { steps, memoryBytes } };
  }

  function verdictOf(level: ConsistencyLevel, judged: Judged, allowance: Allowance): LevelVerdict {
    if (judged === 'ok') return { level, verdict: 'ok' };
    if ('unjudged' in judged) return { level, verdict: 'undecided', ...judged };
    if (options.evidence === false) return { level, verdict: 'violation' };
    const evidence =
      judged.part !== undefined
        ? smallestWithoutOrder(model, judged.part, allowance)
        : evidenceOf(judged, level, allowance, (part) => judge.again(level, part, allowance));
    return { level, verdict: 'violation', ...(evidence !== undefined && { evidence }) };
  }
}

const ANY_OPERATIONS: readonly ConsistencyLevel[] = ['linearizable', 'sequential'];

/** The history as reads and writes; undefined where it has others, and the levels that need that were not named. */
function readsAndWrites(
  model: AnyModel,
  operations: readonly Operation[],
  named: readonly ConsistencyLevel[] | undefined,
): RegisterHistory | undefined {
  try {
    return registerHistory(model, operations);
  } catch (error) {
    const needed = named?.some((level) => !ANY_OPERATIONS.includes(level)) ?? false;
    if (needed || !(error instanceof HistoryError)) throw error;
    return undefined;
  }
}

/** What a stronger level keeps, the weaker one does. */
function fromAbove(verdict: LevelVerdict, all: ReadonlyMap<ConsistencyLevel, LevelVerdict>): LevelVerdict {
  if (verdict.verdict !== 'undecided') return verdict;
  const above = [...all.values()].find(
    ({ level, verdict: v }) => v === 'ok' && impliesConsistency(level, verdict.level),
  );
  if (above === undefined) return verdict;
  const { level, spent } = verdict;
  return { level, verdict: 'ok', follows: above.level, ...(spent !== undefined && { spent }) };
}
