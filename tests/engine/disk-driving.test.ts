import { describe, expect, it } from 'vitest';
import { ms, type Fault } from '../../engine/index.js';
import { details, marks, probe, quiet, runQuiet } from './probe.js';

describe('a protocol that drives its disk', () => {
  const driving = probe({
    durable: () => ({ n: 0 }),
    onStart(node) {
      node.mark('start', node.durable['n']);
      node.setTimer('go', ms(5));
    },
    onTimer: {
      go(node) {
        node.durable['n']++;
        node.broadcast({ type: 'Early' });
        node.sync({ n: node.durable['n'] });
        node.setTimer('again', ms(1));
      },
      again(node) {
        node.sync('nothing new');
      },
    },
    onMessage: { Early: (node) => node.mark('early') },
    onDisk: { synced: (node, token) => node.mark('synced', token), failed: () => undefined },
  });

  it('is answered when the sync is done; its sends wait for nothing', () => {
    const result = runQuiet({ protocol: driving, nodes: 2, disk: { syncLatency: { constant: ms(10) } } });
    expect(marks(result, 'early').map(({ time }) => time)).toEqual([ms(6), ms(6)]);
    expect(marks(result, 'synced').filter(({ node }) => node === 'n1')).toEqual([
      { node: 'n1', time: ms(15), detail: { n: 1 } },
      { node: 'n1', time: ms(25), detail: 'nothing new' },
    ]);
  });

  it('gets every answer, also to syncs with nothing to write', () => {
    const tokens = probe({
      volatile: () => ({ n: 0 }),
      onStart: (node) => node.setTimer('go', ms(1)),
      onTimer: {
        go(node) {
          node.sync(++node.volatile['n']);
          if (node.volatile['n'] < 20) node.setTimer('go', ms(1));
        },
      },
      onDisk: { synced: (node, token) => node.mark('synced', token), failed: () => undefined },
    });
    const result = runQuiet({ protocol: tokens, nodes: 1, disk: { syncLatency: { constant: ms(7) } } });
    expect(details(result, 'synced')).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('is answered at once on a perfect disk, in a step of its own, unless that life is over', () => {
    const result = runQuiet({ protocol: driving, nodes: 1 });
    expect(marks(result, 'synced').map(({ time, detail }) => [time, detail])).toEqual([
      [ms(5), { n: 1 }],
      [ms(6), 'nothing new'],
    ]);
    const faults: Fault[] = [{ do: 'restart', whom: 'n1', when: { sent: 'Early', node: 'n1' } }];
    expect(
      marks(runQuiet({ protocol: driving, nodes: 2, faults }), 'synced').filter(({ node }) => node === 'n1')[0]!.time,
    ).toBe(ms(10));
  });

  it('loses what it did not ask to sync', () => {
    const careless = probe({
      durable: () => ({ n: 0 }),
      onStart(node) {
        node.mark('start', node.durable['n']);
        node.setTimer('go', ms(5));
      },
      onTimer: { go: (node) => void node.durable['n']++ },
      onDisk: { synced: () => undefined, failed: () => undefined },
    });
    const config = quiet({
      protocol: careless,
      nodes: 1,
      disk: {},
      faults: [{ do: 'crash', whom: 'n1', at: ms(50), for: ms(5) }],
    });
    const survivors = (value: number) =>
      details(runQuiet({ ...config, choices: { overrides: new Map([['disk.survivors n1#1', value]]) } }), 'start');
    expect(survivors(0)).toEqual([0, 0]);
    expect(survivors(0.9)).toEqual([0, 1]);
  });
});
