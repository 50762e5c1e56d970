import { familyOf, type FaultFamily, type RunResult } from '../engine/index.js';
import type { Scenario, Swarm } from '../scenarios/index.js';
import { whyNeverStruck } from '../scenarios/notes.js';

/** What became of the faults of one seed's plan. */
export interface FaultOutcome {
  /** Of the scenario's own faults, in their order: how often each struck, and why one that never did did not. */
  readonly own: readonly { readonly family: FaultFamily; readonly struck: number; readonly why?: string }[];
  /** Of the swarm, by every family that it may turn on: how many faults this seed drew, and how often they struck. */
  readonly swarm: Readonly<Partial<Record<FaultFamily, FamilyCount>>>;
}

export interface FamilyCount {
  readonly planned: number;
  readonly struck: number;
}

/** What became of the faults of a campaign. */
export interface FaultTotals {
  /** How often faults of each family struck. */
  readonly struck: Readonly<Record<string, number>>;
  /** What never struck in any run, in words: a campaign says nothing about it. */
  readonly neverStruck: readonly string[];
}

export const NO_FAULTS: FaultOutcome = { own: [], swarm: {} };

export function faultOutcome(scenario: Scenario, swarm: Swarm, result: RunResult): FaultOutcome {
  const planned = scenario.faults ?? [];
  const own = planned.map((fault, number) => {
    const struck = result.strikes[number] ?? 0;
    const family = familyOf(fault);
    return struck > 0 ? { family, struck } : { family, struck, why: whyNeverStruck(number, fault, result) };
  });
  const counts: Partial<Record<FaultFamily, FamilyCount>> = {};
  for (const family of swarm.allowed) counts[family] = { planned: 0, struck: 0 };
  swarm.drawn.forEach((family, i) => {
    const { planned: before, struck } = counts[family]!;
    counts[family] = { planned: before + 1, struck: struck + (result.strikes[planned.length + i] ?? 0) };
  });
  return { own, swarm: counts };
}

/** Adds up what became of faults, seed after seed. */
export class FaultTally {
  private readonly own: { family: FaultFamily; struck: number; why: string }[] = [];
  private readonly swarm = new Map<FaultFamily, FamilyCount>();

  take({ own, swarm }: FaultOutcome): void {
    own.forEach(({ family, struck, why }, i) => {
      const total = (this.own[i] ??= { family, struck: 0, why: why ?? '' });
      total.struck += struck;
    });
    for (const [family, { planned, struck }] of Object.entries(swarm) as [FaultFamily, FamilyCount][]) {
      const before = this.swarm.get(family) ?? { planned: 0, struck: 0 };
      this.swarm.set(family, { planned: before.planned + planned, struck: before.struck + struck });
    }
  }

  totals(): FaultTotals {
    const struck: Record<string, number> = {};
    const neverStruck: string[] = [];
    const count = (family: FaultFamily, times: number): void => {
      if (times > 0) struck[family] = (struck[family] ?? 0) + times;
    };
    this.own.forEach(({ family, struck: times, why }, i) => {
      count(family, times);
      if (times === 0) neverStruck.push(`fault ${i + 1} of the scenario (${family}): ${why}`);
    });
    const undrawn: string[] = [];
    for (const [family, { planned, struck: times }] of this.swarm) {
      count(family, times);
      // What the scenario's own faults are of has struck, whether a seed drew more of it or not.
      if (struck[family] !== undefined) continue;
      if (planned === 0) undrawn.push(family);
      else neverStruck.push(`${family}: drawn ${planned}×, and nobody was there to strike`);
    }
    if (undrawn.length > 0) neverStruck.push(`${undrawn.join(', ')}: no seed drew any`);
    const sorted = Object.entries(struck).sort(([a], [b]) => (a < b ? -1 : 1));
    return { struck: Object.fromEntries(sorted), neverStruck };
  }
}
