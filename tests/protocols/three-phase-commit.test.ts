import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type RunResult } from '../../engine/index.js';
import { threePhaseCommit, type ThreePhaseCommit } from '../../protocols/three-phase-commit/protocol.js';
import { drawSwarm, runScenario, scenarioNamed, simulationConfig } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';
import { named } from '../scenarios/catalogue-runs.js';

type Handlers = typeof threePhaseCommit.onMessage;

it('costs what the book says, and does not wait where two-phase commit does', () => {
  const experiment = scenarioNamed('three-phase-commit/against-two-phase-commit');
  if (experiment.kind !== 'experiment') throw new Error('it should be an experiment');
  const { comparisons } = experiment.run({ seed: '1', settings: {}, progress: () => undefined });
  expect(comparisons.filter(({ holds }) => !holds)).toEqual([]);
  expect(comparisons).toHaveLength(20);
});

it('swarms find nothing in three-phase-commit/stormy', () => {
  const scenario = named('three-phase-commit/stormy');
  for (let seed = 1; seed <= 8; seed++) {
    const { added } = drawSwarm(scenario, `${seed}`);
    const { verdict, violations } = runScenario(scenario, { seed: `${seed}`, ...added, evidence: false });
    expect(verdict, `seed ${seed}: ${JSON.stringify(violations)}`).toBe('ok');
  }
});

it('leaves nothing behind', () => {
  const config = simulationConfig(named('three-phase-commit/stormy'), { seed: '1' });
  const simulation = new Simulation({ ...config, until: seconds(12) });
  expect(simulation.run().violations).toEqual([]);
  for (const { durable, volatile, id } of simulation.world.nodes) {
    const { live, unacknowledged } = volatile as ThreePhaseCommit['volatile'];
    expect([(durable as ThreePhaseCommit['durable']).log.size, live.size, unacknowledged.size], id).toEqual([0, 0, 0]);
  }
});

describe('each of its own properties is seen to break, by a mistake made for it alone', () => {
  function run(mutation: Partial<Handlers>, name: string): RunResult {
    const protocol = { ...threePhaseCommit, onMessage: { ...threePhaseCommit.onMessage, ...mutation } };
    const config = simulationConfig(named(name), { seed: '1' });
    return new Simulation({ ...config, protocol, options: { ...config.options, repairedAfterMs: 0 } }).run();
  }
  const said = (result: RunResult): string[] =>
    result.violations.map(({ property, message }) => `${property}: ${message}`);

  it('non-blocking: nobody answers a new coordinator, which then waits for ever', () => {
    const { StateReq } = threePhaseCommit.onMessage;
    const mutation: Partial<Handlers> = {
      // It takes orders from the new coordinator anew each time, and never loses patience with it.
      StateReq(node, message, from) {
        StateReq(node, message, from);
        node.send(from, { type: 'UrElected', txn: message.txn });
      },
      State: (node, { txn }, from) => node.send(from, { type: 'StateReq', txn }),
      UrElected: (node, { txn }) => node.setTimer('timeout', seconds(60), { txn }, txn),
    };
    expect(said(run(mutation, 'three-phase-commit/uncertain-together'))[0]).toMatch(
      /^non-blocking: n\d has not failed, and not decided on c1#\S+ for 1\.\d+ s$/,
    );
  });

  it('AC1 and AC3, which it shares with two-phase commit', () => {
    const opposite: Partial<Handlers> = {
      Commit: (node, { txn }, from) => threePhaseCommit.onMessage.Abort(node, { type: 'Abort', txn }, from),
    };
    expect(said(run(opposite, 'three-phase-commit/happy-path'))[0]).toMatch(/^AC1 agreement: /);
    const deaf: Partial<Handlers> = {
      No: (node, { txn }, from) => threePhaseCommit.onMessage.Yes(node, { type: 'Yes', txn }, from),
    };
    expect(said(run(deaf, 'three-phase-commit/happy-path'))[0]).toMatch(/^AC[13] /);
  });
});

describe('laws', () => {
  const config = { ...simulationConfig(named('three-phase-commit/stormy'), { seed: '3' }), until: ms(2500) };
  it('the choices are the run', () => assertReplaysIdentically(config));
  it('one digest at both speeds', () => assertSameAtBothSpeeds(config, ['1', '2']));
  it('nothing of the machine is needed', () => assertRunsPoisoned(config));
});
