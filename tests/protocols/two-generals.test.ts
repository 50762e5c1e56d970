import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type RunResult } from '../../engine/index.js';
import { twoGenerals, type TwoGenerals } from '../../protocols/two-generals/protocol.js';

function run(
  seed: number,
  loss: number,
  options: Partial<TwoGenerals['options']>,
  speed: 'direct' | 'recorded' = 'direct',
): RunResult {
  return new Simulation({
    protocol: twoGenerals,
    nodes: ['a', 'b'],
    options,
    seed: String(seed),
    network: { loss, latency: { uniform: [ms(1), ms(10)] } },
    until: seconds(2),
    speed,
  }).run();
}

/** How often each of these came about: both attack, one attacks alone. */
function frequencies(
  runs: number,
  loss: number,
  options: Partial<TwoGenerals['options']>,
): { both: number; alone: number } {
  let both = 0;
  let alone = 0;
  for (let seed = 0; seed < runs; seed++) {
    const { marks, violations } = run(seed, loss, options);
    const attackers = marks.get('attack') ?? 0;
    expect(attackers + (marks.get('retreat') ?? 0)).toBe(2);
    expect(violations.length).toBe(attackers === 1 ? 1 : 0);
    if (attackers === 2) both++;
    if (attackers === 1) alone++;
  }
  return { both: both / runs, alone: alone / runs };
}

const RUNS = 2000;

/** Four standard deviations of a frequency: with the seeds fixed it cannot flicker, and a wrong formula is further off. */
function around(probability: number): [number, number] {
  const margin = 4 * Math.sqrt((probability * (1 - probability)) / RUNS);
  return [probability - margin, probability + margin];
}

function expectAround(frequency: number, probability: number): void {
  const [low, high] = around(probability);
  expect(frequency).toBeGreaterThanOrEqual(low);
  expect(frequency).toBeLessThanOrEqual(high);
}

describe('two generals in the simulation', () => {
  it.each([
    [0.5, 1],
    [0.5, 3],
    [0.3, 2],
  ])('the order, loss %d, %d messengers: it never arrives with probability p^k', (loss, messengers) => {
    const { both, alone } = frequencies(RUNS, loss, { messengers, acknowledgements: 0 });
    expectAround(alone, loss ** messengers);
    expect(both + alone).toBe(1);
  });

  it.each([
    [0.3, 1, 1],
    [0.3, 1, 4],
    [0.5, 2, 3],
  ])('loss %d, %d messengers, %d acknowledgements: parted with q^r (1 − q)', (loss, messengers, acknowledgements) => {
    const q = 1 - loss ** messengers;
    const { both, alone } = frequencies(RUNS, loss, { messengers, acknowledgements });
    expectAround(alone, q ** acknowledgements * (1 - q));
    expectAround(both, q ** (acknowledgements + 1));
  });

  it('without loss they attack together, whatever the rule', () => {
    for (const rule of ['last-message', 'first-message'] as const) {
      for (let acknowledgements = 0; acknowledgements < 6; acknowledgements++) {
        expect(run(1, 0, { acknowledgements, rule }).marks.get('attack')).toBe(2);
      }
    }
  });

  it('is the same at both speeds', () => {
    for (let seed = 0; seed < 20; seed++) {
      const options = { messengers: 2, acknowledgements: 3 };
      expect(run(seed, 0.4, options, 'recorded').digest).toBe(run(seed, 0.4, options).digest);
    }
  });
});
