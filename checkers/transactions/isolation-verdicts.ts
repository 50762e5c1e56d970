import type { Exhausted } from '../budget.js';
import { sizeOf, type Anomaly } from './anomaly.js';
import { impliesLevel, LEVELS, type IsolationLevel } from './levels.js';

/** One row of the lattice. */
export interface IsolationVerdict {
  readonly level: IsolationLevel;
  /** `ok`: nothing refutes it. */
  readonly verdict: 'ok' | 'violation' | 'undecided';
  /** The level from which this follows: a weaker one that is broken, or a stronger one that holds. */
  readonly follows?: IsolationLevel;
  /** The smallest that was found of what breaks it. */
  readonly evidence?: Anomaly;
  /** Why it is open: what ran out. */
  readonly unjudged?: Exhausted;
}

export interface Judgement {
  readonly refuted: ReadonlySet<IsolationLevel>;
  readonly anomalies: readonly Anomaly[];
  readonly exhausted: Exhausted | undefined;
  /** What is known of causal, besides what refutes it: `ok` is proof. */
  readonly causal: 'ok' | 'violation' | Exhausted;
}

/** All levels, strongest first: what breaks one breaks all above it, by the same and smallest evidence. */
export function isolationVerdicts(judgement: Judgement): IsolationVerdict[] {
  const verdicts = new Map<IsolationLevel, IsolationVerdict>();
  for (const level of LEVELS) verdicts.set(level, verdictOf(level, judgement, [...verdicts.values()]));
  return LEVELS.map((level) => fromAbove(verdicts.get(level) as IsolationVerdict, judgement)).reverse();
}

function verdictOf(level: IsolationLevel, judgement: Judgement, weaker: readonly IsolationVerdict[]): IsolationVerdict {
  const below = weaker.find((one) => one.verdict === 'violation' && impliesLevel(level, one.level));
  if (below !== undefined) return { level, verdict: 'violation', follows: below.follows ?? below.level };
  if (judgement.refuted.has(level)) {
    const evidence = smallest(judgement.anomalies.filter(({ refutes }) => refutes.includes(level)));
    return { level, verdict: 'violation', ...(evidence !== undefined && { evidence }) };
  }
  const { causal, exhausted } = judgement;
  const decided = causal === 'ok' || causal === 'violation';
  const unjudged = level !== 'causal' ? exhausted : decided ? undefined : causal;
  return unjudged === undefined ? { level, verdict: 'ok' } : { level, verdict: 'undecided', unjudged };
}

/** Causal that was decided settles all that is weaker. */
function fromAbove(verdict: IsolationVerdict, { causal }: Judgement): IsolationVerdict {
  if (verdict.verdict !== 'undecided' || causal !== 'ok' || !impliesLevel('causal', verdict.level)) return verdict;
  return { level: verdict.level, verdict: 'ok', follows: 'causal' };
}

function smallest(found: readonly Anomaly[]): Anomaly | undefined {
  let best: Anomaly | undefined;
  for (const one of found) if (best === undefined || sizeOf(one) < sizeOf(best)) best = one;
  return best;
}
