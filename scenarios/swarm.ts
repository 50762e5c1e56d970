import {
  Choices,
  FAULT_FAMILIES,
  toInteger,
  US_PER_MS,
  type DiskConfig,
  type Fault,
  type FaultFamily,
  type Micros,
  type NetworkConfig,
  type PartitionShape,
  type Whom,
} from '../engine/index.js';
import { addedBy, type Added } from './run.js';
import type { Scenario } from './scenario.js';

/** What a seed adds to a scenario. */
export interface Swarm {
  /** The families that a seed may turn on … */
  readonly allowed: readonly FaultFamily[];
  /** … those that this one did … */
  readonly families: readonly FaultFamily[];
  /** … and of which each added fault is. */
  readonly drawn: readonly FaultFamily[];
  readonly added: Added;
}

const FAULTS_MAX = 12;
/** Faults strike in this part of the run; the rest is left for the system to recover. */
const STRIKING = 0.6;
const LONGEST_OUTAGE = 0.2;

/**
 * Draws a fault plan for a seed, in the manner of swarm testing (Groce et al., ISSTA 2012): each seed turns whole families on
 * or off, since with everything on one fault hides the bug that another would show.
 *
 * @param scenario says what may be added: `swarm.families`, `swarm.faultsMax`, `swarm.duplicates`, `swarm.disk`; nothing without `swarm`
 */
export function drawSwarm(scenario: Scenario, seed: string): Swarm {
  const profile = scenario.swarm;
  if (profile === undefined) return { allowed: [], families: [], drawn: [], added: {} };
  const dice = new Dice(seed);
  const allowed = profile.families ?? FAULT_FAMILIES.filter((family) => family !== 'disk' && family !== 'membership');
  const families = allowed.filter((family) => dice.chance(`family ${family}`, 0.5));
  const planner = new Planner(dice, scenario.until);
  const count = families.length === 0 ? 0 : dice.integer('faults', 1, profile.faultsMax ?? FAULTS_MAX);
  const drawn = Array.from({ length: count }, (_, i) => dice.pick(`fault ${i}`, families));
  const faults = drawn.map((family, i) => planner.fault(family, i));
  return {
    allowed,
    families,
    drawn,
    added: addedBy({
      faults,
      network: planner.network(families.includes('link'), profile.duplicates ?? true),
      disk: planner.disk(scenario.disk === undefined && (profile.disk ?? true)),
    }),
  };
}

/** Draws through the one door, from streams that the run itself never uses. */
class Dice {
  private readonly choices: Choices;

  constructor(seed: string) {
    this.choices = new Choices(seed);
  }

  unit(label: string): number {
    return this.choices.draw(this.choices.stream('swarm', label, 0));
  }

  chance(label: string, probability: number): boolean {
    return this.unit(label) < probability;
  }

  integer(label: string, min: number, max: number): number {
    return toInteger(this.unit(label), min, max);
  }

  pick<T>(label: string, items: readonly T[]): T {
    return items[this.integer(label, 0, items.length - 1)]!;
  }
}

class Planner {
  constructor(
    private readonly dice: Dice,
    private readonly until: Micros,
  ) {}

  fault(family: FaultFamily, number: number): Fault {
    const at = (label: string): string => `${label} ${number}`;
    const times = this.times(number);
    const whom = this.whom(number);
    switch (family) {
      case 'crash':
        return { do: 'crash', whom, ...times };
      case 'pause':
        return this.dice.chance(at('slow'), 0.3)
          ? {
              do: 'slow',
              whom,
              processing: { exponential: { mean: this.dice.integer(at('processing'), 1, 20) * US_PER_MS } },
              ...times,
            }
          : { do: 'pause', whom, ...times };
      case 'partition':
        return { do: 'partition', shape: this.shape(number), ...times };
      case 'link':
        return { do: 'link', ...this.linkScope(number), rule: this.linkRule(number), ...times };
      case 'clock':
        return this.dice.chance(at('jump'), 0.4)
          ? { do: 'clock', whom, jump: this.dice.integer(at('by'), -5_000, 5_000) * US_PER_MS, ...times }
          : { do: 'clock', whom, driftPpm: this.dice.integer(at('drift'), -200_000, 200_000), ...times };
      case 'disk':
        return this.diskFault(number, whom, times);
      case 'membership':
        return { do: 'restart', whom, ...withoutFor(times) };
    }
  }

