import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type RunResult } from '../../engine/index.js';
import { splitBrain, type SplitBrain } from '../../protocols/split-brain/protocol.js';
import { drawSwarm, runScenario, scenarioNamed, simulationConfig, withSettings } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';
import { named } from '../scenarios/catalogue-runs.js';

const SEEDS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];

function lostIn(
  name: string,
  changes: Readonly<Record<string, string>>,
  faults: Parameters<typeof runScenario>[1]['faults'] = [],
): number {
  const scenario = withSettings(named(name), changes);
  return SEEDS.filter((seed) => runScenario(scenario, { seed, faults }).violations[0]?.property === 'no write is lost')
    .length;
}

describe('one and the same partition', () => {
  it('the experiment: what each defence is worth', () => {
    const experiment = scenarioNamed('split-brain/side-by-side');
    if (experiment.kind !== 'experiment') throw new Error('it should be an experiment');
    const { comparisons, tables } = experiment.run({ seed: '1', settings: { runs: 5 }, progress: () => undefined });
    expect(comparisons.filter(({ holds }) => !holds)).toEqual([]);
    const [neither, quorum, fencing, both] = tables[0]!.rows.map((row) => row.slice(1).map(Number));
    const [SMALLER, LARGER, LOST, REFUSED, LEADERS] = [0, 1, 2, 3, 4];
    // Nearly half of what was acknowledged is gone, and nearly nothing was refused.
    expect(neither![LOST]! / (neither![SMALLER]! + neither![LARGER]!)).toBeGreaterThan(0.35);
    expect(neither![REFUSED]!).toBeLessThan(10);
    // The old leader goes on until it notices; fencing stops it when the new one has read.
    expect(both![SMALLER]!).toBeLessThan(quorum![SMALLER]! / 2);
    expect(both![LOST]).toBe(0);
    expect(fencing![LOST]!).toBeGreaterThan(0);
    expect(fencing![LEADERS]!).toBeGreaterThan(2);
  });

  it('a leader that gives up before another can be elected loses nothing, as long as nobody is frozen', () => {
    const early = { 'options.stepDownMs': '100' };
    expect(lostIn('split-brain/quorum', early)).toBe(0);
    const frozen = [{ do: 'pause', whom: 'n1', at: seconds(1), for: ms(800) }] as const;
    expect(lostIn('split-brain/quorum', early, frozen)).toBeGreaterThan(7);
    expect(lostIn('split-brain/quorum-and-fencing', early, frozen)).toBe(0);
  });
});

it('swarms find nothing in split-brain/stormy', () => {
  const scenario = named('split-brain/stormy');
  for (let seed = 1; seed <= 15; seed++) {
    const { added } = drawSwarm(scenario, `${seed}`);
    const { verdict, violations } = runScenario(scenario, { seed: `${seed}`, ...added, evidence: false });
    expect(verdict, `seed ${seed}: ${JSON.stringify(violations)}`).toBe('ok');
  }
});

describe('each invariant is seen to break, by a mistake made for it alone', () => {
  type Handlers = typeof splitBrain.onMessage;
  function run(mutation: Partial<Handlers>): RunResult {
    const protocol = { ...splitBrain, onMessage: { ...splitBrain.onMessage, ...mutation } };
    const config = simulationConfig(named('split-brain/quorum-and-fencing'), { seed: '1' });
    return new Simulation({ ...config, protocol }).run();
  }
  const said = (result: RunResult): string[] =>
    result.violations.map(({ property, message }) => `${property}: ${message}`);

  it('no write is lost: the storage reads wrongly', () => {
    const { Mounted } = splitBrain.onMessage;
    const mutation: Partial<Handlers> = {
      Mounted: (node, message, from) => Mounted(node, { ...message, value: message.value + 1 }, from),
    };
    expect(said(run(mutation))).toEqual([
      'no write is lost: storage has accepted 1 writes, and counts 2 after that of n1',
    ]);
  });

  it('one leader an epoch, and a majority elects: votes are granted by the candidate itself', () => {
    const { Vote } = splitBrain.onMessage;
    const mutation: Partial<Handlers> = {
      Vote: (node, message, from) => Vote(node, { ...message, granted: true }, from),
      RequestVote(node, { epoch }, from) {
        node.durable.epoch = epoch;
        node.send(from, { type: 'Vote', epoch, granted: false });
      },
    };
    expect(said(run(mutation))[0]).toMatch(/^a majority elects: n1 leads in epoch 1 by the votes of n1, of 5 nodes$/);
  });

  it('one leader an epoch: everybody leads who is asked for a vote', () => {
    const mutation: Partial<Handlers> = {
      RequestVote(node, { epoch }, from) {
        node.durable.epoch = epoch;
        node.durable.votedFor = from;
        node.send(from, { type: 'Vote', epoch, granted: true });
      },
      Heartbeat(node, { epoch }) {
        node.durable.epoch = epoch;
        node.volatile.role = 'leader';
      },
    };
    const all = new Simulation({
      ...simulationConfig(named('split-brain/quorum-and-fencing'), { seed: '1' }),
      protocol: { ...splitBrain, onMessage: { ...splitBrain.onMessage, ...mutation } },
      continueAfterViolation: true,
    }).run();
    expect(said(all)).toContainEqual(
      expect.stringMatching(/^one leader an epoch: n\d leads in epoch 1, and n1 has led in it$/),
    );
  });
});

describe('laws', () => {
  const config = { ...simulationConfig(named('split-brain/stormy'), { seed: '3' }), until: ms(5000) };
  it('the choices are the run', () => assertReplaysIdentically(config));
  it('one digest at both speeds', () => assertSameAtBothSpeeds(config, ['1', '2']));
  it('nothing of the machine is needed', () => assertRunsPoisoned(config));
});

it('an hour leaves no more behind than a minute', () => {
  const simulation = new Simulation({
    protocol: splitBrain,
    nodes: ['n1', 'n2', 'n3', 'storage'],
    options: { heartbeatMs: 1000, electionMs: 5000, stepDownMs: 10_000 },
    seed: '1',
    until: seconds(3600),
    clients: { count: 1, operations: [{ request: 'add', args: {} }], rate: 0.5 },
  });
  expect(simulation.run().violations).toEqual([]);
  for (const { volatile } of simulation.world.nodes) {
    expect((volatile as SplitBrain['volatile']).answered.size).toBeLessThanOrEqual(3);
  }
});
