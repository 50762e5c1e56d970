import { describe, expect, it } from 'vitest';
import { defineProtocol, ms, seconds, type SimulationConfig } from '../../engine/index.js';
import { scenarioNamed } from '../../scenarios/index.js';
import { assertStateStaysBounded, type Measured } from './state-stays-bounded.js';
import { longRun, storms } from './long-runs.js';

/** `VIRTUAL_TIME=3600 npx vitest run tests/laws/state-stays-bounded.test.ts`: an hour of each, and a line that tells of it. */
const asked = process.env['VIRTUAL_TIME'];
const UNTIL = seconds(Number(asked ?? 60));

describe('state stays bounded', () => {
  it.each(storms.map((storm) => [storm.name, storm] as const))(
    'in %s, which goes on and on',
    (name, storm) => {
      const measured = assertStateStaysBounded(longRun(storm, UNTIL, '1'));
      expect(measured.result.events).toBeGreaterThan(5_000);
      if (asked !== undefined) process.stdout.write(`${line(name, measured)}\n`);
    },
    1_200_000,
  );

  it.each([
    ['raft', { snapshotAfter: 1e9 }, /^durable\.log\./m],
    ['multi-paxos', { snapshotAfter: 1e9 }, /^durable\.votes\./m],
    ['viewstamped-replication', { checkpointAfter: 1e9 }, /^volatile\.log\./m],
    ['zab', { snapshotAfter: 1e9 }, /^durable\.history\./m],
    ['transactions', { checkpointEvery: 1e9 }, /^durable\.log\./m],
  ])('of %s no more with %o', (protocol, options, what) => {
    const config = longRun(stormOf(protocol), seconds(16), '1');
    const unbounded = { ...config, options: { ...config.options, ...options } };
    expect(() => assertStateStaysBounded(unbounded)).toThrow(what);
  });
});

function stormOf(protocol: string): (typeof storms)[number] {
  return scenarioNamed(`${protocol}/stormy`) as (typeof storms)[number];
}

function line(name: string, { result, growths }: Measured): string {
  const sizes = ['durable', 'volatile', 'pending'].map((path) => {
    const growth = growths.find((one) => one.path === path);
    return `${path} ${growth?.early.toFixed(0)} → ${growth?.late.toFixed(0)}`;
  });
  return `${name}: ${result.events} events, ${result.history.length / 2} operations; ${sizes.join(', ')}`;
}

describe('assertStateStaysBounded', () => {
  interface Hoarder {
    options: { hoards: 'nothing' | 'list' | 'map' | 'text' | 'timers' };
    durable: { list: number[] };
    volatile: { deep: { map: Map<string, number>; text: string } };
    timers: { again: void; never: { n: number } };
  }
  const hoarder = defineProtocol<Hoarder>({
    name: 'hoarder',
    source: 'this page',
    summary: 'Keeps something of every moment.',
    options: { hoards: 'nothing' },
    durable: () => ({ list: [] }),
    volatile: () => ({ deep: { map: new Map(), text: '' } }),
    onStart: (node) => node.setTimer('again', ms(10)),
    onTimer: {
      again(node) {
        const { hoards } = node.options;
        const { deep } = node.volatile;
        const n = Math.floor(node.monotonic() / 1000);
        if (hoards === 'list') node.durable.list.push(n);
        if (hoards === 'map') deep.map.set(`at ${n}`, n);
        if (hoards === 'text') deep.text += 'x'.repeat(64);
        if (hoards === 'timers') node.setTimer('never', seconds(1e6), { n }, `${n}`);
        node.mark('again');
        node.setTimer('again', ms(10));
      },
      never() {},
    },
  });
  const hoarding = (hoards: Hoarder['options']['hoards']): SimulationConfig => ({
    protocol: hoarder,
    nodes: 2,
    seed: '1',
    until: seconds(8),
    options: { hoards },
  });

  it.each([
    ['list', /^durable\.list\.\*: [\d.]+ values, and [\d.]+ later$/],
    ['map', /^volatile\.deep\.map\.\*: /],
    ['text', /^volatile\.deep\.text: /],
    ['timers', /^pending: /],
  ] as const)('names what grows: a %s', (hoards, what) => {
    expect(() => assertStateStaysBounded(hoarding(hoards))).toThrow(what);
  });

  it('has nothing to say of who keeps nothing', () => {
    expect(assertStateStaysBounded(hoarding('nothing')).growths).toContainEqual({ path: 'pending', early: 1, late: 1 });
  });

  it('takes no plan of faults for something that gets less, or more', () => {
    const crash = { do: 'crash', whom: 'n1', at: ms(5), for: ms(1), times: 700, every: ms(11) } as const;
    const config = { ...hoarding('timers'), faults: [crash] };
    expect(() => assertStateStaysBounded({ ...config, options: { hoards: 'nothing' } })).not.toThrow();
    expect(() => assertStateStaysBounded(config)).toThrow(/^pending: /);
  });
});
