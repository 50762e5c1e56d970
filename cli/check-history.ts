import {
  certificateFault,
  consistency,
  CONSISTENCY_LEVELS,
  evidenceData,
  formatConsistency,
  formatTransactions,
  formatVerdict,
  HistoryError,
  isolationLevels,
  linearizable,
  locateProblem,
  modelNamed,
  models,
  transactions,
  type Budget,
  type ConsistencyLevel,
  type ConsistencyResult,
  type EvidenceData,
  type IsolationLevel,
  type LinearizabilityResult,
  type ReadHistory,
  type StalenessBound,
  type TransactionKind,
  type TransactionsResult,
} from '../checkers/index.js';
import { InternalError, UsageError, type Micros } from '../engine/index.js';
import { nearest } from '../scenarios/nearest.js';
import type { CheckReport } from './reports.js';

/** What a history is to be judged by, as it was asked for. */
export interface Asked {
  readonly model: string | undefined;
  readonly consistency: string | undefined;
  readonly staleness: StalenessBound | undefined;
  readonly settleUs: Micros | undefined;
  /** Is a verdict on linearizability to be confirmed from its certificate? */
  readonly certify: boolean;
  readonly budget: Partial<Budget>;
  readonly shouldStop: () => boolean;
}

/** One of these, whichever fits the history. */
export interface JudgedHistory {
  readonly report: CheckReport;
  readonly text: (options: { readonly colour: boolean; readonly columnsMax: number }) => string;
  readonly linearizability?: LinearizabilityResult;
  readonly levels?: ConsistencyResult;
  readonly transactions?: TransactionsResult;
}

const KINDS: readonly TransactionKind[] = ['list-append', 'rw-register'];
const ALL = 'all';

/**
 * Judges a history as what it is: of transactions where its operations are called `txn` or the model is a kind of transactions,
 * else of the model's operations.
 *
 * @throws UsageError for unknown levels, a missing model, and problems of the history, at the lines where they stand.
 */
export function judgeHistory(read: ReadHistory, shown: string, asked: Asked): JudgedHistory {
  const ofTransactions =
    asked.model === undefined
      ? read.history.some(({ f }) => f === 'txn')
      : KINDS.includes(asked.model as TransactionKind);
  return located(read, shown, () => (ofTransactions ? judgeTransactions(read, asked) : judgeOperations(read, asked)));
}

/** What a picture of the verdict shows. */
export function evidenceOf(
  judged: JudgedHistory,
  history: ReadHistory['history'],
  model: string | undefined,
): EvidenceData {
  const { linearizability, levels, transactions: found } = judged;
  return evidenceData({
    history,
    model: found !== undefined ? undefined : modelNamed(model!),
    linearizability,
    levels,
    transactions: found,
  });
}

/** @throws UnknownModelError */
export function knownModel(name: string): void {
  if (!KINDS.includes(name as TransactionKind)) modelNamed(name);
}

function judgeTransactions({ history }: ReadHistory, asked: Asked): JudgedHistory {
  const level = asked.consistency ?? 'strict-serializable';
  const known = [...Object.keys(isolationLevels), ALL];
  checkLevel(level, known, 'isolation level', CONSISTENCY_LEVELS, 'of single operations');
  const result = transactions(history, {
    kind: (asked.model as TransactionKind | undefined) ?? 'auto',
    consistency: level as IsolationLevel | typeof ALL,
    budget: asked.budget,
    shouldStop: asked.shouldStop,
  });
  const { verdict, kind, transactions: count, anomalies, counts, strongest, not, notAlso, assumptions, steps } = result;
  const { phenomena, graph, memoryBytes } = result;
  return {
    transactions: result,
    text: (options) => formatTransactions(result, options),
    report: {
      verdict,
      model: kind,
      consistency: level,
      operations: count,
      violations: anomalies.map((anomaly) => ({
        ...anomaly,
        verdict: 'violation',
        operations: anomaly.transactions.length,
      })),
      keys: [],
      steps,
      memoryBytes,
      exhausted: result.exhausted ?? null,
      isolation: { graph, counts, phenomena, strongest, not, notAlso, assumptions },
      ...(level === ALL && { levels: result.levels.map((one) => ({ ...one })), strongest: [...strongest] }),
    },
  };
}

