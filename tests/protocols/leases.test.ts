import { describe, expect, it } from 'vitest';
import { ms, Simulation, type RunResult } from '../../engine/index.js';
import { leases, type Leases } from '../../protocols/leases/protocol.js';
import { drawSwarm, runScenario, simulationConfig, withSettings, type ScenarioRun } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';
import { named } from '../scenarios/catalogue-runs.js';

const SEEDS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];

function swarm(name: string, seed: string): ScenarioRun {
  const scenario = named(name);
  const { added } = drawSwarm(scenario, seed);
  return runScenario(scenario, { seed, ...added, evidence: false });
}

const first = ({ violations }: ScenarioRun): string | undefined => violations[0]?.property;

describe('a lock without fencing tokens: two holders write', () => {
  it.each(['leases/paused-holder', 'leases/delayed-write', 'leases/clock-jump'])('%s', (name) => {
    for (const seed of SEEDS) {
      const scenario = named(name);
      expect(first(runScenario(scenario, { seed, bug: 'checks-no-token' })), seed).toBe('no write is lost');
      expect(first(runScenario(withSettings(scenario, { 'options.fencing': 'false' }), { seed })), seed).toBe(
        'no write is lost',
      );
      const { result, verdict } = runScenario(scenario, { seed });
      expect(verdict, seed).toBe('ok');
      expect(result.marks.get('fenced'), seed).toBeGreaterThan(0);
    }
  });
});

describe('swarms find nothing', () => {
  it.each([
    ['leases/stormy', 30],
    ['leases/without-fencing', 40],
  ] as const)('%s, %d seeds', (name, seeds) => {
    for (let seed = 1; seed <= seeds; seed++) {
      const { verdict, violations } = swarm(name, `${seed}`);
      expect(verdict, `seed ${seed}: ${JSON.stringify(violations)}`).toBe('ok');
    }
  });

  // A node that woke from a pause sent a client away before it had looked at its clock (seed 955 of an earlier plan).
  it('nor when a client is sent away by a node that was frozen past its lease', () => {
    const add = (atMs: number, client: number, target: string) => ({
      at: ms(atMs),
      client: `c${client}`,
      request: 'add',
      args: {},
      target,
    });
    const full = Array.from({ length: 10 }, (_, i) => add(10 + i, i + 1, 'a'));
    const result = new Simulation({
      protocol: leases,
      nodes: ['lock', 'storage', 'a', 'b'],
      seed: '1',
      until: ms(9000),
      options: { workMs: 400 },
      network: { latency: { constant: ms(5) } },
      // It has begun with the first, and has ten waiting, when it is frozen.
      script: [...full, add(22, 11, 'a'), add(100, 12, 'a'), add(2000, 13, 'b')],
      faults: [{ do: 'pause', whom: 'a', when: { mark: 'checked-lease' }, for: ms(6000) }],
    }).run();
    expect(result.violations).toEqual([]);
  });
});

describe('each invariant is seen to break, by a mistake made for it alone', () => {
  type Handlers = typeof leases.onMessage;
  function run(mutation: Partial<Handlers>): RunResult {
    const protocol = { ...leases, onMessage: { ...leases.onMessage, ...mutation } };
    const config = simulationConfig(named('leases/happy-path'), { seed: '1' });
    return new Simulation({ ...config, protocol }).run();
  }
  const said = (result: RunResult): string[] =>
    result.violations.map(({ property, message }) => `${property}: ${message}`);

  it('no write is lost: a write counts for nothing', () => {
    const { Write } = leases.onMessage;
    const mutation: Partial<Handlers> = {
      Write: (node, message, from) => Write(node, { ...message, value: message.value - 1 }, from),
    };
    expect(said(run(mutation))).toEqual([
      expect.stringMatching(/^no write is lost: storage has accepted 1 writes, and counts 0 after that of [abc]$/),
    ]);
  });

  it('tokens rise: the service counts backwards', () => {
    const { Acquire } = leases.onMessage;
    const mutation: Partial<Handlers> = {
      Acquire(node, message, from) {
        node.volatile.service.grants -= 2;
        Acquire(node, message, from);
      },
    };
    expect(said(run(mutation))[0]).toMatch(/^tokens rise: [abc] is granted 1\.-\d+, after 1\.-\d+ for [abc]$/);
  });

  it('one valid lease: everybody is granted one', () => {
    const { Acquire } = leases.onMessage;
    const mutation: Partial<Handlers> = {
      Acquire(node, message, from) {
        node.volatile.service.freeAt = -Infinity;
        Acquire(node, message, from);
        node.volatile.service.freeAt = 0;
      },
    };
    expect(said(run(mutation))[0]).toMatch(
      /^one valid lease: [abc] still has the lease 1\.\d+, and [abc] has got 1\.\d+$/,
    );
  });

  it('only old tokens are refused: the storage has seen a token that nobody was granted', () => {
    const { Read } = leases.onMessage;
    const mutation: Partial<Handlers> = {
      Read(node, message, from) {
        node.durable.storage.highest = { epoch: 9, number: 9 };
        Read(node, message, from);
      },
    };
    expect(said(run(mutation))).toEqual([
      'only old tokens are refused: storage refuses 1.1, and nobody has a higher token',
    ]);
  });
});

describe('laws', () => {
  const config = { ...simulationConfig(named('leases/stormy'), { seed: '3' }), until: ms(6000) };
  it('the choices are the run', () => assertReplaysIdentically(config));
  it('one digest at both speeds', () => assertSameAtBothSpeeds(config, ['1', '2']));
  it('nothing of the machine is needed', () => assertRunsPoisoned(config));
});

it('an hour leaves no more behind than a minute', () => {
  const clients = { count: 3, operations: [{ request: 'add', args: {} }], target: { nodes: ['a', 'b'] }, rate: 1 };
  const simulation = new Simulation({
    protocol: leases,
    nodes: ['lock', 'storage', 'a', 'b'],
    seed: '1',
    until: ms(3_600_000),
    clients,
  });
  expect(simulation.run().violations).toEqual([]);
  for (const { volatile } of simulation.world.nodes) {
    expect((volatile as Leases['volatile']).holder.waiting.length).toBeLessThanOrEqual(10);
  }
});
