import { describe, expect, it } from 'vitest';
import { Simulation } from '../../engine/index.js';
import {
  catalogue,
  runScenario,
  simulationConfig,
  withSettings,
  type Scenario,
  type ScenarioRun,
} from '../../scenarios/index.js';
import { named, runs } from './catalogue-runs.js';

const scenarios = catalogue.filter((entry): entry is Scenario => entry.kind === 'scenario');
const judgedBefore = new Map<string, readonly ScenarioRun[]>();

/** The runs of a scenario as it stands in the catalogue, each made once. */
function runsOf(name: string): readonly ScenarioRun[] {
  const judged = judgedBefore.get(name) ?? runs(named(name));
  judgedBefore.set(name, judged);
  return judged;
}

function average(judged: readonly ScenarioRun[], mark: string): number {
  return judged.reduce((sum, { result }) => sum + (result.marks.get(mark) ?? 0), 0) / judged.length;
}

describe('the catalogue', () => {
  it('names everything once, and in the folder of its protocol', () => {
    const names = catalogue.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    // What is about all stores is in no one's folder.
    const own = catalogue.filter(({ name }) => !name.startsWith('compare/'));
    for (const { name, protocol } of own) expect(name.startsWith(`${protocol.name}/`), name).toBe(true);
  });

  it('says what each is for', () => {
    for (const { name, summary, teaches } of catalogue) {
      expect(summary.length, name).toBeLessThan(140);
      expect(teaches, name).toBeTruthy();
    }
  });
});

/** Chance alone decides here: see below. */
const BY_CHANCE = 'two-generals/lossy-messengers';

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (name, scenario) => {
  if (name !== BY_CHANCE) {
    it('ends as it says, whatever the seed', () => {
      for (const { seed, expected, violations, undecided } of runsOf(name)) {
        expect(expected, `seed ${seed}: ${undecided ?? ''} ${JSON.stringify(violations)}`).toBe(true);
      }
    });
  }
  it('is the same at both speeds', () => {
    const [direct] = runsOf(name);
    const recorded = new Simulation({ ...simulationConfig(scenario, { seed: direct!.seed }), speed: 'recorded' }).run();
    expect(recorded.digest).toBe(direct!.result.digest);
  });
});

describe('each shows what it is there to show', () => {
  it.each([
    ['raft/happy-path', 'became-leader', 1, 1],
    ['raft/leader-crash', 'became-leader', 2, 10],
    ['raft/majority-partition', 'update-overwritten', 0.5, Infinity],
    ['raft/minority-partition', 'became-leader', 1.2, 3],
    ['raft/paused-leader', 'became-leader', 3, 6],
    ['raft/flapping-link', 'became-leader', 8, Infinity],
    ['raft/pre-vote', 'became-leader', 1, 2],
    ['raft/deaf-leader', 'lost-quorum', 1, 2],
    ['raft/quorum-loss', 'lost-quorum', 1, 2],
    ['raft/log-compaction', 'installed-snapshot', 1, Infinity],
    ['raft/log-compaction', 'compacted-log', 5, Infinity],
    ['raft/unsynced-disk', 'dropped-torn-tail', 0.5, Infinity],
    ['raft/rolling-upgrade', 'became-pre-candidate', 0.5, Infinity],
    ['raft/clock-skew-lease', 'lease-read-served', 200, Infinity],
    ['two-phase-commit/happy-path', 'abort', 1, Infinity],
    ['two-phase-commit/coordinator-crash', 'blocked', 2, 2],
    ['two-phase-commit/cooperative-termination', 'blocked', 0, 0],
    ['two-phase-commit/uncertain-together', 'blocked', 2, 2],
    ['two-phase-commit/stormy', 'blocked', 1, Infinity],
  ])('%s: %s', (name, mark, least, most) => {
    const times = average(runsOf(name), mark);
    expect(times).toBeGreaterThanOrEqual(least);
    expect(times).toBeLessThanOrEqual(most);
  });

  it('a deaf leader that does not check its quorum keeps everybody waiting', () => {
    const duringFault = (quorum: boolean): number => {
      const scenario = withSettings(named('raft/deaf-leader'), { 'options.checkQuorum': String(quorum) });
      const { history } = runScenario(scenario, { seed: '1' }).result;
      return history.filter(({ type, time }) => type === 'ok' && time > 3_000_000 && time < 5_000_000).length;
    };
    expect(duringFault(true)).toBeGreaterThan(20);
    expect(duringFault(false)).toBe(0);
  });

  it('without pre-vote the flapping link is back', () => {
    const scenario = withSettings(named('raft/pre-vote'), {
      'options.preVote': 'false',
      'options.checkQuorum': 'false',
    });
    expect(average(runs(scenario), 'became-leader')).toBeGreaterThan(5);
  });

  it('lossy messengers part the generals in about one run of ten', () => {
    const generals = named(BY_CHANCE);
    const parted = Array.from({ length: 1000 }, (_, seed) => runScenario(generals, { seed: String(seed) })).filter(
      ({ verdict, violations }) => verdict === 'violation' && violations[0]?.property === 'coordinated attack',
    );
    // 0.8³ · 0.2, within four standard deviations.
    expect(Math.abs(parted.length / 1000 - 0.1024)).toBeLessThan(4 * Math.sqrt((0.1024 * 0.8976) / 1000));
  });
});
