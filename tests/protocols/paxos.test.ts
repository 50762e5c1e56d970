import { describe, expect, it } from 'vitest';
import { ms, nodeId, Simulation, type Invariant, type NodeView, type World } from '../../engine/index.js';
import { fuzzSeed } from '../../fuzz/index.js';
import { compareBallots, laterBallot, type Ballot } from '../../protocols/parts/ballot.js';
import { agreement, ballotMonotonicity, integrity, validity } from '../../protocols/paxos/invariants.js';
import { paxos, type Paxos } from '../../protocols/paxos/protocol.js';
import { runScenario, scenarioNamed, simulationConfig, type Scenario } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';

function named(name: string): Scenario {
  const found = scenarioNamed(name);
  if (found.kind !== 'scenario') throw new Error(`${name} is no scenario`);
  return found;
}

const SEEDS = ['1', '2', '3', '4', '5'];

describe.each(Object.entries(paxos.bugs))('%s', (bug, { property, scenario }) => {
  it(`breaks ${property} in its scenario, whatever the seed`, () => {
    const broken = SEEDS.map((seed) => runScenario(named(scenario), { seed, bug }).violations[0]?.property);
    expect(broken).toEqual(SEEDS.map(() => property));
  });

  it('and the correct protocol does not', () => {
    for (const seed of SEEDS) expect(runScenario(named(scenario), { seed }).verdict).toBe('ok');
  });
});

it('an acceptor that votes below its promise lets two values be chosen', () => {
  const config = simulationConfig(named('paxos/bug-late-accept'), { seed: '1', bug: 'accepts-below-promise' });
  const { violations } = new Simulation({ ...config, continueAfterViolation: true }).run();
  expect(violations.map(({ property }) => property)).toContain('Agreement');
});

describe('progress', () => {
  it('two proposers with fixed time-outs choose nothing, however long they try', () => {
    for (const seed of SEEDS) {
      const { result, violations } = runScenario(named('paxos/duelling-proposers'), { seed });
      expect(violations.map(({ property }) => property)).toEqual(['progress']);
      expect(result.marks.get('began-ballot')).toBeGreaterThan(350);
      expect(result.marks.get('learned')).toBeUndefined();
    }
  });

  it.each(['paxos/random-back-off', 'paxos/distinguished-proposer'])('%s cures it', (name) => {
    for (const seed of SEEDS) {
      const { verdict, result } = runScenario(named(name), { seed });
      expect(verdict).toBe('ok');
      expect(result.history.filter(({ type }) => type === 'ok')).toHaveLength(2);
      expect(result.marks.get('began-ballot')).toBeLessThan(20);
    }
  });

  it('a minority chooses nothing', () => {
    const { result } = runScenario(named('paxos/no-majority'), { seed: '1' });
    expect(result.marks.get('learned')).toBeUndefined();
  });
});

describe('whatever goes wrong', () => {
  it.each(['paxos/stormy', 'paxos/lossy-disks'])('%s: swarms of faults find nothing', (name) => {
    const marks = new Map<string, number>();
    for (let seed = 1; seed <= 100; seed++) {
      const {
        verdict,
        property,
        message,
        marks: its,
      } = fuzzSeed(named(name), `${seed}`, { settings: {}, both: seed % 15 === 0 });
      expect(verdict, `seed ${seed}: ${property} ${message}`).toBe('ok');
      for (const [mark, count] of Object.entries(its)) marks.set(mark, (marks.get(mark) ?? 0) + count);
    }
    for (const mark of ['learned', 'adopted-value', 'refused-phase-1', 'refused-phase-2', 'abandoned-ballot']) {
      expect(marks.get(mark) ?? 0, mark).toBeGreaterThan(0);
    }
  });

  it('but an acceptor that forgets is outside the model', () => {
    for (const seed of SEEDS) {
      expect(runScenario(named('paxos/wiped-disk'), { seed }).violations[0]?.property).toBe('Agreement');
    }
  });
});

describe('laws', () => {
  const config = simulationConfig(named('paxos/stormy'), { seed: '1', trace: 'events' });

  it('one digest at both speeds', () => assertSameAtBothSpeeds(config, ['1', '2', '3']));
  it('the choices are the run', () => assertReplaysIdentically(config));
  it('nothing of the machine is needed', () => assertRunsPoisoned(config));
});

