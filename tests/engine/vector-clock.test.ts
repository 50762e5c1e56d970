import { expect, test } from 'vitest';
import { happenedBefore, runsOf } from './vector-clock-runs.js';

test('a delivery knows all that its sender knew, and two sides that never talk know nothing of one another', () => {
  const { clocks, deliveries } = runsOf('together');
  expect(deliveries.length).toBeGreaterThan(50);
  for (const { sent, delivered } of deliveries) expect(happenedBefore(sent, delivered)).toBe(true);

  const apart = runsOf('apart').clocks;
  const strangers = apart.filter(({ node, clock }) => node === 'n1' && 'n2' in clock);
  expect(strangers).toEqual([]);
  expect(clocks.some(({ node, clock }) => node === 'n1' && 'n2' in clock)).toBe(true);
});

test('an endpoint counts its own events one by one, and the causes of a trace never contradict the clocks', () => {
  const { clocks, causes } = runsOf('together');
  const last = new Map<string, number>();
  for (const { node, clock } of clocks) {
    expect(clock[node]).toBe((last.get(node) ?? 0) + 1);
    last.set(node, clock[node]!);
  }
  for (const { cause, effect } of causes) expect(happenedBefore(effect, cause)).toBe(false);
});