function judgeOperations(read: ReadHistory, asked: Asked): JudgedHistory {
  if (asked.model === undefined) {
    const names = models.map(({ name }) => name).join(', ');
    throw new UsageError('model', 'what the operations are about is not said', `--model one of: ${names}`);
  }
  const level = asked.consistency ?? 'linearizable';
  checkLevel(level, [...CONSISTENCY_LEVELS, ALL], 'consistency level', Object.keys(isolationLevels), 'of transactions');
  return level === 'linearizable' ? judgeLinearizable(read, asked) : judgeLevels(read, asked, level);
}

function judgeLinearizable({ history }: ReadHistory, asked: Asked): JudgedHistory {
  const judgedBy = modelNamed(asked.model!);
  const result = linearizable(history, judgedBy, {
    evidence: true,
    budget: asked.budget,
    shouldStop: asked.shouldStop,
  });
  const certified = asked.certify && result.verdict !== 'undecided';
  const fault = certified ? certificateFault(history, judgedBy, result) : undefined;
  if (fault !== undefined) throw new InternalError(`the verdict ${result.verdict} was not confirmed: ${fault}`);
  const confirmed = certified ? '\n  certified: a second, separate checker confirms it' : '';
  const { verdict, model, consistency: level, operations, keys, steps, memoryBytes, exhausted } = result;
  return {
    linearizability: result,
    text: (options) => formatVerdict(result, options) + confirmed,
    report: {
      verdict,
      model,
      consistency: level,
      operations,
      violations: keys.filter((key) => key.verdict === 'violation').map((key) => ({ ...key })),
      keys: keys.map((key) => ({ ...key })),
      steps,
      memoryBytes,
      exhausted: exhausted ?? null,
      ...(asked.certify && { certified }),
    },
  };
}

function judgeLevels({ history }: ReadHistory, asked: Asked, level: string): JudgedHistory {
  const { staleness, settleUs, shouldStop, budget } = asked;
  const result = consistency(history, modelNamed(asked.model!), {
    ...(level !== ALL && { levels: [level as ConsistencyLevel] }),
    ...(staleness !== undefined && { staleness }),
    ...(settleUs !== undefined && { settleUs }),
    budget,
    shouldStop,
  });
  const broken = result.levels.filter(({ verdict }) => verdict === 'violation');
  const open = result.levels.find(({ unjudged }) => unjudged !== undefined)?.unjudged;
  return {
    levels: result,
    text: (options) => formatConsistency(result, options),
    report: {
      verdict: result.verdict,
      model: result.model,
      consistency: level,
      operations: result.operations,
      violations: broken.map((one) => ({
        ...one,
        verdict: 'violation',
        operations: one.evidence?.operations.length ?? 0,
      })),
      keys: result.linearizability?.keys.map((key) => ({ ...key })) ?? [],
      steps: result.steps,
      memoryBytes: result.memoryBytes,
      exhausted: result.verdict === 'undecided' ? (open ?? null) : null,
      levels: result.levels.map((one) => ({ ...one })),
      strongest: result.strongest,
      staleness: result.staleness,
      convergence: result.convergence,
    },
  };
}

function checkLevel(
  given: string,
  known: readonly string[],
  what: string,
  others: readonly string[],
  ofWhat: string,
): void {
  if (known.includes(given)) return;
  const hint = others.includes(given) ? `${given} is a level ${ofWhat}` : nearest(given, known);
  throw new UsageError('consistency', `there is no ${what} ${JSON.stringify(given)}`, hint);
}

/** Problems of the history as a whole, such as an answer to nothing, at the lines where they stand. */
function located<T>(read: ReadHistory, file: string, judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    const lines = error.problems.map((problem) => locateProblem(problem, read, file));
    throw new UsageError('history', lines.join('\n'), error.hint);
  }
}
