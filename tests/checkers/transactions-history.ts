import type { HistoryEvent, Value } from '../../engine/index.js';
import { type AnomalyName, type TransactionsResult } from '../../checkers/index.js';

export type Step = readonly [f: string, key: string, value: Value];
export type Line = readonly [type: HistoryEvent['type'], process: number, steps: readonly Step[]];

export function historyOf(lines: readonly Line[]): HistoryEvent[] {
  return lines.map(([type, process, steps], index) => {
    const value = steps.map(([f, key, what]) => [f, key, f === 'r' && type !== 'ok' ? null : what]);
    return { index, time: index * 1_000, type, process, f: 'txn', value };
  });
}

/** All called before the first returns; an end other than ok stands before the steps. */
export type Concurrent = readonly (readonly Step[] | readonly ['fail' | 'info', readonly Step[]])[];

export function together(...all: Concurrent): HistoryEvent[] {
  const split = all.map((one): ['ok' | 'fail' | 'info', readonly Step[]] =>
    one[0] === 'fail' || one[0] === 'info' ? [one[0], one[1] as readonly Step[]] : ['ok', one as readonly Step[]],
  );
  return historyOf([
    ...split.map(([, steps], p): Line => ['invoke', p, steps]),
    ...split.map(([end, steps], p): Line => [end, p, steps]),
  ]);
}

/** One after the other: process and steps. */
export function inTurn(...all: readonly (readonly [number, readonly Step[]])[]): HistoryEvent[] {
  return historyOf(
    all.flatMap(([p, steps]): Line[] => [
      ['invoke', p, steps],
      ['ok', p, steps],
    ]),
  );
}

export const names = (result: TransactionsResult): AnomalyName[] =>
  [...new Set(result.anomalies.map((anomaly) => anomaly.name))].sort((a, b) => (a < b ? -1 : 1));

export const a = (key: string, value: Value): Step => ['append', key, value];
export const w = (key: string, value: Value): Step => ['w', key, value];
export const r = (key: string, value: Value): Step => ['r', key, value];
