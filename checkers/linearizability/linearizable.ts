import type { History } from '../../engine/history.js';
import { merged } from '../history/merged.js';
import { operationsFrom, operationsOf, pairingOf, type Operation } from '../history/operation.js';
import { assertSpoken, counts, type AnyModel } from '../models/model.js';
import { registerMonitor } from '../monitors/register.js';
import { Allowance, DEFAULT_BUDGET, type Budget, type Exhausted } from '../budget.js';
import { judgeByMonitor } from './by-monitor.js';
import { explain } from './evidence.js';
import { apart, partsOf, type Part } from './parts.js';
import { Race, TURN_STEPS } from './race.js';
import { RegistersByZones, ZONES_BYTES_PER_EVENT, type OrderedRegister } from './registers-by-zones.js';
import type { Evidence, KeyVerdict, LinearizabilityResult } from './verdict.js';

export interface CheckOptions {
  readonly budget?: Partial<Budget>;
  /** Say why: finds every key that is violated, and for each a small part of the history that shows it. */
  readonly evidence?: boolean;
  /** Asked every few thousand steps: how a caller with a clock or a button ends a check. */
  readonly shouldStop?: () => boolean;
}

/**
 * Is the history linearizable: could every operation have happened at one moment between its call and its return, one after
 * the other, as the model does them? Unanswered operations may have happened at any moment after their call, or never.
 *
 * Keys are judged apart, which is sound for linearizability (Herlihy and Wing 1990, locality) and not for weaker levels.
 *
 * @throws HistoryError when the history is not well-formed or has operations that the model does not know.
 * @example
 * linearizable(history, register).verdict;                                        // 'ok', 'violation' or 'undecided'
 * linearizable(history, kv, { budget: { steps: 1_000_000 } });                     // undecided rather than endless
 * formatVerdict(linearizable(history, kv, { evidence: true }));                    // and why
 */
export function linearizable(history: History, model: AnyModel, options: CheckOptions = {}): LinearizabilityResult {
  const check = (operations: readonly Operation[]): LinearizabilityResult => {
    assertSpoken(model, operations);
    return new Check(model, operations, options).run();
  };
  const tableBytes = history.length * ZONES_BYTES_PER_EVENT;
  const isRoom = tableBytes <= (options.budget?.memoryBytes ?? DEFAULT_BUDGET.memoryBytes);
  if (options.shouldStop?.() === true || !isRoom || !RegistersByZones.fits(model)) return check(operationsOf(history));
  const zones = new RegistersByZones(history, model);
  const pairing = pairingOf(history, zones);
  const registers = zones.ordered(pairing);
  const ordered = registers && withinBudget(registers, model, tableBytes, options.budget);
  return ordered ?? check(operationsFrom(history, pairing));
}

/** What registers that are all linearizable come to; undefined where the budget is too small to say so. */
function withinBudget(
  registers: readonly OrderedRegister[],
  model: AnyModel,
  memoryBytes: number,
  budget: CheckOptions['budget'],
): LinearizabilityResult | undefined {
  const operations = registers.reduce((sum, register) => sum + register.operations, 0);
  if (operations > (budget?.steps ?? DEFAULT_BUDGET.steps)) return undefined;
  return {
    verdict: 'ok',
    consistency: 'linearizable',
    model: model.name,
    operations,
    keys: registers.map(({ key, operations: count, linearisation }) => {
      return { key, operations: count, verdict: 'ok', linearisation, by: registerMonitor.name };
    }),
    steps: operations,
    memoryBytes,
  };
}

/** A key, or one of several values of it that have nothing to do with one another. */
interface Cell {
  readonly operations: readonly Operation[];
  race: Race | undefined;
  order?: readonly Operation[];
  /** The order by ids, noted as soon as there is one: later the operations are out of the processor's reach. */
  linearisation?: readonly number[];
  violation?: { readonly part: readonly Operation[] | undefined; readonly failing: Operation | undefined };
  outOfMemory?: boolean;
  by?: string;
}

interface Task {
  readonly part: Part;
  readonly cells: readonly Cell[];
}

const isOpen = (cell: Cell): boolean =>
  cell.order === undefined && cell.violation === undefined && cell.outOfMemory === undefined;

function settle(cell: Cell, order: readonly Operation[]): void {
  cell.order = order;
  cell.linearisation = idsOf(order);
}

const idsOf = (order: readonly Operation[]): number[] => order.map((operation) => operation.id);

class Check {
  private readonly allowance: Allowance;
  private readonly tasks: readonly Task[];
  private exhausted: Exhausted | undefined;

