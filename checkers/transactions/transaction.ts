import type { History, HistoryEvent, ProcessId, Value } from '../../engine/history.js';
import type { Micros } from '../../engine/time.js';
import { pairingOf, type Operation } from '../history/operation.js';
import { UNENDED, type EndVisitor } from '../history/pairing.js';
import { HistoryError, type HistoryProblem } from '../history/well-formed.js';
import { nearestName, sameValue, showValue } from '../values.js';

/** `append` adds to a list, `w` writes a register, `r` reads either. */
export type MicroName = 'append' | 'w' | 'r';

/** One step of a transaction. The value of a read is what came back, null where nothing is known. */
export interface MicroOperation {
  readonly f: MicroName;
  readonly key: Value;
  readonly value: Value;
}

/** What the keys of a history hold: lists that grow, or registers that are overwritten. */
export type TransactionKind = 'list-append' | 'rw-register';

/** One transaction as its client saw it. */
export interface Transaction {
  /** The `index` of its invocation: it is called `T4` in words. */
  readonly id: number;
  readonly process: ProcessId;
  readonly node: string | undefined;
  /** `failed`: surely aborted. `unknown`: committed or not, nobody said. */
  readonly outcome: Operation['outcome'];
  /** Positions in the history; a return that never surely was is Infinity. */
  readonly call: number;
  readonly return: number;
  readonly invokedAt: Micros;
  readonly returnedAt: Micros | undefined;
  readonly operations: readonly MicroOperation[];
}

const NAMES = new Map<unknown, MicroName>([
  ['append', 'append'],
  ['w', 'w'],
  ['write', 'w'],
  ['r', 'r'],
  ['read', 'r'],
]);
const SHAPE = 'a list of steps such as ["append", "x", 1], ["w", "x", 1] or ["r", "x", null]';
const HINT =
  'A transaction is one event with the value [["append","x",1],["r","x",null]]; its completion fills in the reads.';

/**
 * The transactions of a history in the order of their calls. What a transaction did is read from its completion if it is
 * `ok`, else from its invocation.
 *
 * @throws HistoryError when the history is not well-formed, or an event is no transaction of this kind: each at its event.
 */
export function transactionsOf(
  history: History,
  kind: TransactionKind | 'auto',
): { kind: TransactionKind; transactions: Transaction[] } {
  const reader = new TransactionReader(history);
  const transactions = reader.read();
  const found = kind === 'auto' ? guessedKind(transactions) : kind;
  if (!reader.mayBe(found)) for (const transaction of transactions) reader.checkKind(transaction, found);
  reader.check();
  return { kind: found, transactions };
}

/** Lists where something is appended or, in a history of reads only, where a list came back. */
function guessedKind(transactions: readonly Transaction[]): TransactionKind {
  let lists = false;
  for (const { operations } of transactions) {
    for (const { f, value } of operations) {
      if (f === 'append') return 'list-append';
      if (f === 'w') return 'rw-register';
      lists ||= Array.isArray(value);
    }
  }
  return lists ? 'list-append' : 'rw-register';
}

/**
 * Reads transactions while their events are walked over: in a long history of long lists each look at an event is a walk into
 * memory, and takes longer than what is done with it.
 */
class TransactionReader implements EndVisitor {
  private readonly problems: HistoryProblem[] = [];
  private readonly transactions: Transaction[];
  private onlyOfLists = true;
  private onlyOfRegisters = true;

  constructor(private readonly history: History) {
    this.transactions = new Array<Transaction>(history.length);
  }

  /** @throws HistoryError */
  read(): Transaction[] {
    const { size, calls, ends } = pairingOf(this.history, this);
    this.transactions.length = size;
    for (let i = 0; i < size; i++) {
      if (ends[i] !== UNENDED) continue;
      const call = calls[i] as number;
      this.ended(i, call, this.history[call] as HistoryEvent, UNENDED, undefined);
    }
    this.check();
    return this.transactions;
  }

  ended(i: number, call: number, invocation: HistoryEvent, at: number, end: HistoryEvent | undefined): void {
    const type = end?.type ?? 'info';
    const input = invocation.value;
    const operations = end?.type === 'ok' ? this.done(input, call, end.value, at) : this.asked(input, call);
    for (let step = 0; step < operations.length; step++) this.note(operations[step] as MicroOperation);
    this.transactions[i] = {
      id: invocation.index,
      process: invocation.process,
      node: end?.node ?? invocation.node,
      outcome: type === 'ok' ? 'ok' : type === 'fail' ? 'failed' : 'unknown',
      call,
      return: type === 'info' ? Infinity : at,
      invokedAt: invocation.time,
      returnedAt: type === 'info' ? undefined : end?.time,
      operations,
    };
  }

  private done(input: Value, call: number, output: Value, at: number): readonly MicroOperation[] {
    const done = this.steps(output, at);
    const settled = input === null || (done !== undefined && plainlySame(input, output));
    const asked = settled ? undefined : this.steps(input, call);
    if (done !== undefined && asked !== undefined) this.compare(asked, done, at);
    return done ?? [];
  }

