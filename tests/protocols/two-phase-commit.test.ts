import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type Fault, type RunResult, type SimulationConfig } from '../../engine/index.js';
import { twoPhaseCommit, type TwoPhaseCommit } from '../../protocols/two-phase-commit/protocol.js';

type Options = TwoPhaseCommit['options'];

const ONE_TRANSACTION = [{ at: ms(10), client: 'c1', request: 'begin', args: { no: [] }, target: 'n1' }];

function simulate(config: Partial<SimulationConfig> & { options?: Partial<Options> }): RunResult {
  return new Simulation(configure(config)).run();
}

function configure(config: Partial<SimulationConfig>): SimulationConfig {
  return { protocol: twoPhaseCommit, nodes: 3, seed: '1', until: seconds(4), script: ONE_TRANSACTION, ...config };
}

function properties(result: RunResult): string[] {
  return result.violations.map(({ property }) => property);
}

/** Seeds of 0 … runs − 1 whose run breaks something. */
function failing(runs: number, config: Partial<SimulationConfig> & { options?: Partial<Options> }): RunResult[] {
  return Array.from({ length: runs }, (_, seed) => simulate({ ...config, seed: String(seed) })).filter(
    ({ violations }) => violations.length > 0,
  );
}

/** The coordinator is gone between the first Commit that arrives and the next: the others have heard nothing. */
const COORDINATOR_CRASH: readonly Fault[] = [
  { do: 'crash', whom: 'n1', when: { delivered: 'Commit' }, for: seconds(2) },
];

describe('the coordinator crashes while it tells its decision', () => {
  const repaired = { repairedAfterMs: 3000 };

  it('blocks who has not heard, until it is back', () => {
    const result = simulate({ nodes: 4, faults: COORDINATOR_CRASH, options: repaired });
    expect(result.marks.get('blocked')).toBe(2);
    expect(result.marks.get('abort')).toBeUndefined();
    expect(properties(result)).toEqual([]);
  });

  it('does not block them with cooperative termination: one has heard, and tells the others', () => {
    const result = simulate({ nodes: 4, faults: COORDINATOR_CRASH, options: { ...repaired, cooperative: true } });
    expect(result.marks.get('blocked')).toBeUndefined();
    expect(properties(result)).toEqual([]);
  });

  it.each(['nothing', 'abort', 'commit'] as const)('presumed %s: leaves nothing behind', (presume) => {
    for (const cooperative of [false, true]) {
      const options = { ...repaired, presume, cooperative };
      const simulation = new Simulation(configure({ faults: COORDINATOR_CRASH, options }));
      expect(properties(simulation.run())).toEqual([]);
      for (const { durable, volatile, id } of simulation.world.nodes) {
        const { log } = durable as TwoPhaseCommit['durable'];
        const { unforced, awaited, asked } = volatile as TwoPhaseCommit['volatile'];
        expect([log.size, unforced.size, awaited.size, asked.size], `${id} ${cooperative}`).toEqual([0, 0, 0, 0]);
      }
    }
  });
});

describe('a partition with only uncertain participants on one side', () => {
  // n1 has just decided and n2 will hear of it; n3 and n4 are cut off from both, together.
  const faults: Fault[] = [
    { do: 'partition', shape: { isolate: ['n3', 'n4'] }, when: { delivered: 'Yes', nth: 3 }, for: seconds(2) },
  ];

  it('blocks them in spite of cooperation', () => {
    const result = simulate({ nodes: 4, faults, options: { cooperative: true, repairedAfterMs: 2500 } });
    expect(result.marks.get('blocked')).toBe(2);
    expect(result.marks.get('commit')).toBe(4);
    expect(properties(result)).toEqual([]);
  });
});

