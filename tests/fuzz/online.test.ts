import { describe, expect, it } from 'vitest';
import { fuzzSeed } from '../../fuzz/index.js';
import { Simulation, type ObservedEvent } from '../../engine/index.js';
import { OnlineProperties } from '../../scenarios/online-properties.js';
import type { Property } from '../../scenarios/property-schema.js';
import { crashesAfterEffect } from '../../scenarios/catalogue/message-queue/workload.js';
import {
  defineScenario,
  judge,
  runScenario,
  scenarioNamed,
  simulationConfig,
  type Scenario,
  type ScenarioInput,
  type ScenarioRun,
} from '../../scenarios/index.js';
import { Watch } from '../../scenarios/watch.js';

function named(name: string): Scenario {
  const found = scenarioNamed(name);
  if (found.kind !== 'scenario') throw new Error(`${name} is an experiment`);
  return found;
}

const SEEDS = Array.from({ length: 8 }, (_, i) => String(i));

describe('a history judged while the run goes', () => {
  it.each([
    ['raft/happy-path', undefined],
    ['raft/bug-stale-read', 'serves-stale-reads'],
    ['multi-paxos/bug-stale-read', 'reads-local'],
    ['abd/bug-new-old-inversion', undefined],
  ])('%s: the verdict is the one of the whole, and what is ok goes the same way', (name, given) => {
    const scenario = named(name);
    const bug =
      given !== undefined && given in scenario.protocol.bugs
        ? given
        : Object.entries(scenario.protocol.bugs).find(([, { scenario: shown }]) => shown === name)?.[0];
    let stopped = 0;
    for (const seed of SEEDS) {
      const options = { seed, evidence: false, ...(bug === undefined ? {} : { bug }) };
      const whole = runScenario(scenario, options);
      const online = runScenario(scenario, { ...options, online: true });
      expect(online.verdict).toBe(whole.verdict);
      if (online.verdict === 'ok') expect(online.result.digest).toBe(whole.result.digest);
      if (online.result.ending !== 'stopped') continue;
      stopped++;
      expect(online.violations[0]!.property).toBe('linearizable');
      expect(online.result.events).toBeLessThan(whole.result.events);
      expect(online.result.history).toEqual(whole.result.history.slice(0, online.result.history.length));
      // Up to there it is the same run, to the bit.
      const { events, digest } = online.result;
      const same = defineScenario({ ...scenario.input, protocol: scenario.protocol, budget: { events } });
      expect(runScenario(same, options).result.digest).toBe(digest);
      expect(runScenario(scenario, { ...options, online: true }).result.digest).toBe(online.result.digest);
    }
    if (bug !== undefined) expect(stopped).toBeGreaterThan(0);
    else expect(stopped).toBe(0);
  });

  it('says what was judged on the way, what was not, and what ended the run', () => {
    const told = (name: string, bug: string): ScenarioRun['online'] =>
      runScenario(named(name), { seed: '1', bug, evidence: false, online: true }).online;
    const broken = told('raft/bug-figure-8', 'commits-old-term-entries')!;
    expect(broken.judged).toContain('Leader Completeness');
    expect(broken.refuted).toMatchObject({ property: 'Leader Completeness' });
    const stale = told('raft/bug-stale-read', 'reads-local')!;
    expect([stale.refuted!.property, stale.judged.at(-1), stale.gaveUp]).toEqual([
      'linearizable',
      'linearizable',
      false,
    ]);
    const plain = runScenario(named('raft/leader-crash'), { seed: '1', evidence: false, online: true }).online!;
    expect([plain.refuted, plain.afterwards]).toEqual([null, ['a leader follows', 'progress']]);
    expect(runScenario(named('raft/bug-figure-8'), { seed: '1', evidence: false }).online).toBe(null);
  });

  it('what ended a run is told, even where a judgement of the whole does not find it again', () => {
    const scenario = named('raft/bug-stale-read');
    const options = { seed: '1', bug: 'reads-local', evidence: false };
    const watch = new Watch(scenario, true);
    const result = new Simulation({ ...simulationConfig(scenario, options), observer: watch.observer! }).run();
    const { verdict, violations } = judge(scenario, options, { ...result, history: [] }, watch);
    expect([verdict, violations.map(({ property }) => property)]).toEqual(['violation', ['linearizable']]);
  });

  it('fuzzing ends a refuted run early, and its repro says so', () => {
    const scenario = named('raft/bug-stale-read');
    const bug = Object.entries(scenario.protocol.bugs).find(([, { scenario: shown }]) => shown === scenario.name)![0];
    const outcomes = SEEDS.map((seed) => fuzzSeed(scenario, seed, { bug, settings: {} }));
    const failed = outcomes.find(({ verdict }) => verdict === 'violation')!;
    expect(failed.repro).toMatchObject({ online: true, property: 'linearizable' });
  });

  it('a scenario may ask for it', () => {
    const { input, protocol } = named('raft/bug-stale-read');
    const scenario = defineScenario({ ...input, check: { ...input.check!, online: true }, protocol });
    const bug = Object.entries(protocol.bugs).find(([, { scenario: shown }]) => shown === input.name)![0];
    const endings = SEEDS.map((seed) => runScenario(scenario, { seed, bug, evidence: false }).result.ending);
    expect(endings).toContain('stopped');
  });
});

