import type { History } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import type { Micros } from '../../engine/time.js';
import type { Allowance, Budget, Exhausted } from '../budget.js';
import { linearizable } from '../linearizability/linearizable.js';
import type { LinearizabilityResult } from '../linearizability/verdict.js';
import type { AnyModel } from '../models/model.js';
import { causalConsistency, causalConvergence } from './causal.js';
import { causalOrder, payForOrder, thinAirRead, type CausalOrder } from './causal-order.js';
import { causalMemory, pram } from './client-views.js';
import { eventual, strongConvergence } from './convergence.js';
import type { Finding, Search } from './finding.js';
import type { ConsistencyLevel } from './levels.js';
import type { RegisterHistory } from './register-history.js';
import { Saturation } from './saturation.js';
import { sequentialOrder } from './sequential.js';
import type { LongestOrder } from './sequential-search.js';
import { sessionGuarantee } from './session-guarantees.js';
import { boundedStaleness, regular, safe, type StalenessBound } from './staleness.js';

export interface ConsistencyOptions {
  /** What to judge; all levels when left out. */
  readonly levels?: readonly ConsistencyLevel[];
  /** What each level has for itself: it is judged alike alone and among others. */
  readonly budget?: Partial<Budget>;
  /** What bounded staleness allows; without it staleness is only measured. */
  readonly staleness?: StalenessBound;
  /** Eventual: how long after the last write of a key all its reads must agree. Without it the last read of each client must. */
  readonly settleUs?: Micros;
  /** Say why: look for the smallest part that shows it. Default true. */
  readonly evidence?: boolean;
  readonly shouldStop?: () => boolean;
}

/** Why a level is open: a budget, or the history has nothing that could tell. */
export type Unjudged = Exhausted | 'no-late-reads' | 'operations';

/** A level is kept, or broken (with what shows it, where the history has reads and writes only), or nobody can tell. */
export type Judged = 'ok' | Open | Broken;

export interface Open {
  readonly unjudged: Unjudged;
  /** Of a search for an order. */
  readonly longest?: LongestOrder;
}

export interface Broken {
  readonly finding: Finding | undefined;
  readonly history: RegisterHistory | undefined;
  /** Where there is neither: these have no order. */
  readonly part?: readonly Operation[];
}

/** Judges one history by one level after the other, each by an allowance of its own. */
export class LevelJudge {
  linearizability: LinearizabilityResult | undefined;
  private readonly orders = new WeakMap<RegisterHistory, CausalOrder>();
  private longest: LongestOrder | undefined;

  constructor(
    private readonly history: History,
    private readonly model: AnyModel,
    private readonly operations: readonly Operation[],
    private readonly registers: RegisterHistory | undefined,
    private readonly budget: Budget,
    private readonly options: ConsistencyOptions,
  ) {}

  /** @param allowance not used for linearizable, which counts for itself. */
  judge(level: ConsistencyLevel, allowance: Allowance): Judged {
    const { registers } = this;
    this.longest = undefined;
    if (this.options.shouldStop?.() === true) return { unjudged: 'stopped' };
    if (level === 'linearizable') return this.linearizable();
    if (registers === undefined) {
      if (level !== 'sequential') return { unjudged: 'operations' };
      if (this.isLinearizable(allowance)) return 'ok';
      const outcome = sequentialOrder(this.model, this.operations, { allowance });
      if (outcome.verdict === 'violation') return { finding: undefined, history: undefined, part: outcome.part };
      return outcome.verdict === 'ok' ? 'ok' : { unjudged: outcome.exhausted, longest: outcome.longest };
    }
    const found = this.again(level, registers, allowance);
    if (typeof found === 'object') return { finding: found, history: registers };
    if (found === undefined) return 'ok';
    return { unjudged: found, ...(this.longest !== undefined && { longest: this.longest }) };
  }

  /** Judges a history, or a part of it. */
  again(level: ConsistencyLevel, part: RegisterHistory, whole: Allowance): Finding | Unjudged | undefined {
    const allowance = whole.part();
    const found = allowance.take(part.size) ?? this.judgePart(level, part, allowance);
    allowance.release();
    return found;
  }