  constructor(
    private readonly model: AnyModel,
    private readonly all: readonly Operation[],
    private readonly options: CheckOptions,
  ) {
    this.allowance = new Allowance({ ...DEFAULT_BUDGET, ...options.budget });
    const parts = partsOf(all, (operation) => counts(model, operation));
    this.tasks = parts.map((part) => ({
      part,
      cells: apart(model, part).map(({ operations }) => ({ operations, race: undefined })),
    }));
  }

  run(): LinearizabilityResult {
    this.judgeAll();
    const keys = this.tasks.map((task) => this.verdictOf(task));
    const violated = keys.some((key) => key.verdict === 'violation');
    const undecided = keys.find((key) => key.verdict === 'undecided');
    const exhausted = violated ? undefined : (undecided?.exhausted ?? this.exhausted);
    return {
      verdict: violated ? 'violation' : undecided !== undefined ? 'undecided' : 'ok',
      consistency: 'linearizable',
      model: this.model.name,
      operations: keys.reduce((sum, key) => sum + key.operations, 0),
      keys,
      ...this.allowance.spent,
      ...(exhausted !== undefined && { exhausted }),
    };
  }

  /**
   * Cells take turns, so that a violation of an easy one is found beside a hard one. One that goes well is soon done, and stays:
   * to come back to it is to fetch all of it from memory again.
   */
  private judgeAll(): void {
    let open = this.tasks.flatMap((task) => task.cells);
    while (open.length > 0) {
      for (const cell of open) {
        do {
          this.exhausted = this.outOf();
          if (this.exhausted !== undefined) return;
          this.turn(cell);
          if (cell.violation !== undefined && this.options.evidence !== true) return;
        } while (isOpen(cell) && cell.race?.goesWell === true);
      }
      open = open.filter(isOpen);
    }
  }

  private outOf(): Exhausted | undefined {
    if (this.allowance.left === 0) return 'steps';
    return this.options.shouldStop?.() === true ? 'stopped' : undefined;
  }

  private turn(cell: Cell): void {
    if (cell.race === undefined && this.judgedWithoutSearch(cell)) return;
    const race = (cell.race ??= new Race(this.model, cell.operations, Infinity, this.allowance.memory));
    const before = race.steps;
    const outcome = race.run(Math.min(TURN_STEPS, this.allowance.left));
    this.allowance.spend(race.steps - before);
    if (outcome === 'running') return;
    if (outcome === 'memory') cell.outOfMemory = true;
    else {
      cell.by = race.winner;
      if (outcome === 'ok') settle(cell, race.order());
      else cell.violation = { part: undefined, failing: race.failing };
      cell.race = undefined;
    }
    race.release();
  }

  private judgedWithoutSearch(cell: Cell): boolean {
    const n = cell.operations.length;
    if (n > this.allowance.left) return false;
    const judged = judgeByMonitor(this.model, cell.operations, Infinity, this.allowance.memory);
    if (judged === undefined) return false;
    this.allowance.spend(n);
    cell.by = judged.by;
    if (judged.found.verdict === 'ok') settle(cell, judged.found.order);
    else cell.violation = { part: judged.found.part, failing: undefined };
    return true;
  }

  private verdictOf({ part, cells }: Task): KeyVerdict {
    const common = { key: part.key, operations: part.operations.length };
    const bad = cells.find((cell) => cell.violation !== undefined);
    if (bad !== undefined) {
      const evidence = this.options.evidence === true && { evidence: this.evidenceOf(bad) };
      return { ...common, verdict: 'violation', ...(bad.by !== undefined && { by: bad.by }), ...evidence };
    }
    const open = cells.find((cell) => cell.order === undefined);
    if (open !== undefined) return { ...common, ...this.undecided(open) };
    const by = cells[0]?.by;
    const alone = cells.length === 1 ? cells[0]?.linearisation : undefined;
    const linearisation = alone ?? idsOf(merged(cells.map((cell) => cell.order ?? [])));
    return { ...common, verdict: 'ok', linearisation, ...(by !== undefined && { by }) };
  }

  private undecided({ operations, race, outOfMemory }: Cell): Omit<KeyVerdict, 'key' | 'operations'> {
    const furthest = race?.furthest ?? 0;
    const exhausted = outOfMemory === true ? 'memory' : this.exhausted;
    const frontier = race?.standing;
    return {
      verdict: 'undecided',
      returnedBefore: operations.filter((operation) => operation.return < furthest).length,
      ...(frontier !== undefined && { frontier }),
      ...(exhausted !== undefined && { exhausted }),
    };
  }

  private evidenceOf({ operations, violation }: Cell): Evidence {
    const failed = this.all.filter((operation) => operation.outcome === 'failed');
    return explain({
      model: this.model,
      operations,
      part: violation?.part,
      failing: violation?.failing,
      failed,
      allowance: this.allowance,
      shouldStop: this.options.shouldStop,
    });
  }
}
