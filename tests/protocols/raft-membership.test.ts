import { describe, expect, it } from 'vitest';
import { Simulation } from '../../engine/index.js';
import type { RaftVolatile } from '../../protocols/raft/protocol.js';
import { drawSwarm, runScenario, scenarioNamed, simulationConfig, type Scenario } from '../../scenarios/index.js';

const named = (name: string): Scenario => scenarioNamed(name) as Scenario;

/** The states in which a run of a scenario ends. */
function end(name: string, seed: string): { id: string; volatile: RaftVolatile }[] {
  const simulation = new Simulation(simulationConfig(named(name), { seed }));
  expect(simulation.run().violations).toEqual([]);
  return ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'].flatMap((id) => {
    const node = simulation.node(id);
    return node?.up === true ? [{ id, volatile: node.volatile as RaftVolatile }] : [];
  });
}

const voters = ({ volatile }: { volatile: RaftVolatile }): readonly string[] =>
  volatile.configurations.at(-1)!.configuration.voters;

describe('change of membership in a simulation', () => {
  it('one by one: the cluster ends as three other servers, and the old ones can go', () => {
    for (const seed of ['1', '2', '3']) {
      const states = end('raft/membership-change', seed);
      expect(states.map(({ id }) => id)).toEqual(['n3', 'n4', 'n5']);
      for (const state of states) expect(voters(state)).toEqual(['n3', 'n4', 'n5']);
    }
  });

  it('jointly: all are replaced at once', () => {
    for (const seed of ['1', '2', '3']) {
      for (const state of end('raft/joint-consensus', seed)) expect(voters(state)).toEqual(['n4', 'n5', 'n6']);
    }
  });

  it('a learner becomes a voter, and takes the place of one', () => {
    for (const seed of ['1', '2', '3']) {
      const states = end('raft/learner', seed);
      expect(states.map(({ id }) => id)).toEqual(['n2', 'n3', 'n4']);
      for (const state of states) expect(voters(state)).toEqual(['n2', 'n3', 'n4']);
    }
  });

  it('removed servers disturb nobody, because votes are refused while a leader is heard', () => {
    const leaders = (checkQuorum: boolean, seed: string): number => {
      const scenario = named('raft/removed-server');
      const config = simulationConfig(scenario, { seed });
      const result = new Simulation({ ...config, options: { ...config.options, checkQuorum } }).run();
      expect(result.violations).toEqual([]);
      return result.marks.get('became-leader') ?? 0;
    };
    for (const seed of ['1', '2', '3']) {
      expect(leaders(true, seed)).toBeLessThanOrEqual(2);
      expect(leaders(false, seed)).toBeGreaterThan(4);
    }
  });

  it('leadership goes where it is sent, and stays where its target is cut off', () => {
    const { result } = runScenario(named('raft/leadership-transfer'), { seed: '1' });
    expect(result.marks.get('told-to-stand')).toBeGreaterThanOrEqual(3);
    expect(result.marks.get('gave-up-transfer')).toBe(1);
    expect(result.history.filter(({ f, type }) => f === 'transferLeadership' && type === 'ok')).toHaveLength(5);
  });

  it.each(['5051', '9733'])('a cluster of one may lose what its disk has not synced: seed %s', (seed) => {
    const scenario = named('raft/stormy-membership');
    const { added } = drawSwarm(scenario, seed);
    const { verdict, violations } = runScenario(scenario, { seed, ...added });
    expect(verdict, JSON.stringify(violations)).toBe('ok');
  });

  it('a follower that refuses for ever does not make its leader send more and more', () => {
    const scenario = named('raft/stormy-membership');
    const { added } = drawSwarm(scenario, '10');
    const { result } = runScenario(scenario, { seed: '10', ...added, bug: 'keeps-conflicting-entry' });
    expect(result.ending).toBe('finished');
    expect(result.events).toBeLessThan(100_000);
  });

  it('under storm every stage is met, and nothing breaks', () => {
    const scenario = named('raft/stormy-membership');
    const reached = new Map<string, number>();
    for (let seed = 1; seed <= 8; seed += 1) {
      const { added } = drawSwarm(scenario, `${seed}`);
      const { verdict, violations, result } = runScenario(scenario, { seed: `${seed}`, ...added });
      expect(verdict, `seed ${seed}: ${JSON.stringify(violations)}`).toBe('ok');
      for (const [mark, count] of result.marks) reached.set(mark, (reached.get(mark) ?? 0) + count);
    }
    for (const mark of [
      'began-catch-up',
      'caught-up',
      'appended-configuration',
      'removed-itself',
      'told-to-stand',
      'installed-snapshot',
      'truncated-log',
    ]) {
      expect(reached.get(mark) ?? 0, mark).toBeGreaterThan(0);
    }
  });
});
