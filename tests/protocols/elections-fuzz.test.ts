import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type Fault, type RunResult, type SimulationConfig } from '../../engine/index.js';
import { bully, type Bully } from '../../protocols/bully/protocol.js';
import { changRoberts } from '../../protocols/chang-roberts/protocol.js';
import { floodMax } from '../../protocols/flood-max/protocol.js';
import { lcr } from '../../protocols/lcr/protocol.js';
import { TOPOLOGIES } from '../../protocols/parts/topology.js';

// Each protocol under whatever its model allows, and a look at whether the plans bite.

interface Clean {
  readonly runs: number;
  readonly marks: ReadonlyMap<string, number>;
}

function clean(seeds: number, config: (seed: number) => SimulationConfig): Clean {
  const marks = new Map<string, number>();
  for (let seed = 0; seed < seeds; seed++) {
    const result = new Simulation(config(seed)).run();
    expect(result.violations, `seed ${seed}`).toEqual([]);
    expect(result.ending).toBe('finished');
    for (const [name, times] of result.marks) marks.set(name, (marks.get(name) ?? 0) + times);
  }
  return { runs: seeds, marks };
}

function broken(seeds: number, config: (seed: number) => SimulationConfig): RunResult[] {
  const results = Array.from({ length: seeds }, (_, seed) => new Simulation(config(seed)).run());
  return results.filter(({ violations }) => violations.length > 0);
}

/** A plan of its own for each seed: which faults, how many, how dense; small numbers from the seed by different moduli. */
function crashes(seed: number): Fault[] {
  const every = ms(60 + ((seed * 37) % 400));
  const lasts = ms(5 + ((seed * 53) % 350));
  const faults: Fault[] = [
    { do: 'crash', whom: { random: 1 + (seed % 3) }, at: ms(50), for: lasts, every, times: 12 },
    { do: 'crash', whom: 'leader', at: ms(333), for: ms(1 + ((seed * 29) % 120)), every: every + ms(91), times: 6 },
  ];
  if (seed % 4 === 0) faults.push({ do: 'crash', whom: { random: 1 }, at: ms(1500 + (seed % 997)) });
  if (seed % 5 === 1) {
    faults.push({ do: 'crash', whom: 'n4', when: { sent: 'Halt', nth: 1 + (seed % 7) }, for: ms(seed % 40), times: 3 });
  }
  if (seed % 5 === 2) {
    faults.push({
      do: 'crash',
      whom: 'subject',
      when: { delivered: 'NewCoordinator', nth: 1 + (seed % 5) },
      for: ms(3),
      times: 3,
    });
  }
  return faults;
}

function bullyConfig(seed: number, options: Partial<Bully['options']>, faults: Fault[]): SimulationConfig {
  return {
    protocol: bully,
    nodes: 3 + (seed % 5),
    seed: String(seed),
    options: { repairedAfterMs: 6000, ...options },
    // The bound of the model: a call and its answer take 20 ms at most, and the detector waits 25.
    network: {
      latency:
        seed % 2 === 0
          ? { uniform: [0, ms(10)] }
          : {
              mixture: [
                { weight: 1, of: { constant: 50 } },
                { weight: 1, of: { constant: ms(10) } },
              ],
            },
    },
    faults: faults.filter((fault) => !('whom' in fault) || fault.whom !== 'n4' || seed % 5 >= 1),
    until: seconds(9),
  };
}

describe('bully', () => {
  it('is clean under crashes and restarts at any time, with bounded delays', () => {
    const { marks } = clean(150, (seed) => bullyConfig(seed, {}, crashes(seed)));
    expect(marks.get('became-coordinator')).toBeGreaterThan(300);
  });

  it('with the quorum, also under partitions, losses and delays without bound', () => {
    const faults = (seed: number): Fault[] => [
      ...crashes(seed),
      {
        do: 'partition',
        shape: seed % 2 === 0 ? { halves: true } : { isolate: 'leader' },
        at: ms(700),
        for: ms(400),
        every: ms(900),
        times: 4,
      },
      { do: 'partition', shape: { ring: 'majorities' }, at: ms(1100), for: ms(300) },
      { do: 'partition', shape: { from: 'leader', to: { not: 'leader' } }, at: ms(4200), for: ms(500) },
      { do: 'link', rule: { loss: 0.2, latency: { exponential: { mean: ms(30) } } }, at: ms(2000), for: ms(1500) },
      { do: 'link', from: { random: 1 }, rule: { hold: true }, at: ms(2600), for: ms(700), every: ms(600), times: 3 },
    ];
    const config = (seed: number): SimulationConfig => bullyConfig(seed, { quorum: true }, faults(seed));
    const { marks } = clean(100, config);
    expect(marks.get('stepped-down')).toBeGreaterThan(50);
    expect(marks.get('became-coordinator')).toBeGreaterThan(200);
    // The same plans without it: nearly all of them make two coordinators.
    const without = broken(20, (seed) => bullyConfig(seed, {}, faults(seed)));
    expect(without.length).toBeGreaterThan(10);
    expect(without[0]!.violations[0]!.property).toBe('one coordinator');
  });

  it.each(['answers-nobody', 'halts-nobody', 'never-checks'])('%s is found by the same plans', (bug) => {
    expect(broken(25, (seed) => ({ ...bullyConfig(seed, {}, crashes(seed)), bug })).length).toBeGreaterThan(0);
  });
});