describe('ballots', () => {
  const ballots = [
    null,
    { number: 1, node: 'n1' },
    { number: 1, node: 'n2' },
    { number: 2, node: 'n1' },
  ] as (Ballot | null)[];

  it('are in one order: by number, then by name; none comes first', () => {
    ballots.forEach((a, i) => {
      ballots.forEach((b, j) => {
        expect(Math.sign(compareBallots(a, b))).toBe(Math.sign(i - j));
        expect(laterBallot(a, b)).toBe(ballots[Math.max(i, j)]);
      });
    });
  });
});

/** A cluster of bare states: a test changes them as a (wrong) protocol would. */
class States {
  private readonly views = new Map<string, NodeView<Paxos>>();
  private readonly memory: unknown;

  constructor(private readonly invariant: Invariant<Paxos>) {
    this.memory = invariant.memory();
  }

  step(id: string, durable: Partial<Paxos['durable']>, volatile: Partial<Paxos['volatile']> = {}): string | null {
    const before = this.views.get(id);
    const now = { ...(before?.durable ?? paxos.durable()), ...durable };
    const view = {
      id: nodeId(id),
      members: ['n1', 'n2', 'n3'].map(nodeId),
      options: paxos.options,
      durable: now,
      synced: now,
      volatile: { ...(before?.volatile ?? paxos.volatile()), ...volatile },
      up: true,
    } as NodeView<Paxos>;
    this.views.set(id, view);
    const world = { now: ms(1), nodes: [...this.views.values()], node: (wanted: string) => this.views.get(wanted) };
    return this.invariant.afterStep(this.memory, view, world as World<Paxos>) ?? null;
  }
}

describe('each invariant can fail', () => {
  const bal = (number: number, node = 'n1'): Ballot => ({ number, node: nodeId(node) });
  const votes = (...given: [string, Ballot, string][]) => ({
    votes: new Map(given.map(([from, ballot, val]) => [nodeId(from), { bal: ballot, val }])),
  });

  it('Agreement: two values with a majority each, wherever the votes were heard of', () => {
    const states = new States(agreement);
    expect(states.step('n1', {}, votes(['n1', bal(1), 'a']))).toBeNull();
    expect(states.step('n2', {}, votes(['n2', bal(1), 'a']))).toBeNull();
    expect(states.step('n2', {}, votes(['n2', bal(2), 'a'], ['n3', bal(2), 'a']))).toBeNull();
    expect(states.step('n3', {}, votes(['n2', bal(3), 'b']))).toBeNull();
    expect(states.step('n3', {}, votes(['n2', bal(3), 'b'], ['n1', bal(3), 'b']))).toMatch(
      /a was chosen in ballot 1.n1.* b /,
    );
  });

  it('Agreement: somebody learns what was not chosen', () => {
    const states = new States(agreement);
    expect(states.step('n1', { outcome: 'a' })).toBeNull();
    expect(states.step('n2', { outcome: 'b' })).toBe('a was learned by n1, and b is learned by n2');
  });

  it('Validity', () => {
    const states = new States(validity);
    expect(states.step('n1', {}, { proposal: 'a' })).toBeNull();
    expect(states.step('n2', { acceptor: { maxBal: bal(1), maxVBal: bal(1), maxVal: 'a' } })).toBeNull();
    expect(states.step('n2', { acceptor: { maxBal: bal(1), maxVBal: bal(1), maxVal: 'b' } })).toContain(
      'nobody has proposed',
    );
  });

  it('Integrity', () => {
    const states = new States(integrity);
    expect(states.step('n1', { outcome: 'a' })).toBeNull();
    expect(states.step('n1', { outcome: null })).toBeNull();
    expect(states.step('n1', { outcome: 'b' })).toBe('n1 has learned a and then b');
  });

  it('Ballot Monotonicity: within a life', () => {
    const states = new States(ballotMonotonicity);
    const promised = (number: number) => ({ acceptor: { maxBal: bal(number), maxVBal: null, maxVal: null } });
    expect(states.step('n1', promised(3), { promised: 1 })).toBeNull();
    // A crash has taken what was not synced.
    expect(states.step('n1', promised(2), { promised: 0 })).toBeNull();
    expect(states.step('n1', promised(4), { promised: 1 })).toBeNull();
    expect(states.step('n1', promised(3), { promised: 2 })).toBe('n1 goes back from ballot 4.n1 to 3.n1');
    expect(states.step('n2', { acceptor: { maxBal: bal(1), maxVBal: bal(2), maxVal: 'a' } })).toContain(
      'promised only',
    );
  });
});
