import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { marks, probe, runQuiet } from './probe.js';

/** n1 moves an entry of its log into its volatile state at 1 ms, and at 2 ms does what a test asks. */
const moving = (later: (node: { readonly volatile: { last: { n: number } | null } }) => void, copy = false) =>
  probe({
    durable: () => ({ log: [{ n: 1 }] }),
    volatile: () => ({ last: null }),
    onStart: (node) => node.setTimer('first', ms(1)),
    onTimer: {
      first(node) {
        const entry = node.durable['log'][0];
        node.volatile['last'] = copy ? { ...entry } : entry;
        node.setTimer('second', ms(1));
      },
      second: (node) => later(node as never),
    },
  });

describe('a part of the durable state that was moved into the volatile one, with a disk', () => {
  const world = { nodes: ['n1'], disk: {}, until: ms(5) };

  it('is a finding that says what to do, where a later handler uses it', () => {
    const { violations } = runQuiet({ ...world, protocol: moving((node) => void node.volatile.last!.n) });
    expect(violations[0]).toMatchObject({ property: 'no-exceptions', node: 'n1' });
    expect(violations[0]!.message).toMatch(/onTimer\.second at n1 used a part of a state .*copy what outlives a step/);
  });

  it('is a finding that names the field, where nobody does', () => {
    const { violations } = runQuiet({ ...world, protocol: moving(() => undefined) });
    expect(violations[0]).toMatchObject({ property: 'plain-data', node: 'n1' });
    expect(violations[0]!.message).toMatch(/^n1's volatile state holds, at last, a part of a state that an earlier/);
  });

  it('is none when it was copied', () => {
    const protocol = moving((node) => void node.volatile.last!.n++, true);
    expect(runQuiet({ ...world, protocol }).violations).toEqual([]);
    expect(runQuiet({ ...world, protocol, speed: 'recorded' }).violations).toEqual([]);
  });
});

describe('a state of a node that another one kept outside', () => {
  it('is a finding at the recorded speed', () => {
    let kept: { n: number } | null = null;
    const protocol = probe({
      volatile: () => ({ n: 0 }),
      onStart(node) {
        if (node.id === 'n1') kept = node.volatile as { n: number };
        else kept!.n++;
      },
    });
    const [violation] = runQuiet({ protocol, nodes: ['n1', 'n2'], speed: 'recorded' }).violations;
    expect(violation!.message).toMatch(/onStart at n2 used a part of a state that an earlier step kept/);
  });

  it('reaches nobody else when it is the facade: there is one, and it is whoever steps', () => {
    let kept: { volatile: { n?: number } } | null = null;
    const protocol = probe({
      volatile: () => ({ n: 0 }),
      onStart(node) {
        kept ??= node as never;
        kept!.volatile.n = Number(kept!.volatile.n) + 1;
        node.mark('n', node.volatile['n']);
      },
    });
    const seen = marks(runQuiet({ protocol, nodes: ['n1', 'n2'] }), 'n');
    expect(seen.map(({ node, detail }) => [node, detail])).toEqual([
      ['n1', 1],
      ['n2', 1],
    ]);
  });
});
