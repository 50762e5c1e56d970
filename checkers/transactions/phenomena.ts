import type { AnomalyName } from './levels.js';

/** What the SQL standard and the critique of it (Berenson et al., SIGMOD 1995) call what may go wrong. */
export const phenomena = Object.freeze({
  P0: 'dirty write',
  P1: 'dirty read',
  P2: 'non-repeatable read',
  P3: 'phantom',
  P4: 'lost update',
  A5A: 'read skew',
  A5B: 'write skew',
} as const);

export type Phenomenon = keyof typeof phenomena;

export const PHENOMENA = Object.freeze(Object.keys(phenomena)) as readonly Phenomenon[];

const OF: Readonly<Partial<Record<AnomalyName, Phenomenon>>> = {
  G0: 'P0',
  G1a: 'P1',
  G1b: 'P1',
  G1c: 'P1',
  'dirty-update': 'P1',
  'lost-update': 'P4',
  'G-single': 'A5A',
  'fractured-read': 'A5A',
  'G2-item': 'A5B',
};

/** What an anomaly of this name is called in SQL, where it has a name there. */
export function phenomenonOf(name: AnomalyName): readonly Phenomenon[] {
  const one = OF[name];
  return one === undefined ? [] : [one];
}

/** `write skew (A5B), phantom (P3)`. */
export function describePhenomena(seen: readonly Phenomenon[]): string {
  return seen.map((one) => `${phenomena[one]} (${one})`).join(', ');
}
