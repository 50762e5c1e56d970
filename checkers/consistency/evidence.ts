import type { ShownOperation } from '../linearizability/verdict.js';
import type { Allowance } from '../budget.js';
import type { Operation } from '../history/operation.js';
import type { Finding, PatternName } from './finding.js';
import type { Broken, Unjudged } from './judge.js';
import type { ConsistencyLevel } from './levels.js';
import type { RegisterHistory } from './register-history.js';
import { smallestPart } from './smallest-part.js';

/** Why a level is broken. Plain data: operations by the `index` of their invocation. */
export interface LevelEvidence {
  /** Causal ones as Bouajjani et al. (POPL 2017, Table 1) name them. */
  readonly pattern: PatternName;
  readonly says: string;
  /** These alone already break the level. */
  readonly operations: readonly ShownOperation[];
  /** A circle of what must come before what, each with its reason; empty for other patterns. */
  readonly steps: readonly {
    readonly from: number;
    readonly to: number;
    readonly type: string;
    readonly says: string;
  }[];
  /** No operation can be left out. */
  readonly minimal: boolean;
}

// Judged by what did not happen meanwhile: leaving out operations could make these of what is none.
const BY_TIME: readonly ConsistencyLevel[] = ['eventual', 'strong-eventual', 'regular', 'bounded-staleness', 'safe'];

/** The smallest evidence for a broken level; undefined where another checker has its own. */
export function evidenceOf(
  { finding, history }: Broken,
  level: ConsistencyLevel,
  allowance: Allowance,
  judge: (part: RegisterHistory) => Finding | Unjudged | undefined,
): LevelEvidence | undefined {
  if (finding === undefined || history === undefined) return undefined;
  if (BY_TIME.includes(level)) {
    return shown(
      history,
      finding,
      [...new Set(finding.involved)].sort((a, b) => a - b),
      false,
    );
  }
  let minimal = true;
  const small = smallestPart({ part: history, finding }, (part) => {
    const found = allowance.out ?? judge(part);
    if (typeof found !== 'string') return found;
    minimal = false;
    return undefined;
  });
  return shown(small.part, small.finding, [...small.part.operations.keys()], minimal);
}

function shown(
  history: RegisterHistory,
  finding: Finding,
  members: readonly number[],
  minimal: boolean,
): LevelEvidence {
  const id = (i: number): number => history.operations[i]!.id;
  return {
    pattern: finding.pattern,
    says: finding.says,
    operations: members.map((i) => shownOperation(history.operations[i] as Operation, history.text(i))),
    steps: finding.steps.map(({ from, to, type, says }) => ({ from: id(from), to: id(to), type, says })),
    minimal,
  };
}

export function shownOperation(operation: Operation, text: string): ShownOperation {
  const { id, process, node, f, input, output, outcome, call, invokedAt, returnedAt } = operation;
  return {
    id,
    process,
    ...(node !== undefined && { node }),
    text,
    f,
    input,
    ...(output !== undefined && { output }),
    outcome,
    call,
    return: operation.return === Infinity ? null : operation.return,
    invokedAt,
    returnedAt: returnedAt ?? null,
  };
}
