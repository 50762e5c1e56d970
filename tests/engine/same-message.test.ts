import { describe, expect, it } from 'vitest';
import { ms, type SimulationConfig } from '../../engine/index.js';
import { eventsOf, marks, probe, runQuiet, type ProbeNode } from './probe.js';

/* One object that a step sends to several nodes is copied and hashed once, and nobody can tell. */

const [N2, N3] = ['n2', 'n3'] as never[];

const sending = (send: (node: ProbeNode) => void) =>
  probe({
    onStart: (node) => (node.id === 'n1' ? node.setTimer('go', ms(5)) : undefined),
    onTimer: { go: send },
    onMessage: {
      Item: (node, message) => node.mark('item', message),
      Other: (node, message) => node.mark('other', message),
    },
  });

const twice = (node: ProbeNode): void => {
  const message = { type: 'Item', list: [1, 2] };
  node.send(N2!, message);
  node.send(N3!, message);
};
const twoAlike = (node: ProbeNode): void => {
  node.send(N2!, { type: 'Item', list: [1, 2] });
  node.send(N3!, { type: 'Item', list: [1, 2] });
};

describe.each([{ speed: 'direct' }, { speed: 'recorded' }, { speed: 'direct', digest: 'header' }] as const)(
  'a message to several nodes, %o',
  (world) => {
    const run = (send: (node: ProbeNode) => void, more: Partial<SimulationConfig> = {}) =>
      runQuiet({ ...world, ...more, protocol: sending(send) });

    it('arrives, is counted and is told as two that are alike', () => {
      const [one, two] = [run(twice), run(twoAlike)];
      expect(marks(one, 'item')).toEqual(marks(two, 'item'));
      expect(marks(one, 'item').map(({ node, detail }) => [node, detail.list])).toEqual([
        ['n2', [1, 2]],
        ['n3', [1, 2]],
      ]);
      expect(one.statistics).toEqual(two.statistics);
      expect(eventsOf(one)).toEqual(eventsOf(two));
    });

    it('is what it is as the step ends, for all', () => {
      const result = run((node) => {
        const message = { type: 'Item', list: [1] };
        node.send(N2!, message);
        message.list.push(2);
        node.send(N3!, message);
        node.send(N2!, { type: 'Other', list: message.list });
        node.setTimer('go', ms(2_000), message);
        message.list.push(3);
      });
      expect(marks(result, 'item').map(({ detail }) => detail.list)).toEqual([
        [1, 2, 3],
        [1, 2, 3],
      ]);
      expect(marks(result, 'other').map(({ detail }) => detail.list)).toEqual([[1, 2, 3]]);
    });

    it('is refused with its place where it is no plain data', () => {
      const result = run((node) => {
        const message = { type: 'Item', list: [NaN] };
        node.send(N2!, message);
        node.send(N3!, message);
      });
      if ('digest' in world) return;
      expect(result.violations[0]!.message).toContain('NaN at list[0]');
    });
  },
);

it('to whom it goes, and what it holds, shows in the digest at both speeds', () => {
  const digests = (send: (node: ProbeNode) => void) =>
    (['direct', 'recorded'] as const).map((speed) => runQuiet({ speed, protocol: sending(send) }).digest);
  const list = (item: number, receivers: readonly never[]) => (node: ProbeNode) => {
    const message = { type: 'Item', list: [1, item] };
    for (const receiver of receivers) node.send(receiver, message);
  };
  const all = [list(2, [N2!, N3!]), list(2, [N2!, N2!]), list(3, [N2!, N3!])].map(digests);
  for (const [direct, recorded] of all) expect(direct).toBe(recorded);
  expect(new Set(all.flat()).size).toBe(3);
});