  private judgePart(
    level: ConsistencyLevel,
    part: RegisterHistory,
    allowance: Allowance,
  ): Finding | Unjudged | undefined {
    const air = level === 'safe' ? undefined : thinAirRead(part);
    if (air !== undefined) return air;
    switch (level) {
      case 'linearizable':
        return undefined;
      case 'sequential':
        return this.sequential(part, allowance);
      case 'causal-memory':
        return this.withOrder(part, allowance, (order) => {
          const base = causalConsistency(part, order, allowance);
          return base ?? causalMemory(part, order, allowance);
        });
      case 'causal-convergence':
        return this.withOrder(part, allowance, (order) => causalConvergence(part, order, allowance));
      case 'causal':
        return this.withOrder(part, allowance, (order) => causalConsistency(part, order, allowance));
      case 'session':
      case 'writes-follow-reads':
        return this.withOrder(part, allowance, (order) => sessionGuarantee(part, level, allowance, order));
      case 'monotonic-writes':
      case 'monotonic-reads':
      case 'read-your-writes':
        return sessionGuarantee(part, level, allowance);
      case 'pram':
        return pram(part, allowance);
      case 'strong-eventual': {
        const apart = strongConvergence(part, allowance) ?? eventual(part, this.options.settleUs);
        return apart === 'nothing' ? 'no-late-reads' : apart;
      }
      case 'eventual': {
        const apart = eventual(part, this.options.settleUs);
        return apart === 'nothing' ? 'no-late-reads' : apart;
      }
      case 'regular':
        return regular(part);
      case 'bounded-staleness':
        return boundedStaleness(part, this.options.staleness ?? {});
      case 'safe':
        return safe(part);
    }
  }

  private withOrder(part: RegisterHistory, allowance: Allowance, judge: (order: CausalOrder) => Search): Search {
    const missing = payForOrder(part, allowance);
    if (missing !== undefined) return missing;
    const order = this.orders.get(part) ?? causalOrder(part, allowance);
    if (typeof order === 'string' || 'pattern' in order) return order;
    this.orders.set(part, order);
    return judge(order);
  }

  private linearizable(): Judged {
    const { budget, options } = this;
    const result = (this.linearizability = linearizable(this.history, this.model, {
      budget,
      evidence: options.evidence !== false,
      ...(options.shouldStop !== undefined && { shouldStop: options.shouldStop }),
    }));
    if (result.verdict === 'ok') return 'ok';
    if (result.verdict === 'violation') return { finding: undefined, history: undefined };
    return { unjudged: result.exhausted ?? 'steps' };
  }

  /** What is linearizable is sequential, and that is mostly soon known: keys are judged apart, and by theory. */
  private isLinearizable(allowance: Allowance): boolean {
    const { memoryBytes } = this.budget;
    const budget = { steps: Math.floor(allowance.left / 4), memoryBytes };
    const { shouldStop } = this.options;
    const result = linearizable(this.history, this.model, { budget, ...(shouldStop !== undefined && { shouldStop }) });
    allowance.spend(result.steps);
    return result.verdict === 'ok';
  }

  /** First what follows from the reads, in polynomial time; where that leaves a choice, by search within it. */
  private sequential(part: RegisterHistory, allowance: Allowance): Finding | Unjudged | undefined {
    const judged = [...part.operations.keys()].filter((i) => part.writes[i] === 0);
    const view = {
      chains: part.sessions,
      judged,
      readsBeforeOverwrites: true,
      circle: 'CyclicOrder',
      initial: 'InitialAfterWrite',
    } as const;
    const saturation = new Saturation(part, view, allowance);
    const found = saturation.run();
    if (found !== undefined) return found;
    if (part === this.registers && this.isLinearizable(allowance)) return undefined;
    const graph = saturation.graph();
    const after = new Map<number, number[]>();
    for (let from = 0; from < part.size; from++) {
      for (let at = graph.start[from] as number; at < (graph.start[from + 1] as number); at++) {
        const to = graph.to[at] as number;
        if (part.session[from] === part.session[to]) continue;
        const id = part.operations[to]!.id;
        const list = after.get(id);
        if (list === undefined) after.set(id, [part.operations[from]!.id]);
        else list.push(part.operations[from]!.id);
      }
    }
    const outcome = sequentialOrder(this.model, part.operations, { allowance, after });
    if (outcome.verdict === 'ok') return undefined;
    if (outcome.verdict === 'undecided') {
      this.longest = outcome.longest;
      return outcome.exhausted;
    }
    const alone = new Set(outcome.part);
    const involved = [...part.operations.keys()].filter((i) => alone.has(part.operations[i] as Operation));
    const says = `no order of these ${involved.length} operations keeps the order of every client`;
    return { pattern: 'NoOrder', says, involved, steps: [] };
  }
}
