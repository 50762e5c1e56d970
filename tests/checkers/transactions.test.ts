import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../engine/index.js';
import {
  evidenceData,
  evidenceSvg,
  formatTransactions,
  formatWeakIsolation,
  transactions,
  weakIsolation,
  type Anomaly,
} from '../../checkers/index.js';
import { ANOMALIES } from '../../checkers/transactions/levels.js';
import { PLANTED } from './planted-transactions.js';
import { together, inTurn, names, a, w, r } from './transactions-history.js';

/** As text, and as a picture that has a bar for each transaction and an arrow for each step of the circle. */
function expectShown(history: HistoryEvent[], anomaly: Anomaly, text: string): void {
  const { name, says, cycle, transactions: shown } = anomaly;
  expect(says).not.toMatch(/undefined|NaN/);
  for (const [i, step] of cycle.entries()) expect(step.to).toBe(cycle[(i + 1) % cycle.length]?.from);
  for (const sentence of cycle.length === 0 ? [says] : cycle.map((step) => step.says)) expect(text).toContain(sentence);
  const data = evidenceData({
    history,
    transactions: { verdict: 'violation', consistency: 'all', anomalies: [anomaly] },
  });
  const svg = evidenceSvg(data);
  expect(svg).not.toMatch(/undefined|NaN/);
  expect(svg).toContain(`>${name}`);
  expect(svg.match(/ rx="3"/g)).toHaveLength(shown.length);
  const arrows = svg.match(/marker-end/g)?.length ?? 0;
  // What is no circle, and about two transactions, has what the one did to the other.
  expect(arrows > 0 || shown.length === 1 || name === 'incompatible-order').toBe(true);
  if (cycle.length > 0) expect(arrows).toBe(cycle.length);
}

describe('each planted anomaly is found by its name, told in a sentence and drawn', () => {
  test.each(PLANTED)('%s', (_what, history, found, strongest) => {
    const result = transactions(history);
    expect(names(result)).toEqual([...found].sort((x, y) => (x < y ? -1 : 1)));
    expect([...result.strongest].sort()).toEqual([...strongest].sort());
    expect(result.verdict).toBe(found.length === 0 ? 'ok' : 'violation');
    const text = formatTransactions(result);
    for (const anomaly of result.anomalies) expectShown(history, anomaly, text);
  });

  test('an order of commits that there is none of, too: and so all that there are', () => {
    const steps = [[w('x', 1)], [w('x', 2)], [r('x', 2)], [r('x', 1)]];
    const history = inTurn(...steps.map((one, i) => [1 + (i % 2), one] as const));
    const result = weakIsolation(history, 'causal');
    for (const anomaly of result.anomalies) expectShown(history, anomaly, formatWeakIsolation(result));
    const shown = new Set([...PLANTED.flatMap(([, , found]) => found), ...result.anomalies.map(({ name }) => name)]);
    expect(ANOMALIES.filter((name) => !shown.has(name))).toEqual([]);
  });
});

test('who got no answer counts only once something of it was seen', () => {
  const unanswered = ['info', [a('x', 1)]] as const;
  expect(transactions(together(unanswered, ['fail', [a('x', 2)]], [a('y', 1)])).transactions).toBe(1);
  expect(transactions(together(unanswered, [r('x', [1])])).transactions).toBe(2);
});
