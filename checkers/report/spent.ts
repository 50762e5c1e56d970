import type { Exhausted, Spent } from '../budget.js';

const WHAT: Readonly<Record<Exhausted, string>> = {
  steps: 'the budget of steps',
  memory: 'the budget of memory',
  stopped: 'the time that was given',
};

/** What ran out, and what had been spent by then. */
export function endedAfter(exhausted: Exhausted, spent: Spent | undefined): string {
  return `${WHAT[exhausted]} ended${spent === undefined ? '' : ` after ${spentInWords(spent)}`}`;
}

function spentInWords({ steps, memoryBytes }: Spent): string {
  return `${String(steps).replaceAll(/\B(?=(\d{3})+$)/g, ',')} steps and ${(memoryBytes / 1_048_576).toFixed(1)} MB`;
}
