import { readHistory, transactions, weakIsolation, writeJsonl, type WeakLevel } from '../checkers/index.js';
import { Choices } from '../engine/choices.js';
import type { HistoryEvent, Value } from '../engine/history.js';
import type { BenchSuite, BenchTask } from './suites.js';

const PROCESSES = 16;
const ACTIVE_KEYS = 20;

/** One after the other on one store: serializable. Keys are replaced after 64 writes, as Elle's generator does. */
function serialHistory(kind: 'list-append' | 'rw-register', operations: number): HistoryEvent[] {
  const choices = new Choices('bench');
  const stream = choices.stream('bench.transactions', '', 0);
  const draw = (below: number): number => Math.floor(choices.draw(stream) * below);
  const keys = Array.from({ length: ACTIVE_KEYS }, (_, key) => ({ key, written: 0, value: null as Value }));
  let fresh = ACTIVE_KEYS;
  const history: HistoryEvent[] = [];
  for (let done = 0, n = 0; done < operations; n++) {
    const asked: Value[] = [];
    const answered: Value[] = [];
    for (let left = 1 + draw(7); left > 0; left--, done++) {
      const at = draw(ACTIVE_KEYS);
      const one = keys[at]!;
      if (draw(2) === 0) {
        asked.push(['r', one.key, null]);
        answered.push(['r', one.key, one.value]);
        continue;
      }
      one.written++;
      const step: Value = [kind === 'list-append' ? 'append' : 'w', one.key, one.written];
      one.value = kind === 'list-append' ? [...((one.value ?? []) as readonly Value[]), one.written] : one.written;
      asked.push(step);
      answered.push(step);
      if (one.written === 64) keys[at] = { key: fresh++, written: 0, value: null };
    }
    // As readers make them, all properties in one: an object spread first keeps the others apart, a walk into memory away.
    const [process, f] = [n % PROCESSES, 'txn'];
    history.push({ index: 2 * n, time: 2 * n, type: 'invoke', process, f, value: asked });
    history.push({ index: 2 * n + 1, time: 2 * n + 1, type: 'ok', process, f, value: answered });
  }
  return history;
}

function weak(level: WeakLevel, history: readonly HistoryEvent[], operations: number): BenchTask {
  return {
    name: `${level}, ${operations.toLocaleString('en')} operations on registers, ${PROCESSES} clients`,
    unit: 'operation',
    run() {
      const { verdict } = weakIsolation(history, level);
      if (verdict !== 'ok') throw new Error(`a serial history was judged ${verdict}`);
      return operations;
    },
  };
}

/** Reading and judging apart: the history is what was read. */
function lists(operations: number): BenchTask[] {
  const text = writeJsonl(serialHistory('list-append', operations));
  const { history } = readHistory(text);
  const count = history.length / 2;
  const judging: BenchTask = {
    name: `strict serializable, ${operations.toLocaleString('en')} appends and reads of lists`,
    unit: 'transaction',
    run() {
      const { verdict } = transactions(history);
      if (verdict !== 'ok') throw new Error(`a serial history was judged ${verdict}`);
      return count;
    },
  };
  return [
    {
      name: 'reading the file of the next',
      unit: 'transaction',
      run: () => readHistory(text).history.length / 2,
    },
    judging,
  ];
}

/** Judging histories of transactions: lists by cycles, registers by commit order. */
export const transactionsSuite: BenchSuite = {
  name: 'transactions',
  says: 'isolation of transactions',
  tasks() {
    const some = serialHistory('rw-register', 200_000);
    return [
      ...lists(400_000),
      weak('read-committed', some, 200_000),
      weak('read-atomic', some, 200_000),
      weak('causal', serialHistory('rw-register', 1_000_000), 1_000_000),
    ];
  },
};
