import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  choiceKey,
  Choices,
  ms,
  ReplayMismatch,
  Simulation,
  toInteger,
  type SimulationConfig,
} from '../../engine/index.js';
import { gossip } from './gossip.js';
import { probe, runQuiet } from './probe.js';

const draws = (choices: Choices, label: string, scope: string, count: number): number[] => {
  const stream = choices.stream(label, scope, 0);
  return Array.from({ length: count }, () => choices.draw(stream));
};

describe('streams', () => {
  it('never collide, however labels, scopes and seeds are cut up', () => {
    const text = fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', '1', ':', ' ', '#') });
    fc.assert(
      fc.property(fc.tuple(text, text, text), fc.tuple(text, text, text), (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        const [left, right] = [one, other].map(([seed, label, scope]) => draws(new Choices(seed), label, scope, 4));
        expect(left).not.toEqual(right);
      }),
      { numRuns: 500 },
    );
    // What a plain concatenation would take for the same.
    const cuts = [
      ['s', 'ab', 'c'],
      ['s', 'a', 'bc'],
      ['sa', 'b', 'c'],
      ['s', 'abc', ''],
      ['1:s', 'a', 'bc'],
    ] as const;
    const firsts = cuts.map(([seed, label, scope]) => draws(new Choices(seed), label, scope, 1)[0]);
    expect(new Set(firsts).size).toBe(cuts.length);
  });

  it('depend on nothing but their names: not on the order in which they are made or drawn from', () => {
    const one = new Choices('s');
    const a = draws(one, 'a', '', 3);
    const b = draws(one, 'b', '', 3);
    const other = new Choices('s');
    expect([draws(other, 'b', '', 3), draws(other, 'a', '', 3)]).toEqual([b, a]);
  });

  it('draw evenly from [0, 1)', () => {
    const values = draws(new Choices('even'), 'x', '', 20_000);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const buckets = new Array<number>(10).fill(0);
    for (const value of values) buckets[toInteger(value, 0, 9)]!++;
    // 2000 expected in each, deviation 42: five deviations either way.
    for (const count of buckets) expect(Math.abs(count - 2000)).toBeLessThan(212);
  });

  it('shared ones go on where they were, whoever asks', () => {
    const choices = new Choices('s');
    const first = choices.draw(choices.sharedStream('x', 'y', 0));
    const second = choices.draw(choices.sharedStream('x', 'y', 0));
    expect([first, second]).toEqual(draws(new Choices('s'), 'x', 'y', 2));
    expect(first).not.toBe(second);
  });
});

describe('strict replay', () => {
  const recorded = (): Choices => {
    const choices = new Choices('s', { record: true });
    const a = choices.stream('a', 'n1', 0);
    const b = choices.stream('b', '', 0);
    for (const stream of [a, b, a]) choices.draw(stream);
    return choices;
  };

  it('gives back what was recorded, whatever the seed', () => {
    const { log } = recorded();
    const again = new Choices('another', { replay: log!, record: true });
    const a = again.stream('a', 'n1', 0);
    const b = again.stream('b', '', 0);
    for (const stream of [a, b, a]) again.draw(stream);
    again.finish();
    expect(again.log).toEqual(log);
  });

  it('refuses the first choice that does not match, and names both', () => {
    const again = new Choices('s', { replay: recorded().log! });
    again.draw(again.stream('a', 'n1', 0));
    const mismatch = thrown(() => again.draw(again.stream('c', 'n9', 0)));
    expect(mismatch).toMatchObject({ position: 1, expected: 'b', came: 'c n9' });
    expect(mismatch.message).toBe('choice 2: the record has "b", the run asks for "c n9"');
  });

  it('refuses a run that asks for more, and one that ends early', () => {
    const longer = new Choices('s', { replay: recorded().log! });
    for (const name of ['a', 'b', 'a']) longer.draw(longer.stream(name, name === 'a' ? 'n1' : '', 0));
    expect(thrown(() => longer.draw(longer.stream('a', 'n1', 0)))).toMatchObject({
      position: 3,
      expected: null,
      came: 'a n1',
    });
    const shorter = new Choices('s', { replay: recorded().log! });
    shorter.draw(shorter.stream('a', 'n1', 0));
    expect(thrown(() => shorter.finish())).toMatchObject({ position: 1, expected: 'b', came: null });
  });

  it('refuses a run of another system at the place where it differs', () => {
    const config: SimulationConfig = { protocol: gossip, nodes: 3, seed: '1', until: ms(200) };
    const log = new Simulation({ ...config, choices: { record: true } }).run().choices!;
    expect(() => new Simulation({ ...config, nodes: 4, choices: { replay: log } }).run()).toThrow(ReplayMismatch);
  });

  function thrown(action: () => unknown): ReplayMismatch {
    try {
      action();
    } catch (error) {
      return error as ReplayMismatch;
    }
    throw new Error('nothing was thrown');
  }
});