  network(links: boolean, duplicates: boolean): NetworkConfig {
    if (!links) return {};
    return {
      ...(this.dice.chance('loss on', 0.5) ? { loss: this.dice.integer('loss', 1, 20) / 100 } : {}),
      ...(duplicates && this.dice.chance('duplicate on', 0.5)
        ? { duplicate: this.dice.integer('duplicate', 1, 20) / 100 }
        : {}),
    };
  }

  /** Power failures meet disks that take their time: what a crash finds unsynced is lost or torn. */
  disk(draws: boolean): DiskConfig {
    const { dice } = this;
    if (!draws || !dice.chance('disk on', 0.4)) return {};
    const longest = dice.pick('sync latency', [200, 2 * US_PER_MS, 10 * US_PER_MS]);
    return { syncLatency: { uniform: [0, longest] }, torn: dice.pick('torn', [0, 0.3, 1]) };
  }

  private times(number: number): Pick<Fault, 'at' | 'when' | 'after' | 'for'> {
    const { dice, until } = this;
    const at = Math.floor(dice.unit(`at ${number}`) * STRIKING * until);
    // Outages of all scales: a few milliseconds hit what a few seconds never do.
    const scale = dice.pick(`scale ${number}`, [0.01, 0.1, 1]);
    const lasts = Math.max(1, Math.floor(dice.unit(`for ${number}`) * LONGEST_OUTAGE * scale * until));
    return { at, for: lasts };
  }

  private whom(number: number): Whom {
    return this.dice.chance(`leader ${number}`, 0.4)
      ? 'leader'
      : { random: this.dice.chance(`two ${number}`, 0.25) ? 2 : 1 };
  }

  private shape(number: number): PartitionShape {
    const shapes: readonly PartitionShape[] = [
      { halves: true },
      { isolate: 'leader' },
      { isolate: { random: 1 } },
      { isolate: { random: 2 } },
      { from: 'leader', to: { not: 'leader' } },
      { from: { not: 'leader' }, to: 'leader' },
      { ring: 'majorities' },
      { bridge: { random: 1 } },
      { hub: { random: 1 } },
      { constrained: { leader: 'leader', hub: { random: 1 } } },
      { chain: true },
    ];
    return this.dice.pick(`shape ${number}`, shapes);
  }

  private linkScope(number: number): { from?: Whom; bothWays?: boolean } {
    return this.dice.chance(`everywhere ${number}`, 0.4)
      ? {}
      : { from: { random: 1 }, bothWays: this.dice.chance(`both ${number}`, 0.5) };
  }

  private linkRule(number: number): Extract<Fault, { do: 'link' }>['rule'] {
    const { dice } = this;
    switch (dice.integer(`rule ${number}`, 0, 3)) {
      case 0:
        return { loss: dice.integer(`bad loss ${number}`, 5, 60) / 100 };
      case 1:
        return { latency: { exponential: { mean: dice.integer(`slow ${number}`, 10, 300) * US_PER_MS } } };
      case 2:
        return { hold: true };
      default:
        return { corrupt: dice.integer(`corrupt ${number}`, 1, 20) / 100 };
    }
  }

  private diskFault(number: number, whom: Whom, times: Pick<Fault, 'at' | 'for'>): Fault {
    const how = this.dice.pick(`disk ${number}`, ['slow', 'corrupt', 'full', 'unreadable', 'misdirected'] as const);
    return { do: 'disk', whom, how, ...times };
  }
}

function withoutFor(times: Pick<Fault, 'at' | 'for'>): Pick<Fault, 'at'> {
  return times.at === undefined ? {} : { at: times.at };
}
