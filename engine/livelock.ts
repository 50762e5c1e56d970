import type { Kernel } from './kernel.js';

const SHOWN = 6;

/** The handlers that keep one another busy at one instant, for the message about a livelock. */
export function livelockCycle(kernel: Kernel): string {
  const recent = kernel.recentHandlers();
  // The shortest period that the last handlers repeat.
  for (let period = 1; period * 2 <= recent.length; period++) {
    const repeats = recent.every((name, i) => i + period >= recent.length || name === recent[i + period]);
    if (repeats)
      return `: ${recent.slice(-period).slice(0, SHOWN).join(' → ')}${period > SHOWN ? ' → …' : ''}, again and again`;
  }
  return `, lately in ${[...new Set(recent.slice(-SHOWN))].join(', ')}`;
}