describe('replay by key', () => {
  it('changes the named choice only', () => {
    const usual = draws(new Choices('s'), 'net.loss', 'n1>n2 Vote', 4);
    const overrides = new Map([[choiceKey('net.loss', 'n1>n2 Vote', 3), 0.25]]);
    expect(draws(new Choices('s', { overrides }), 'net.loss', 'n1>n2 Vote', 4)).toEqual(usual.with(2, 0.25));
    expect(choiceKey('net.loss', 'n1>n2 Vote', 3)).toBe('net.loss n1>n2 Vote#3');
    expect(choiceKey('client.arrival', '', 1)).toBe('client.arrival#1');
  });

  it('takes the dull choice for what is missing, where that is asked for', () => {
    const choices = new Choices('s', { overrides: new Map([['a#2', 0.9]]), missing: 'dull' });
    const stream = choices.stream('a', '', 0.5);
    expect([choices.draw(stream), choices.draw(stream), choices.draw(stream)]).toEqual([0.5, 0.9, 0.5]);
  });

  it('tells which overrides no choice answered to', () => {
    const choices = new Choices('s', {
      overrides: new Map([
        ['a#1', 0],
        ['a#7', 0],
        ['b#1', 0],
      ]),
    });
    draws(choices, 'a', '', 3);
    expect(choices.unusedOverrides()).toEqual(['a#7', 'b#1']);
  });

  it('a run of dull choices is one where nothing unlikely happens', () => {
    const config: SimulationConfig = {
      protocol: gossip,
      nodes: 3,
      seed: '1',
      until: ms(500),
      network: { loss: 0.9, duplicate: 0.9, corrupt: 0.9 },
      trace: 'events',
    };
    const dropped = (choices: SimulationConfig['choices']) =>
      [...new Simulation({ ...config, ...(choices && { choices }) }).run().trace!.events()].filter(({ kind }) =>
        ['drop', 'duplicate', 'corrupt'].includes(kind),
      ).length;
    expect(dropped(undefined)).toBeGreaterThan(20);
    expect(dropped({ overrides: new Map(), missing: 'dull' })).toBe(0);
  });
});

describe('a fork', () => {
  const config: SimulationConfig = { protocol: gossip, nodes: 4, seed: '1', until: ms(800), compare: true };

  it('changes only what follows', () => {
    const usual = new Simulation(config).run();
    for (const afterEvent of [1, 20, 77, usual.events - 30]) {
      const forks = ['a', 'b'].map((seed) => new Simulation({ ...config, fork: { afterEvent, seed } }).run());
      for (const fork of forks) {
        expect(usual.trace!.firstDifference(fork.trace!)).toBeGreaterThan(afterEvent);
        expect(fork.digest).not.toBe(usual.digest);
      }
      expect(forks[0]!.digest).not.toBe(forks[1]!.digest);
      expect(new Simulation({ ...config, fork: { afterEvent, seed: 'a' } }).run().digest).toBe(forks[0]!.digest);
    }
  });

  it('leaves a run alone that ends before it', () => {
    const usual = new Simulation(config).run();
    expect(new Simulation({ ...config, fork: { afterEvent: 1e9, seed: 'a' } }).run().digest).toBe(usual.digest);
  });
});

describe('node.random', () => {
  const drawing = (options: SimulationConfig['choices'] = {}) => {
    const seen: Record<string, unknown[]> = {};
    const note = (name: string, value: unknown): void => void (seen[name] ??= []).push(value);
    const protocol = probe({
      onStart: (node) => node.setTimer('tick', 10),
      onTimer: {
        tick(node) {
          note('integer', node.random.integer('i', -3, 3));
          note('chance', node.random.chance('c', 0.25));
          note('pick', node.random.pick('p', ['a', 'b', 'c']));
          note('unit', node.random.unit('u'));
          note('rarely', node.rarely('r'));
          node.setTimer('tick', 10);
        },
      },
    });
    const result = runQuiet({ protocol, nodes: 1, until: 40_000, choices: options });
    return { seen, result };
  };

  it('gives what each draw promises', () => {
    const { seen } = drawing();
    expect(seen['integer']!.length).toBe(4000);
    expect(new Set(seen['integer'])).toEqual(new Set([-3, -2, -1, 0, 1, 2, 3]));
    const share = (name: string, value: unknown): number => seen[name]!.filter((one) => one === value).length / 4000;
    expect(share('chance', true)).toBeGreaterThan(0.22);
    expect(share('chance', true)).toBeLessThan(0.28);
    for (const letter of ['a', 'b', 'c']) expect(Math.abs(share('pick', letter) - 1 / 3)).toBeLessThan(0.04);
  });

  it('takes rare branches rarely, unless a run asks for more', () => {
    const rare = (rarely?: number): number =>
      drawing(rarely === undefined ? {} : { rarely }).seen['rarely']!.filter(Boolean).length;
    expect(rare()).toBeLessThan(16);
    expect(rare(0)).toBe(0);
    expect(rare(0.2) / 4000).toBeGreaterThan(0.17);
    expect(rare(0.2) / 4000).toBeLessThan(0.23);
  });

  it('is dull where chance is: no rare branch, no unlikely event, the middle of a range', () => {
    const { seen } = drawing({ overrides: new Map(), missing: 'dull' });
    expect(new Set(seen['rarely'])).toEqual(new Set([false]));
    expect(new Set(seen['chance'])).toEqual(new Set([false]));
    expect(new Set(seen['integer'])).toEqual(new Set([0]));
    expect(new Set(seen['pick'])).toEqual(new Set(['a']));
  });
});
