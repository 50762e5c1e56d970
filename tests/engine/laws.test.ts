import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms, type Fault, type SimulationConfig } from '../../engine/index.js';
import {
  assertOverrideIsLocal,
  assertReplaysIdentically,
  assertRunsPoisoned,
  assertSameAtBothSpeeds,
  recordChoices,
} from '../laws/index.js';
import { gossip } from './gossip.js';
import { probe } from './probe.js';

const SEEDS = ['1', 'two'];

const calm: SimulationConfig = {
  protocol: gossip,
  nodes: 5,
  seed: '1',
  until: ms(900),
  clients: { count: 3, operations: [{ request: 'read', weight: 2 }, { request: 'write' }], retry: true },
  continueAfterViolation: true,
};

const faults: readonly Fault[] = [
  { do: 'crash', whom: { random: 1 }, at: ms(200), for: ms(150), times: 3, every: ms(300) },
  { do: 'partition', shape: { halves: true }, at: ms(250), for: ms(200), times: 2, every: ms(500) },
  { do: 'pause', whom: 'author', when: { mark: 'told', nth: 3 }, for: ms(80) },
  { do: 'clock', whom: 'n2', at: ms(100), driftPpm: 40_000, jump: ms(-30), for: ms(400) },
  { do: 'slow', whom: 'n3', at: ms(300), processing: { exponential: { mean: ms(3) } }, for: ms(300) },
  { do: 'link', from: 'n1', to: 'n4', at: ms(350), rule: { hold: true }, for: ms(120), bothWays: true },
  { do: 'disk', whom: 'n5', how: 'corrupt', at: ms(640), noticed: false },
  { do: 'restart', whom: 'n5', at: ms(650) },
  {
    do: 'crash',
    whom: 'n4',
    disk: 'wiped',
    when: { sent: 'Ack', node: 'n4', from: ms(700) },
    after: ms(3),
    for: ms(50),
  },
];

const stormy: SimulationConfig = {
  ...calm,
  network: {
    latency: { exponential: { mean: ms(6) } },
    loss: 0.05,
    duplicate: 0.05,
    corrupt: 0.02,
    corruptionNoticed: false,
  },
  disk: { syncLatency: { exponential: { mean: ms(2) } }, torn: 0.5, lyingSync: 0.1 },
  faults,
};

const connected: SimulationConfig = { ...stormy, network: { ...stormy.network, transport: 'connection' } };

const configs: readonly (readonly [string, SimulationConfig])[] = [
  ['calm', calm],
  ['stormy', stormy],
  ['connected', connected],
];

describe.each(configs)('a %s run', (_, config) => {
  it('is the same at both speeds', () => assertSameAtBothSpeeds(config, SEEDS));
  it('replays identically', () => SEEDS.forEach((seed) => assertReplaysIdentically({ ...config, seed })));
  it('needs nothing of its machine', () => assertRunsPoisoned(config));
  it('changes only what follows when one choice is overridden', () => {
    const choices = recordChoices(config).choices!.values.length;
    fc.assert(
      fc.property(fc.nat(choices - 1), fc.double({ min: 0, max: 0.999, noNaN: true }), (position, value) => {
        assertOverrideIsLocal(config, position, value);
      }),
      { numRuns: 8, seed: 1 },
    );
  });
});

describe('the laws bite', () => {
  let outside = 0;
  const ticking = (
    onTimer: NonNullable<Parameters<typeof probe>[0]['onTimer']>['tick'],
    volatile: () => object = () => ({ n: 0 }),
  ) =>
    probe({
      volatile,
      onStart: (node) => node.setTimer('tick', ms(10)),
      onTimer: { tick: onTimer! },
      onMessage: {
        Hello(node, message) {
          node.volatile['n'] += message.n;
        },
      },
    });
  const config = (protocol: SimulationConfig['protocol']): SimulationConfig => ({
    protocol,
    nodes: 3,
    seed: '1',
    until: ms(100),
  });

  it('state outside the node differs between two runs, at the first event that carries it', () => {
    const protocol = ticking((node) => {
      node.broadcast({ type: 'Hello', n: outside++ });
      node.setTimer('tick', ms(10));
    });
    expect(() => assertSameAtBothSpeeds(config(protocol), ['1'])).toThrow(/differ at event \d+: .*"send"/);
    expect(() => assertReplaysIdentically(config(protocol))).toThrow(/two runs of one configuration differ at event/);
  });

  it('nodes that share memory differ between the speeds', () => {
    const shared = { list: [] as number[] };
    const protocol = ticking(
      (node) => {
        node.volatile['list'].push(1);
        node.broadcast({ type: 'Hello', n: node.volatile['list'].length });
        node.setTimer('tick', ms(10));
      },
      () => ({ n: 0, list: shared.list }),
    );
    expect(() => assertSameAtBothSpeeds(config(protocol), ['1'])).toThrow(/direct and recorded differ at event/);
  });

  it('a door for chance beside the choices is found by the replay', () => {
    const protocol = ticking((node) => {
      node.broadcast({ type: 'Hello', n: outside++ % 7 });
    });
    expect(() => assertReplaysIdentically(config(protocol))).toThrow(/differ at event/);
  });

  it('the machine shows through Date and Math.random', () => {
    for (const look of [() => Date.now(), () => Math.random(), () => [2, 1].sort().length, () => performance.now()]) {
      const protocol = ticking((node) => {
        node.volatile['n'] = look() * 0;
      });
      const steady = { ...config(protocol), until: ms(30) };
      expect(() => assertRunsPoisoned(steady)).toThrow(/poisoned|inside a simulation/);
    }
  });
});
