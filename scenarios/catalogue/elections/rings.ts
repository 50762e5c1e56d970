import { Choices } from '../../../engine/index.js';

/** The numbers 1 to n in an order drawn from the seed, every order equally likely (Fisher, Yates). */
export function placement(seed: string, label: string, n: number): number[] {
  const choices = new Choices(seed);
  const stream = choices.stream('placement', label, 0);
  const numbers = Array.from({ length: n }, (_, i) => i + 1);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.min(i, Math.floor(choices.draw(stream) * (i + 1)));
    [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
  }
  return numbers;
}

/** Hₙ = 1 + 1/2 + … + 1/n. */
export function harmonic(n: number): number {
  let sum = 0;
  for (let i = 1; i <= n; i++) sum += 1 / i;
  return sum;
}

/**
 * How many messages an election on a ring takes when all begin at once: each number goes on until it meets a larger one, and
 * the largest all the way round.
 */
export function ringMessages(numbers: readonly number[]): number {
  const n = numbers.length;
  let hops = 0;
  for (let i = 0; i < n; i++) {
    let distance = 1;
    while (distance < n && numbers[(i + distance) % n]! < numbers[i]!) distance++;
    hops += distance;
  }
  return hops;
}