describe('planted bugs', () => {
  it('forgets-decision', () => {
    const config = { nodes: 4, faults: COORDINATOR_CRASH } as const;
    expect(properties(simulate({ ...config, bug: 'forgets-decision' }))).toEqual(['AC1 agreement', 'AC2 no reversal']);
    expect(properties(simulate(config))).toEqual([]);
  });

  /** n3 is cut off just as it would hear the decision. */
  const cutOff: Fault[] = [{ do: 'partition', shape: { isolate: 'n3' }, when: { sent: 'Commit' }, for: seconds(1) }];

  it('presumes-abort-after-yes', () => {
    expect(properties(simulate({ faults: cutOff, bug: 'presumes-abort-after-yes' }))).toEqual(['AC1 agreement']);
    expect(properties(simulate({ faults: cutOff }))).toEqual([]);
  });

  it('forgets-before-acknowledged', () => {
    const config = { faults: cutOff, options: { presume: 'abort' } } as const;
    expect(properties(simulate({ ...config, bug: 'forgets-before-acknowledged' }))).toEqual(['AC1 agreement']);
    expect(properties(simulate(config))).toEqual([]);
  });
});

describe('the unmutated protocol stays clean under everything that its model allows', () => {
  const chaos: Fault[] = [
    { do: 'crash', whom: { random: 1 }, at: ms(300), every: ms(430), times: 6, for: ms(250) },
    { do: 'partition', shape: { halves: true }, at: ms(450), every: ms(610), times: 4, for: ms(330) },
    { do: 'link', rule: { loss: 0.1 }, at: ms(100), for: ms(2800) },
  ];
  const clients = { count: 3, operations: [{ request: 'begin', args: {} }], stop: seconds(3) } as const;

  it.each([
    ['nothing', false],
    ['abort', false],
    ['commit', false],
    ['nothing', true],
    ['abort', true],
    ['commit', true],
  ] as const)('presumed %s, cooperative %s', (presume, cooperative) => {
    const options: Partial<Options> = { presume, cooperative, repairedAfterMs: 3500 };
    const marks = new Map<string, number>();
    for (let seed = 0; seed < 6; seed++) {
      const simulation = new Simulation(
        configure({ seed: String(seed), nodes: 4, faults: chaos, clients, script: [], options, until: seconds(7) }),
      );
      const result = simulation.run();
      expect(result.violations, `seed ${seed}`).toEqual([]);
      for (const [name, times] of result.marks) marks.set(name, (marks.get(name) ?? 0) + times);
      const left = simulation.world.nodes.map(({ durable }) => (durable as TwoPhaseCommit['durable']).log.size);
      expect(left, `seed ${seed} leaves records behind`).toEqual([0, 0, 0, 0]);
    }
    for (const name of ['commit', 'abort', 'blocked']) expect(marks.get(name), name).toBeGreaterThan(0);
  });

  it.each([
    ['forgets-decision', {}],
    ['presumes-abort-after-yes', {}],
    ['forgets-before-acknowledged', { presume: 'abort' }],
  ] as const)('and %s does not', (bug, options) => {
    const config = { nodes: 4, faults: chaos, clients, script: [], options, until: seconds(4), bug } as const;
    // Each is found by a quarter of the seeds at least: that 40 of them miss it has odds of one to 100,000.
    expect(failing(40, config).flatMap(properties)).toContain('AC1 agreement');
  });

  it('nor do presumptions without sessions: an old Prepare that comes after all is over is answered, and then presumed upon', () => {
    const network = { transport: 'datagram', latency: { uniform: [ms(1), ms(600)] } } as const;
    const config = { nodes: 4, clients, script: [], network, options: { presume: 'commit' } } as const;
    expect(failing(10, config).flatMap(properties)).toContain('AC1 agreement');
    expect(failing(10, { ...config, network: { ...network, transport: 'connection' } })).toEqual([]);
  });

  it('is the same at both speeds, on a disk that loses what was not synced', () => {
    const disk = { syncLatency: { uniform: [ms(1), ms(5)] } } as const;
    for (let seed = 0; seed < 4; seed++) {
      const config = { seed: String(seed), nodes: 4, faults: chaos, clients, script: [], disk, until: seconds(5) };
      const direct = simulate(config);
      expect(direct.violations).toEqual([]);
      expect(simulate({ ...config, speed: 'recorded' }).digest).toBe(direct.digest);
    }
  });
});