  /** Of a transaction that did not answer, nobody knows what it read. */
  private asked(input: Value, call: number): readonly MicroOperation[] {
    const asked = this.steps(input, call);
    return asked?.map((step) => (step.f === 'r' ? { ...step, value: null } : step)) ?? [];
  }

  private note({ f, value }: MicroOperation): void {
    if (f === 'w' || (f === 'r' && value !== null && !isList(value))) this.onlyOfLists = false;
    if (f === 'append' || (f === 'w' && value === null)) this.onlyOfRegisters = false;
  }

  /** Is there nothing that a history of this kind cannot hold? */
  mayBe(kind: TransactionKind): boolean {
    return kind === 'list-append' ? this.onlyOfLists : this.onlyOfRegisters;
  }

  check(): void {
    if (this.problems.length > 0) throw new HistoryError(this.problems.sort((a, b) => a.at - b.at));
  }

  private steps(value: Value, at: number): MicroOperation[] | undefined {
    if (!isList(value)) {
      this.problem(at, `the value ${showValue(value)} is no transaction`, SHAPE);
      return undefined;
    }
    const steps: MicroOperation[] = [];
    for (const step of value) {
      const read = isList(step) && step.length >= 2 && step.length <= 3 ? stepOf(step) : undefined;
      if (read === undefined) {
        this.problem(at, `${showValue(step)} is no step of a transaction`, SHAPE, hintFor(step));
        return undefined;
      }
      steps.push(read);
    }
    return steps;
  }

  /** A completion does what was asked, and differs in what was read only. */
  private compare(asked: readonly MicroOperation[], done: readonly MicroOperation[], at: number): void {
    if (asked.length !== done.length) {
      this.problem(at, `${done.length} steps completed of ${asked.length} invoked`, 'the same steps in the same order');
      return;
    }
    for (const [i, want] of asked.entries()) {
      const got = done[i] as MicroOperation;
      const same =
        want.f === got.f && sameValue(want.key, got.key) && (want.f === 'r' || sameValue(want.value, got.value));
      if (same) continue;
      this.problem(at, `step ${i + 1} completed is ${textOf(got)}, invoked was ${textOf(want)}`, 'the same step');
      return;
    }
  }

  checkKind({ operations, outcome, call, return: end }: Transaction, kind: TransactionKind): void {
    const at = outcome === 'ok' ? end : call;
    for (const step of operations) {
      if (kind === 'list-append') {
        if (step.f === 'w') this.problem(at, `${textOf(step)} in a history of lists`, 'append and r only');
        else if (step.f === 'r' && step.value !== null && !isList(step.value))
          this.problem(at, `${textOf(step)} read no list`, 'a list of what was appended, or null');
      } else if (step.f === 'append') {
        this.problem(at, `${textOf(step)} in a history of registers`, 'w and r only');
      } else if (step.f === 'w' && step.value === null) {
        this.problem(
          at,
          `${textOf(step)} writes the initial value`,
          'a value that is not null',
          'Reads that found nothing are null.',
        );
      }
    }
  }

  private problem(at: number, message: string, expected: string, hint = HINT): void {
    const { index } = this.history[at] as HistoryEvent;
    this.problems.push({ code: 'bad-input', at, index, message, expected, hint });
  }
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Are these the same steps at first sight? Then there is no need to read the invocation's. */
function plainlySame(asked: Value, done: Value): boolean {
  if (!isList(asked) || !isList(done) || asked.length !== done.length) return false;
  for (let i = 0; i < asked.length; i++) {
    const want = asked[i] as Value;
    const got = done[i] as Value;
    if (want === got) continue;
    if (!isList(want) || !isList(got) || want.length !== got.length) return false;
    if (want[0] !== got[0] || want[1] !== got[1]) return false;
    if (want[2] !== got[2] && want[0] !== 'r') return false;
  }
  return true;
}

function stepOf(step: readonly Value[]): MicroOperation | undefined {
  const [name, key, value] = step;
  const f = NAMES.get(name);
  if (f === undefined || (f !== 'r' && value === undefined)) return undefined;
  return { f, key: key as Value, value: value ?? null };
}

function hintFor(step: Value): string {
  const name = isList(step) ? step[0] : undefined;
  const near = typeof name === 'string' ? nearestName(name, NAMES.keys() as Iterable<string>) : undefined;
  return near === undefined || near === name ? HINT : `Is ${near} meant?`;
}

/** `append x 1`, `w x 1`, `r x = [1 2]`. */
export function textOf({ f, key, value }: MicroOperation): string {
  return f === 'r' ? `r ${showValue(key)} = ${showRead(value)}` : `${f} ${showValue(key)} ${showValue(value)}`;
}

/** A read as a list: null is a list that nothing was appended to. */
export function listOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

const ELEMENTS_SHOWN = 8;

/** What a read gave: of a long list, its end. */
export function showRead(value: Value): string {
  if (!isList(value)) return showValue(value);
  const shown = value.slice(-ELEMENTS_SHOWN).map(showValue);
  return `[${value.length > ELEMENTS_SHOWN ? '… ' : ''}${shown.join(' ')}]`;
}
