import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ms,
  Simulation,
  type Fault,
  type PartitionShape,
  type SimulationConfig,
  type World,
} from '../../engine/index.js';
import { eventsOf, probe, quiet, runQuiet } from './probe.js';

/** Everybody writes and pings all the time; a node that lost its data asks the others for it after 30 ms. */
const busy = probe({
  durable: () => ({ n: 0, whole: false }),
  onStart(node, { reason, damage }) {
    if (reason === 'first') node.durable['whole'] = true;
    if (damage.length > 0) node.durable['whole'] = false;
    node.setTimer('tick', ms(7));
    if (!node.durable['whole']) node.setTimer('recover', ms(30));
  },
  onTimer: {
    tick(node) {
      node.durable['n']++;
      node.broadcast({ type: 'Ping' });
      node.setTimer('tick', ms(7));
    },
    recover(node) {
      node.durable['whole'] = true;
    },
  },
  onMessage: { Ping: () => undefined },
  recovered: (node) => node.durable['whole'] === true,
});

/** Keeps nothing, and asks the others for it after 30 ms. */
const diskless = probe({
  volatile: () => ({ whole: true }),
  onStart(node, { reason }) {
    node.volatile['whole'] = reason === 'first';
    node.setTimer('recover', ms(30));
  },
  onTimer: {
    recover(node) {
      node.volatile['whole'] = true;
    },
  },
  recovered: (node) => node.volatile['whole'] === true,
});

const base = (nodes: number): SimulationConfig => ({
  ...quiet({ protocol: busy, nodes }),
  until: ms(400),
  disk: { syncLatency: { constant: ms(1) } },
  survivable: true,
});

function told(faults: readonly Fault[], nodes = 5, config: Partial<SimulationConfig> = {}): string[] {
  const result = new Simulation({ ...base(nodes), faults, ...config }).run();
  return eventsOf(result, 'fault').map(({ name, why }) => `${name} ${why}`);
}

const crash = (whom: string | string[], at: number, rest: object = {}): Fault =>
  ({ do: 'crash', whom, at: ms(at), ...rest }) as Fault;

