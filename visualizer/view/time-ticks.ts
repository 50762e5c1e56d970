/** A round step (1, 2 or 5 times a power of ten) so that about `count` of them fit into `width`. */
export function roundStep(width: number, count: number, least: number): number {
  const rough = width / Math.max(1, count);
  let power = 1;
  while (power * 10 <= rough) power *= 10;
  for (const factor of [1, 2, 5, 10]) if (power * factor >= rough) return Math.max(least, power * factor);
  return Math.max(least, power * 10);
}

/** A time on an axis whose ticks are `step` apart: as many decimals as the step needs. */
export function axisLabel(us: number, step: number): string {
  if (step >= 1_000_000) return `${us / 1_000_000} s`;
  if (step >= 1_000 && us >= 1_000_000)
    return `${(us / 1_000_000).toFixed(step >= 100_000 ? 1 : step >= 10_000 ? 2 : 3)} s`;
  if (step >= 1_000) return `${us / 1_000} ms`;
  return `${(us / 1_000).toFixed(3)} ms`;
}

/** An instant with fixed decimals, so that a running clock does not jitter: `1.204 317 s`. */
export function clockText(us: number): string {
  const whole = Math.floor(us);
  const micros = String(whole % 1_000).padStart(3, '0');
  const millis = String(Math.floor(whole / 1_000) % 1_000).padStart(3, '0');
  return `${Math.floor(whole / 1_000_000)}.${millis} ${micros} s`;
}

/** An instant in seconds with fixed decimals, for columns of times. */
export function secondsText(us: number): string {
  return `${(us / 1_000_000).toFixed(3)} s`;
}
