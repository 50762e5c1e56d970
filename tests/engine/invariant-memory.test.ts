import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { probe, runQuiet } from './probe.js';

interface Seen {
  readonly noted: string[];
}

function ticking(invariants: readonly object[]): ReturnType<typeof probe> {
  return probe({
    onStart: (node) => node.setTimer('tick', ms(1)),
    onTimer: { tick: (node) => node.setTimer('tick', ms(1)) },
    invariants,
  });
}

describe('invariants that note together', () => {
  const noting = (say: (seen: Seen) => string | null) => {
    const memory = (): Seen => ({ noted: [] });
    const note = ({ noted }: Seen, node: { id: string }, world: { now: number }): void =>
      void noted.push(`${node.id} ${world.now}`);
    return [
      { name: 'first', says: '', memory, note, afterStep: say },
      { name: 'second', says: '', memory, note, afterStep: () => null, atEnd: ({ noted }: Seen) => noted.join(', ') },
    ];
  };
  const run = (invariants: readonly object[]) =>
    runQuiet({ protocol: ticking(invariants), nodes: 1, until: ms(2), continueAfterViolation: true }).violations;

  it('share one memory, and every step is noted once', () => {
    expect(run(noting(() => null))).toMatchObject([{ property: 'second', message: 'n1 0, n1 1000, n1 2000' }]);
  });

  it('find it up to date when they judge', () => {
    const found = run(noting(({ noted }) => (noted.length === 2 ? `knows ${noted.at(-1)}` : null)));
    expect(found[0]).toMatchObject({ property: 'first', message: 'knows n1 1000' });
  });

  it('go on noting when one of them is broken', () => {
    const found = run(noting(() => 'broken at once'));
    expect(found).toMatchObject([{ property: 'first' }, { property: 'second', message: 'n1 0, n1 1000, n1 2000' }]);
  });

  it('and others, with the same maker of a memory, have one each', () => {
    const memory = () => ({ steps: 0 });
    const counting = (name: string) => ({
      ...{ name, says: '', memory },
      afterStep: (own: { steps: number }) => void own.steps++,
      atEnd: ({ steps }: { steps: number }) => `${steps}`,
    });
    const found = run([counting('a'), counting('b')]);
    expect(found.map(({ message }) => message)).toEqual(['3', '3']);
  });
});