describe('a survivable plan', () => {
  it('leaves out what would take the majority, and says so', () => {
    expect(told([crash('n1', 10), crash(['n2', 'n3', 'n4'], 20)])).toEqual([
      'begin crash n1',
      'skipped crash n2 n3 n4 is left out: no majority would be left',
      'begin crash n2',
    ]);
  });

  it('without the word, everything is allowed', () => {
    expect(told([crash('all', 10)], 3, { survivable: false })).toEqual(['begin crash n1 n2 n3']);
  });

  it('allows again what has been repaired', () => {
    expect(told([crash(['n1', 'n2'], 10, { for: ms(10) }), crash(['n3', 'n4'], 30)])).toEqual([
      'begin crash n1 n2',
      'end crash n1 n2',
      'begin crash n3 n4',
    ]);
  });

  it('counts whoever is cut off, paused, or out of room', () => {
    const others: Fault[] = [
      { do: 'partition', shape: { isolate: 'n1' }, at: ms(5) },
      { do: 'pause', whom: 'n1', at: ms(5) },
      { do: 'disk', how: 'full', whom: 'n1', at: ms(5) },
      { do: 'link', from: 'n1', rule: {}, at: ms(5) },
    ];
    const allowed = others.map(
      (fault) =>
        told([fault, crash('n2', 6)], 3)
          .at(-1)!
          .split(' ')[0],
    );
    expect(allowed).toEqual(['skipped', 'skipped', 'skipped', 'begin']);
  });

  it('strikes again who is struck already', () => {
    const faults: Fault[] = [{ do: 'partition', shape: { isolate: 'n1' }, at: ms(5) }, crash('n1', 6)];
    expect(told(faults, 3)).toEqual(['begin partition {n1} | {n2 n3}', 'begin crash n1']);
  });

  it('judges a cut together with what is down', () => {
    const isolate = (whom: string, at: number): Fault => ({ do: 'partition', shape: { isolate: whom }, at: ms(at) });
    expect(told([crash('n1', 5), isolate('n2', 6)], 3).at(-1)).toMatch(/^skipped/);
    expect(told([crash('n1', 5), isolate('n2', 6), isolate('n3', 7)], 5).map((line) => line.split(' ')[0])).toEqual([
      'begin',
      'begin',
      'skipped',
    ]);
    // A hub sees everybody, and yet no majority can talk among itself.
    expect(told([{ do: 'partition', shape: { hub: 'n1' }, at: ms(5) }], 5)[0]).toMatch(/^skipped/);
    expect(told([{ do: 'partition', shape: { bridge: 'n3' }, at: ms(5) }], 5)[0]).toMatch(/^begin/);
  });

  it('counts a wiped node until it has recovered', () => {
    const wiped = crash('n1', 10, { disk: 'wiped', for: ms(1) });
    expect(told([wiped, crash('n2', 30)], 3).at(-1)).toMatch(/^skipped/);
    expect(told([wiped, crash('n2', 60)], 3).at(-1)).toMatch(/^begin/);
    const { recovered: _, ...forgetful } = busy;
    expect(told([wiped, crash('n2', 300)], 3, { protocol: forgetful as never }).at(-1)).toMatch(/^skipped/);
  });

  it('a slow node is no lost one, also where it is busy at that moment', () => {
    const slow: Fault = { do: 'slow', whom: 'n1', processing: { constant: ms(100) }, at: ms(1) };
    expect(told([slow, crash('n2', 20), crash('n1', 21)], 3).at(-1)).toMatch(/^skipped crash n1/);
  });

  it('where nothing is durable, every crash is a loss until the node has recovered', () => {
    const restart: Fault = { do: 'restart', whom: 'n2', at: ms(30) };
    const first = crash('n1', 10, { for: ms(1) });
    const upgrade: Fault = { do: 'upgrade', whom: 'n2', at: ms(30) };
    for (const second of [crash('n2', 30), restart, upgrade]) {
      expect(told([first, second], 3, { protocol: diskless }).at(-1)).toMatch(/^skipped/);
      expect(told([first, { ...second, at: ms(60) }], 3, { protocol: diskless }).at(-1)).toMatch(/^begin/);
    }
    // A disk keeps what matters.
    expect(told([first, restart], 3).at(-1)).toMatch(/^begin/);
  });

  it('counts a node that lost what its disk had called synced', () => {
    const { recovered: _, ...forgetful } = busy;
    const config: Partial<SimulationConfig> = {
      protocol: forgetful as never,
      disk: { syncLatency: { constant: ms(1) }, lyingSync: 1 },
      choices: { overrides: new Map([['disk.survivors n1#1', 0]]) },
    };
    const faults = [crash('n1', 20, { for: ms(1) }), crash('n2', 100)];
    expect(told(faults, 3, config).at(-1)).toMatch(/^skipped/);
    expect(told(faults, 3, { ...config, disk: { syncLatency: { constant: ms(1) } } }).at(-1)).toMatch(/^begin/);
  });

  it('keeps a majority whole at every moment, whatever is planned', () => {
    const name = (nodes: number) => fc.integer({ min: 1, max: nodes }).map((n) => `n${n}`);
    const some = (nodes: number) =>
      fc.oneof(name(nodes), fc.array(name(nodes), { minLength: 1, maxLength: 3 }), fc.constant({ random: 2 }));
    const shape = (nodes: number): fc.Arbitrary<PartitionShape> =>
      fc.oneof(
        some(nodes).map((isolate) => ({ isolate })),
        fc.constant<PartitionShape>({ halves: true }),
        fc.constant<PartitionShape>({ ring: 'majorities' }),
        name(nodes).map((bridge) => ({ bridge })),
        name(nodes).map((hub) => ({ hub })),
        fc.constant<PartitionShape>({ chain: true }),
        fc.tuple(some(nodes), some(nodes)).map(([from, to]) => ({ from, to })),
      );
    const plan = (nodes: number): fc.Arbitrary<Fault[]> => {
      const action = fc.oneof(
        fc.record({
          do: fc.constant('crash' as const),
          whom: some(nodes),
          disk: fc.constantFrom('kept' as const, 'wiped' as const),
        }),
        fc.record({ do: fc.constant('pause' as const), whom: some(nodes) }),
        fc.record({ do: fc.constant('stop' as const), whom: name(nodes) }),
        fc.record({ do: fc.constant('restart' as const), whom: some(nodes) }),
        fc.record({ do: fc.constant('partition' as const), shape: shape(nodes) }),
        fc.record({ do: fc.constant('heal' as const) }),
        fc.record({
          do: fc.constant('disk' as const),
          whom: some(nodes),
          how: fc.constantFrom('full' as const, 'corrupt' as const, 'unreadable' as const),
        }),
      );
      const when = fc.record({
        at: fc.integer({ min: 5, max: 300 }).map(ms),
        for: fc.option(fc.integer({ min: 1, max: 120 }).map(ms), { nil: undefined }),
      });
      const line = fc
        .tuple(action, when)
        .map(
          ([what, { at, for: lasts }]) => ({ ...what, at, ...(lasts === undefined ? {} : { for: lasts }) }) as Fault,
        );
      return fc.array(line, { minLength: 1, maxLength: 10 });
    };
    const systems = fc
      .integer({ min: 3, max: 6 })
      .chain((nodes) => fc.record({ nodes: fc.constant(nodes), faults: plan(nodes), seed: fc.string() }));
    let skipped = 0;
    let taken = 0;
    fc.assert(
      fc.property(systems, ({ nodes, faults, seed }) => {
        const { worst, result } = watched({ ...base(nodes), faults, seed });
        expect(worst).toBeGreaterThan(nodes / 2);
        skipped += eventsOf(result, 'fault').filter((event) => event.name === 'skipped').length;
        if (worst < nodes) taken++;
      }),
      { numRuns: 120 },
    );
    // The property is about something: much was done, and much was left out.
    expect(skipped).toBeGreaterThan(50);
    expect(taken).toBeGreaterThan(80);
  });

  it('the property above notices when nobody takes care', () => {
    const faults = [crash(['n1', 'n2'], 10)];
    expect(watched({ ...base(3), faults, survivable: false }).worst).toBe(1);
    const cut: Fault[] = [{ do: 'partition', shape: { hub: 'n2' }, at: ms(5) }];
    expect(watched({ ...base(3), faults: cut, survivable: false }).worst).toBe(2);
    expect(watched({ ...base(5), faults: cut, survivable: false }).worst).toBe(2);
  });

  /** The smallest largest set of whole nodes that all reach one another, over the whole run; found by looking, not by asking. */
  function watched(config: SimulationConfig) {
    const nodes = config.nodes as number;
    let worst = nodes;
    const holder: { simulation?: Simulation } = {};
    const invariant = {
      name: 'majority',
      says: '',
      memory: () => null,
      afterStep(_: unknown, __: unknown, world: World) {
        // At first nobody has data yet.
        if (world.now > 0) worst = Math.min(worst, largestClique(holder.simulation!, world, nodes));
        return null;
      },
    };
    const protocol = { ...config.protocol, invariants: [invariant] } as unknown as SimulationConfig['protocol'];
    holder.simulation = new Simulation({ ...config, protocol });
    return {
      result: holder.simulation.run(),
      get worst() {
        return worst;
      },
    };
  }

  interface Inside {
    kernel: {
      nodes: { paused: Uint8Array; disks: ({ disk: { full: boolean } } | undefined)[] };
      network: { links: { reachable(a: number, b: number): boolean } };
    };
  }

  function largestClique(simulation: Simulation, world: World, nodes: number): number {
    const { kernel } = simulation as unknown as Inside;
    const whole = Array.from({ length: nodes }, (_, i) => i).filter((i) => {
      const view = world.node(`n${i + 1}` as never);
      return view?.up === true && kernel.nodes.paused[i] === 0 && (view.durable as { whole?: boolean }).whole === true;
    });
    const { links } = kernel.network;
    const talk = (a: number, b: number): boolean => links.reachable(a, b) && links.reachable(b, a);
    let best = 0;
    for (let set = 1; set < 1 << whole.length; set++) {
      const members = whole.filter((_, i) => (set & (1 << i)) !== 0);
      if (members.length > best && members.every((a) => members.every((b) => a === b || talk(a, b))))
        best = members.length;
    }
    return best;
  }

  it('says who was left out in the note that pictures draw', () => {
    const result = runQuiet({ protocol: busy, faults: [crash(['n1', 'n2'], 5)], survivable: true });
    expect(eventsOf(result, 'fault')[0]).toMatchObject({
      name: 'skipped',
      body: { family: 'crash', nodes: ['n1', 'n2'] },
    });
  });
});
