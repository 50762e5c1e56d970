import type { History } from '../../engine/history.js';
import type { Operation } from '../history/operation.js';
import type { Budget } from '../linearizability/budget.js';
import { linearizable, type LinearizabilityResult } from '../linearizability/linearizable.js';
import type { AnyModel } from '../models/model.js';
import { causalConsistency, causalConvergence } from './causal.js';
import { causalOrder, thinAirRead, type CausalOrder } from './causal-order.js';
import { causalMemory, pram } from './client-views.js';
import type { ConsistencyOptions, Unjudged } from './consistency.js';
import { eventual, strongConvergence } from './convergence.js';
import type { Finding, Search } from './finding.js';
import type { ConsistencyLevel } from './levels.js';
import type { RegisterHistory } from './register-history.js';
import { Saturation, type Steps } from './saturation.js';
import { sequentialOrder } from './sequential.js';
import { sessionGuarantee } from './session-guarantees.js';
import { boundedStaleness, regular, safe } from './staleness.js';

/** A level is kept, or broken (with what shows it, where the history has reads and writes only), or nobody can tell. */
export type Judged = 'ok' | Unjudged | Broken;

export interface Broken {
  readonly finding: Finding | undefined;
  readonly history: RegisterHistory | undefined;
}

/** Judges one history by one level after the other. */
export class LevelJudge {
  linearizability: LinearizabilityResult | undefined;
  private readonly orders = new WeakMap<RegisterHistory, CausalOrder | Finding | 'steps' | 'memory'>();

  constructor(
    private readonly history: History,
    private readonly model: AnyModel,
    private readonly operations: readonly Operation[],
    private readonly registers: RegisterHistory | undefined,
    private readonly budget: Budget,
    private readonly options: ConsistencyOptions,
  ) {}

  judge(level: ConsistencyLevel): Judged {
    const { registers } = this;
    if (this.options.shouldStop?.() === true) return 'stopped';
    if (level === 'linearizable') return this.linearizable();
    if (registers === undefined)
      return level === 'sequential' ? this.sequentially(this.operations, undefined) : 'operations';
    const found = this.again(level, registers);
    return found === undefined ? 'ok' : typeof found === 'string' ? found : { finding: found, history: registers };
  }

  /** Judges a history, or a part of it. */
  again(level: ConsistencyLevel, part: RegisterHistory): Finding | Unjudged | undefined {
    const air = level === 'safe' ? undefined : thinAirRead(part);
    if (air !== undefined) return air;
    const steps: Steps = { left: this.budget.steps };
    switch (level) {
      case 'linearizable':
        return undefined;
      case 'sequential':
        return this.sequential(part, steps);
      case 'causal-memory':
        return this.withOrder(part, (order) => {
          const base = causalConsistency(part, order);
          return base ?? causalMemory(part, order, steps);
        });
      case 'causal-convergence':
        return this.withOrder(part, (order) => causalConvergence(part, order));
      case 'causal':
        return this.withOrder(part, (order) => causalConsistency(part, order));
      case 'session':
      case 'writes-follow-reads':
        return this.withOrder(part, (order) => sessionGuarantee(part, level, order));
      case 'monotonic-writes':
      case 'monotonic-reads':
      case 'read-your-writes':
        return sessionGuarantee(part, level);
      case 'pram':
        return pram(part, steps);
      case 'strong-eventual': {
        const apart = strongConvergence(part) ?? eventual(part, this.options.settleUs);
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

  private withOrder(part: RegisterHistory, judge: (order: CausalOrder) => Search): Search {
    let order = this.orders.get(part);
    if (order === undefined) this.orders.set(part, (order = causalOrder(part)));
    return typeof order === 'string' || 'pattern' in order ? order : judge(order);
  }

  private linearizable(): Judged {
    const { budget, options } = this;
    const result = (this.linearizability = linearizable(this.history, this.model, {
      budget,
      evidence: options.evidence !== false,
      ...(options.shouldStop !== undefined && { shouldStop: options.shouldStop }),
    }));
    if (result.verdict === 'ok') return 'ok';
    return result.verdict === 'violation' ? { finding: undefined, history: undefined } : (result.exhausted ?? 'steps');
  }

  private sequentially(
    operations: readonly Operation[],
    after: ReadonlyMap<number, readonly number[]> | undefined,
  ): Judged {
    const { steps, memoryBytes } = this.budget;
    const outcome = sequentialOrder(this.model, operations, {
      steps,
      memoryBytes,
      after,
      shouldStop: this.options.shouldStop,
    });
    if (outcome.verdict === 'ok') return 'ok';
    return outcome.verdict === 'undecided' ? outcome.exhausted : { finding: undefined, history: undefined };
  }

  /** First what follows from the reads, in polynomial time; where that leaves a choice, by search within it. */
  private sequential(part: RegisterHistory, steps: Steps): Finding | Unjudged | undefined {
    const judged = [...part.operations.keys()].filter((i) => part.writes[i] === 0);
    const view = {
      chains: part.sessions,
      judged,
      readsBeforeOverwrites: true,
      circle: 'CyclicOrder',
      initial: 'InitialAfterWrite',
    } as const;
    const saturation = new Saturation(part, view, steps);
    const found = saturation.run();
    if (found !== undefined) return found;
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
    const outcome = this.sequentially(part.operations, after);
    if (outcome === 'ok') return undefined;
    if (typeof outcome === 'string') return outcome;
    const says = `no order of these ${part.size} operations keeps the order of every client`;
    return { pattern: 'NoOrder', says, involved: part.operations.map((_, i) => i), steps: [] };
  }
}
