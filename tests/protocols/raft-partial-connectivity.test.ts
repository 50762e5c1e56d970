import { describe, expect, it } from 'vitest';
import { Simulation } from '../../engine/index.js';
import { judge, scenarioNamed, simulationConfig, type Scenario } from '../../scenarios/index.js';

// Which of the three partial partitions of Omni-Paxos (Ng, Haridi, Carbone, EuroSys 2023) Raft survives, by options.

const SEEDS = ['1', '2', '3'];
const OPTIONS = [false, true].flatMap((preVote) => [false, true].map((checkQuorum) => ({ preVote, checkQuorum })));

function outcomes(name: string, options: object): { verdict: string; leaders: number }[] {
  const scenario = scenarioNamed(name) as Scenario;
  return SEEDS.map((seed) => {
    const config = simulationConfig(scenario, { seed });
    const result = new Simulation({ ...config, options: { ...config.options, ...options } }).run();
    const { violations } = judge(scenario, { seed, evidence: false }, result);
    return { verdict: violations[0]?.property ?? 'ok', leaders: result.marks.get('became-leader') ?? 0 };
  });
}

const verdicts = (name: string, options: object): string[] => outcomes(name, options).map(({ verdict }) => verdict);

describe('quorum loss', () => {
  it.each(OPTIONS)('preVote: $preVote, checkQuorum: $checkQuorum', (options) => {
    // Pre-vote protects a leader that has lost its majority, unless checkQuorum makes it step down.
    const wanted = options.preVote && !options.checkQuorum ? 'progress' : 'ok';
    expect(verdicts('raft/quorum-loss-stuck', options)).toEqual(SEEDS.map(() => wanted));
  });
});

describe('constrained election', () => {
  it.each(OPTIONS)('no leader with preVote: $preVote, checkQuorum: $checkQuorum', (options) => {
    expect(verdicts('raft/constrained-election', options)).toEqual(SEEDS.map(() => 'progress'));
  });
});

describe('chained', () => {
  it.each(OPTIONS)('preVote: $preVote, checkQuorum: $checkQuorum', (options) => {
    const leaders = outcomes('raft/chained', options).map(({ leaders }) => leaders);
    // Either has the middle one refuse while it hears the leader.
    if (options.preVote || options.checkQuorum) expect(leaders).toEqual(SEEDS.map(() => 1));
    else expect(Math.max(...leaders)).toBeGreaterThan(3);
  });
});