const disturbances: Fault[] = [
  { do: 'pause', whom: { random: 2 }, at: ms(3), for: ms(90), every: ms(70), times: 4 },
  { do: 'slow', whom: { random: 1 }, processing: { exponential: { mean: ms(20) } }, at: 0, for: seconds(1) },
  { do: 'link', from: { random: 2 }, rule: { hold: true }, at: ms(20), for: ms(300) },
  { do: 'clock', whom: { random: 1 }, driftPpm: 100_000, at: ms(10), for: seconds(1) },
];

describe('chang-roberts', () => {
  const config = (seed: number, bug?: string): SimulationConfig => ({
    protocol: changRoberts,
    nodes: 1 + (seed % 11),
    seed: String(seed),
    options: seed % 3 === 0 ? { starters: ['n1'] } : { startWithinMs: (seed * 7) % 200 },
    network: { latency: { exponential: { mean: ms(15) } }, duplicate: seed % 2 === 0 ? 0.3 : 0 },
    faults: disturbances,
    until: seconds(20),
    ...(bug === undefined ? {} : { bug }),
  });

  it('is clean whatever the pace, the order and the number of copies', () => {
    expect(clean(300, config).marks.get('elected')).toBe(300);
  });

  it.each(Object.keys(changRoberts.bugs))('%s is found by the same plans', (bug) => {
    expect(broken(30, (seed) => config(seed, bug)).length).toBeGreaterThan(5);
  });
});

/** Latency and clocks within the bounds that a round of 20 ms allows for some 40 rounds: 18 ms + 2 · 0.1 % of 0.8 s. */
const withinBounds = {
  network: { latency: { uniform: [0, ms(18)] }, duplicate: 0.2 },
  clocks: { offsetMax: seconds(5), driftPpmMax: 1000 },
} as const;

describe('lcr', () => {
  const config = (seed: number, bug?: string): SimulationConfig => ({
    protocol: lcr,
    nodes: 1 + (seed % 13),
    seed: String(seed),
    ...withinBounds,
    until: seconds(2),
    ...(bug === undefined ? {} : { bug }),
  });

  it('is clean within its bounds', () => {
    const { marks } = clean(200, config);
    expect(marks.get('elected')).toBe(200);
    expect(marks.get('too-late')).toBeUndefined();
  });

  it('and not where messages may take longer than a round', () => {
    const late = broken(40, (seed) => ({ ...config(seed), network: { latency: { uniform: [0, ms(24)] } } }));
    expect(late.length).toBeGreaterThan(20);
  });

  it.each(Object.keys(lcr.bugs))('%s is found', (bug) => {
    expect(broken(30, (seed) => config(seed, bug)).length).toBeGreaterThan(20);
  });
});

describe('flood-max', () => {
  const config = (seed: number, bug?: string): SimulationConfig => ({
    protocol: floodMax,
    nodes: 1 + (seed % 17),
    seed: String(seed),
    options: {
      topology: TOPOLOGIES[seed % TOPOLOGIES.length],
      graph: seed,
      extraEdges: seed % 9,
      variant: seed % 2 === 0 ? 'basic' : 'optimised',
    },
    ...withinBounds,
    until: seconds(1),
    ...(bug === undefined ? {} : { bug }),
  });

  it('is clean on every topology within its bounds', () => {
    const { marks } = clean(210, config);
    expect(marks.get('elected')).toBe(210);
    expect(marks.get('too-late')).toBeUndefined();
  });

  it.each(Object.keys(floodMax.bugs))('%s is found', (bug) => {
    expect(broken(60, (seed) => config(seed, bug)).length).toBeGreaterThan(5);
  });
});
