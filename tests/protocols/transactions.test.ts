import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation } from '../../engine/index.js';
import { transactions } from '../../protocols/transactions/protocol.js';
import { drawSwarm, runScenario, simulationConfig, withSettings } from '../../scenarios/index.js';
import { assertReplaysIdentically, assertRunsPoisoned, assertSameAtBothSpeeds } from '../laws/index.js';
import { named } from '../scenarios/catalogue-runs.js';

const SEEDS = ['1', '2', '3', '4', '5'];

const STORMY = ['transactions/stormy', 'transactions/stormy-snapshot', 'transactions/stormy-optimistic'];

describe('swarms find nothing', () => {
  it.each(STORMY)('%s', (name) => {
    for (let seed = 1; seed <= 12; seed++) {
      const { added } = drawSwarm(named(name), `${seed}`);
      const { verdict, violations } = runScenario(named(name), { seed: `${seed}`, ...added, evidence: false });
      expect(verdict, `seed ${seed}: ${JSON.stringify(violations)}`).toBe('ok');
    }
  });
});

describe('what a level allows, a stronger one does not', () => {
  it.each([
    ['transactions/dirty-read', { 'options.level': 'read-committed' }],
    ['transactions/fuzzy-read', { 'options.level': 'serializable' }],
    ['transactions/lost-update', { 'options.level': 'serializable' }],
    ['transactions/lost-update', { 'options.concurrency': 'snapshot' }],
    ['transactions/phantom', { 'options.level': 'serializable' }],
    ['transactions/write-skew', { 'options.concurrency': 'optimistic' }],
    ['transactions/write-skew', { 'options.concurrency': 'locking' }],
  ] as const)('%s with %o', (name, settings) => {
    for (const seed of SEEDS) {
      const { verdict, violations } = runScenario(withSettings(named(name), settings), { seed });
      expect(verdict, `seed ${seed}: ${JSON.stringify(violations)}`).toBe('ok');
    }
  });
});

describe('a bank: no audit finds another sum, until something lets updates get lost or be seen by halves', () => {
  const sums = (settings: Readonly<Record<string, string>>, bug?: string): string[] =>
    SEEDS.flatMap((seed) => {
      const scenario = withSettings(named('transactions/bank'), settings);
      const { violations } = runScenario(scenario, { seed, online: true, ...(bug === undefined ? {} : { bug }) });
      return violations.map(({ property }) => property);
    });

  it.each([
    [{ 'options.concurrency': 'snapshot' }, ['forgets-first-committer', 'snapshot-per-statement']],
    [{ 'options.concurrency': 'optimistic' }, ['validates-without-read-set', 'starts-at-last-read']],
    [{ 'options.concurrency': 'locking' }, ['releases-read-locks-early', 'releases-write-locks-early']],
  ])('%o', (settings, bugs) => {
    expect(sums(settings)).toEqual([]);
    for (const bug of bugs) expect(sums(settings, bug), bug).toEqual(SEEDS.map(() => 'conservation'));
  });

  it.each([
    ['read-committed', 5],
    ['read-uncommitted', 5],
    ['repeatable-read', 0],
  ])('%s: %i of 5', (level, broken) => {
    expect(sums({ 'options.concurrency': 'locking', 'options.level': level })).toHaveLength(broken);
  });
});

describe('a scenario whose check names a level of isolation', () => {
  it('is told with the anomaly, the transactions, and the time', () => {
    const [violation] = runScenario(named('transactions/write-skew'), { seed: '1' }).violations;
    expect(violation).toMatchObject({
      property: 'serializable',
      message: expect.stringMatching(/^not serializable: G2-item, write skew \(A5B\).*: /) as string,
    });
    expect(violation!.time).toBeGreaterThan(0);
    expect((violation!.evidence as { readonly operations: readonly number[] }).operations).toHaveLength(2);
  });

  it('allows what the level allows', () => {
    const weaker = withSettings(named('transactions/write-skew'), { 'check.isolation': 'snapshot-isolation' });
    expect(runScenario(weaker, { seed: '1' }).verdict).toBe('ok');
  });

  it('refuses a level that is none, and a model besides', () => {
    const scenario = named('transactions/write-skew');
    expect(() => withSettings(scenario, { 'check.isolation': 'serialisable' })).toThrow(/check\.isolation/);
    expect(() => withSettings(scenario, { 'check.model': 'kv' })).toThrow(/check/);
  });
});

describe('laws', () => {
  it.each(STORMY)('%s', (name) => {
    const config = { ...simulationConfig(named(name), { seed: '3' }), until: ms(4000) };
    assertReplaysIdentically(config);
    assertSameAtBothSpeeds(config, ['1', '2']);
    assertRunsPoisoned(config);
  });
});

it.each(['locking', 'snapshot', 'optimistic'] as const)(
  'an hour of %s leaves no more behind than a minute',
  (concurrency) => {
    const txn = (args: readonly (readonly [string, string, string | null])[]) => ({
      request: 'txn',
      args: args.map((step) => [...step]),
    });
    const simulation = new Simulation({
      protocol: transactions,
      nodes: 1,
      seed: '1',
      options: { concurrency },
      until: seconds(3600),
      clients: {
        count: 3,
        rate: 1,
        keys: 3,
        operations: [
          txn([
            ['r', '$key', null],
            ['w', '$key', '$unique'],
          ]),
          txn([
            ['r', 'x', null],
            ['r', 'y', null],
          ]),
        ],
      },
    });
    expect(simulation.run().violations).toEqual([]);
    const [{ durable, volatile }] = simulation.world.nodes as unknown as [
      { durable: ReturnType<typeof transactions.durable>; volatile: ReturnType<typeof transactions.volatile> },
    ];
    expect(durable.log.length).toBeLessThan(2 * 50);
    expect(volatile.running.size).toBeLessThan(3);
    expect(volatile.locks.size + volatile.validated.length).toBeLessThan(5);
    for (const versions of volatile.versions.values()) expect(versions.length).toBeLessThan(4);
  },
);
