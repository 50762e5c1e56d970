import { describe, expect, it } from 'vitest';
import { ms, readEntry, readItem, readOnly, type SimulationConfig } from '../../engine/index.js';
import { details, probe, runQuiet, type ProbeNode } from './probe.js';

interface Item {
  n: number;
}

const worlds: Record<string, Partial<SimulationConfig>> = {
  'at the direct speed': { speed: 'direct' },
  'at the direct speed, with a disk': { speed: 'direct', disk: {} },
  'at the recorded speed': { speed: 'recorded' },
};

/** Marks what `look` sees in a node that begins with the log [1, 2, 3]. */
function seen(world: Partial<SimulationConfig>, look: (node: ProbeNode) => unknown): unknown {
  const protocol = probe({
    durable: () => ({ log: [{ n: 1 }, { n: 2 }, { n: 3 }], term: 0 }),
    onStart: (node) => node.setTimer('go', ms(5)),
    onTimer: { go: (node) => node.mark('seen', look(node)) },
  });
  const result = runQuiet({ ...world, protocol, nodes: 1 });
  expect(result.violations).toEqual([]);
  return details(result, 'seen')[0];
}

const logOf = (node: ProbeNode): Item[] => node.durable['log'] as Item[];
const numbers = (items: readonly Item[]): number[] => items.map(({ n }) => n);

describe.each(Object.entries(worlds))('a part to look at, %s', (_, world) => {
  it('shows what it is made of', () => {
    expect(seen(world, (node) => numbers(readOnly(logOf(node))))).toEqual([1, 2, 3]);
    expect(seen(world, (node) => numbers(readOnly(node.durable)['log'] as Item[]))).toEqual([1, 2, 3]);
  });

  it('shows what this step has changed, at any depth, when it is asked again', () => {
    const shown = seen(world, (node) => {
      const log = logOf(node);
      const before = numbers(readOnly(log));
      log.push({ n: 4 });
      const appended = numbers(readOnly(log));
      log[0]!.n = 9;
      return [before, appended, numbers(readOnly(log)), numbers(readOnly(node.durable)['log'] as Item[])];
    });
    const after = [9, 2, 3, 4];
    expect(shown).toEqual([[1, 2, 3], [1, 2, 3, 4], after, after]);
  });

  it('shows one element, as this step has left it', () => {
    const shown = seen(world, (node) => {
      const log = logOf(node);
      const before = readItem(log, 1)?.n;
      log.push({ n: 4 });
      log[0]!.n = 9;
      log[2] = { n: 8 };
      return [before, [0, 1, 2, 3].map((index) => readItem(log, index)?.n), readItem(log, 4) ?? null];
    });
    expect(shown).toEqual([2, [9, 2, 8, 4], null]);
  });

  it('shows what a record has under a key, as this step has left it', () => {
    const shown = seen(world, (node) => {
      const votes = (node.durable['votes'] = { a: { n: 1 }, b: { n: 2 } } as Record<string, Item>);
      const before = readEntry(votes, 'a')?.n;
      (node.durable['votes'] as Record<string, Item>)['a']!.n = 5;
      const now = node.durable['votes'] as Record<string, Item>;
      return [before, readEntry(now, 'a')?.n, readEntry(now, 'b')?.n, readEntry(now, 'c') ?? null];
    });
    expect(shown).toEqual([1, 5, 2, null]);
  });

  it('shows an unchanged part of what has changed elsewhere', () => {
    const shown = seen(world, (node) => {
      node.durable['term'] = 7;
      return [numbers(readOnly(logOf(node))), readOnly(node.durable)['term']];
    });
    expect(shown).toEqual([[1, 2, 3], 7]);
  });
});

it('costs a long list no copy, where reading its draft does', () => {
  const isShared = (look: (log: Item[]) => unknown): boolean => {
    let item: unknown;
    let kept: unknown;
    seen({ speed: 'recorded' }, (node) => {
      item = look(logOf(node));
      kept = readOnly(node.durable)['log'];
      return null;
    });
    return (kept as Item[]).includes(item as Item);
  };
  expect(isShared((log) => readOnly(log)[1])).toBe(true);
  expect(isShared((log) => log[1])).toBe(false);
});

it('costs an unchanged element of a list that has changed no draft', () => {
  const isBare = seen({ speed: 'recorded' }, (node) => {
    const log = logOf(node);
    const bare = readOnly(log)[1];
    log.push({ n: 4 });
    const changed = readOnly(node.durable) as Readonly<Record<string, Item[]>>;
    const isSame = readItem(log, 1) === bare;
    return [isSame, readOnly(log)[1] === bare, readEntry(changed, 'log') === log];
  });
  // (Of what has changed, it gives the draft.)
  expect(isBare).toEqual([true, false, true]);
});
