import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { details, eventsOf, probe, runQuiet, told } from './probe.js';

describe('a node that halts', () => {
  it('does what it asked for before, nothing after, and stays down', () => {
    const protocol = probe({
      onStart: (node) => node.setTimer('go', ms(5)),
      onTimer: {
        go(node) {
          if (node.id !== 'n1') return;
          node.send('n2' as never, { type: 'Item', n: 1 });
          node.halt('my disk lies');
          node.send('n2' as never, { type: 'Item', n: 2 });
        },
      },
      onMessage: { Item: (node, { n }) => node.mark('got', n) },
    });
    const result = runQuiet({ protocol, nodes: 2 });
    expect(eventsOf(result, 'halt').map(told)).toEqual(['5000 n1 halt my disk lies']);
    expect(details(result, 'got')).toEqual([1]);
  });

  it('is asked for no role: it may be in no state that has one', () => {
    const protocol = probe({
      onStart: (node) => (node.id === 'n1' ? node.halt('my disk is empty') : undefined),
      role({ id }) {
        if (id === 'n1') throw new Error('nothing to go by');
        return { name: 'follower' };
      },
    });
    const result = runQuiet({ protocol, nodes: 2, trace: 'states' });
    expect(result.violations).toEqual([]);
    expect(eventsOf(result, 'halt').map(told)).toEqual(['0 n1 halt my disk is empty']);
  });

  it('is not shown to invariants without its state', () => {
    const protocol = probe({
      volatile: () => ({ list: [] }),
      onStart: (node) => node.setTimer('go', ms(5)),
      onTimer: { go: (node) => (node.id === 'n1' ? node.halt('') : undefined) },
      invariants: [
        {
          name: 'short',
          says: '',
          memory: () => null,
          afterStep: (_: unknown, node: { volatile: { list: unknown[] } }) =>
            node.volatile.list.length > 3 ? 'long' : null,
        },
      ],
    });
    expect(runQuiet({ protocol }).violations).toEqual([]);
  });
});