describe('properties judged while the run goes', () => {
  it('each at the first event that breaks it, and only those that one event can break', () => {
    const leads = { mark: 'leads' };
    const online = (property: Property): OnlineProperties => new OnlineProperties([property]);
    const marked = (node: string, name: string, body: Record<string, number> = {}): ObservedEvent => ({
      ...{ id: 1, kind: 'mark', time: 0, node, name, body },
    });
    const terms = online({ property: 'one leader a term', leads, term: 'term' });
    const led = [
      marked('a', 'leads', { term: 1 }),
      marked('b', 'leads', { term: 2 }),
      marked('c', 'leads', { term: 1 }),
    ];
    expect(led.map((event) => terms.see(event))).toEqual([undefined, undefined, 'one leader a term']);

    const read = (a: number): ObservedEvent => ({
      ...{ id: 1, kind: 'ok', time: 0, node: 'c1', name: 'audit', body: { value: { a, b: 4 } } },
    });
    const bank = online({ property: 'conservation', request: 'audit', total: 10 });
    expect([6, 7, 6].map((a) => bank.see(read(a)) !== undefined)).toEqual([false, true, false]);

    const step = (a: number): [string, string, number][] => [
      ['r', 'a', a],
      ['r', 'b', 4],
    ];
    const txn = (value: [string, string, number][]): ObservedEvent => ({
      ...{ id: 1, kind: 'ok', time: 0, node: 'c1', name: 'txn', body: { value } },
    });
    const steps = online({ property: 'conservation', request: 'txn', accounts: ['a', 'b'], total: 10 });
    const some: [string, string, number][] = [['r', 'a', 7]];
    // Not all accounts, and not before it wrote itself.
    expect(
      [step(6), step(7), some, [['w', 'a', 7], ...step(7)]].map(
        (value) => steps.see(txn(value as never)) !== undefined,
      ),
    ).toEqual([false, true, false, false]);

    const few = online({ property: 'always', holds: { inside: { enter: leads, leave: { mark: 'left' }, max: 1 } } });
    const inside = [marked('a', 'leads'), marked('a', 'left'), marked('b', 'leads'), marked('c', 'leads')];
    expect(inside.map((event) => few.see(event) !== undefined)).toEqual([false, false, false, true]);

    const late = online({ property: 'eventually', holds: leads, within: 5 });
    expect(inside.map((event) => late.see(event) !== undefined)).toEqual([false, false, false, false]);
  });

  const store = (name: string, change: Partial<ScenarioInput> = {}): Scenario => {
    const { input, protocol } = named(name);
    return defineScenario({ ...input, ...change, protocol });
  };
  const changed: readonly [property: string, Scenario, string?][] = [
    [
      'exactly once',
      store('message-queue/happy-path', {
        faults: crashesAfterEffect,
        options: { consumer: 'careless', promise: 'at-least-once' },
      }),
    ],
    [
      'mutual exclusion',
      store('leases/happy-path', {
        faults: [{ do: 'pause', whom: 'subject', when: { mark: 'checked-lease' }, for: '3s' }],
      }),
    ],
    [
      'nobody is blocked',
      store('two-phase-commit/happy-path', { faults: [{ do: 'crash', whom: 'n1', at: '1s', for: '2s' }] }),
    ],
  ];

  it.each(changed)('%s: found at the same event as in the whole, where the run ends', (property, scenario, bug) => {
    let stopped = 0;
    for (const seed of ['1', '2', '3']) {
      const options = { seed, evidence: false, ...(bug === undefined ? {} : { bug }) };
      const timeOf = (run: ScenarioRun): number | undefined =>
        run.properties.find((one) => one.property === property && one.verdict === 'violation')?.time;
      const whole = runScenario(scenario, options);
      const online = runScenario(scenario, { ...options, online: true });
      expect(timeOf(online)).toBe(timeOf(whole));
      if (online.result.ending !== 'stopped') continue;
      stopped++;
      expect(online.violations.map((violation) => violation.property)).toContain(property);
      expect(online.result.virtualTime).toBe(timeOf(online));
    }
    expect(stopped).toBeGreaterThan(0);
  });

  it('what would still have arrived is no loss where the run was cut short', () => {
    const [, scenario] = changed[0]!;
    const both = defineScenario({
      ...scenario.input,
      protocol: scenario.protocol,
      properties: ['at least once', 'at most once'].map((property) => ({
        ...scenario.input.properties![0]!,
        property,
      })) as never,
    });
    const verdicts = ['1', '2', '3'].flatMap((seed) => {
      const { properties, result } = runScenario(both, { seed, online: true });
      return result.ending === 'stopped' ? [properties.map(({ verdict }) => verdict)] : [];
    });
    expect(verdicts.length).toBeGreaterThan(0);
    for (const [least, most] of verdicts) expect([least === 'violation', most]).toEqual([false, 'violation']);
  });
});
