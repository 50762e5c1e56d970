/** How the seeds of many runs follow one another: 7, 8, 9 after a number; storm-1, storm-2, … after any other text. */
export interface SeedSeries {
  readonly prefix: string;
  readonly first: number;
}

export function seedSeries(seed: string): SeedSeries {
  const number = Number(seed);
  const numeric = /^(0|[1-9]\d*)$/.test(seed) && Number.isSafeInteger(number + 1e12);
  return numeric ? { prefix: '', first: number } : { prefix: `${seed}-`, first: 1 };
}

export function seedsFrom(seed: string, count: number): string[] {
  const { prefix, first } = seedSeries(seed);
  return Array.from({ length: count }, (_, i) => `${prefix}${first + i}`);
}
