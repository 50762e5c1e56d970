import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms, Simulation } from '../../engine/index.js';
import { details, eventsOf, marks, probe, quiet, runQuiet, type ProbeNode } from './probe.js';

/** One node that does these things, one per call of `go`, at 10, 20, 30, … ms. */
function script(...actions: readonly ((node: ProbeNode) => void)[]) {
  const fire = (name: string) => (node: ProbeNode, payload: unknown, key: string | undefined) =>
    node.mark('fired', { name, payload: payload ?? null, key: key ?? null });
  return probe({
    volatile: () => ({ at: 0 }),
    onStart: (node) => node.setTimer('go', ms(10)),
    onTimer: {
      go(node) {
        actions[node.volatile['at']++]?.(node);
        if (node.volatile['at'] < actions.length) node.setTimer('go', ms(10));
      },
      a: fire('a'),
      b: fire('b'),
    },
    onMessage: { a: () => undefined },
  });
}

function fired(...actions: readonly ((node: ProbeNode) => void)[]) {
  const result = runQuiet({ protocol: script(...actions), nodes: 1 });
  expect(result.violations).toEqual([]);
  return marks(result, 'fired').map(({ time, detail }) => [
    time / 1_000,
    detail.name + (detail.key === null ? '' : `/${detail.key}`),
    ...(detail.payload === null ? [] : [detail.payload]),
  ]);
}

describe('timers', () => {
  it('fire once, after this long', () => {
    expect(fired((node) => node.setTimer('a', ms(25)))).toEqual([[35, 'a']]);
  });

  it('are reset by being set again, to earlier or later', () => {
    expect(
      fired(
        (n) => n.setTimer('a', ms(25)),
        (n) => n.setTimer('a', ms(40)),
      ),
    ).toEqual([[60, 'a']]);
    expect(
      fired(
        (n) => n.setTimer('a', ms(25)),
        (n) => n.setTimer('a', ms(2)),
      ),
    ).toEqual([[22, 'a']]);
    expect(
      fired(
        (n) => n.setTimer('a', ms(5)),
        () => undefined,
        (n) => n.setTimer('a', ms(5)),
      ),
    ).toEqual([
      [15, 'a'],
      [35, 'a'],
    ]);
  });

  it('are cancelled, and may be set again', () => {
    expect(
      fired(
        (n) => n.setTimer('a', ms(25)),
        (n) => n.cancelTimer('a'),
      ),
    ).toEqual([]);
    expect(
      fired(
        (n) => n.setTimer('a', ms(25)),
        (n) => {
          n.cancelTimer('a');
          n.setTimer('a', ms(3));
        },
      ),
    ).toEqual([[23, 'a']]);
  });

  it('run side by side by key', () => {
    expect(
      fired((n) => {
        for (const [key, after] of [
          ['x', 5],
          ['y', 3],
          ['x', 9],
        ] as const)
          n.setTimer('a', ms(after), undefined, key);
        n.setTimer('a', ms(1));
        n.setTimer('b', ms(7), undefined, 'x');
        n.setTimer('a', ms(7), undefined, 'z');
        n.cancelTimer('a', 'z');
      }),
    ).toEqual([
      [11, 'a'],
      [13, 'a/y'],
      [17, 'b/x'],
      [19, 'a/x'],
    ]);
  });

  it('keep the payload as it was when the step ended', () => {
    expect(
      fired(
        (n) => {
          const payload = { list: [1] };
          n.setTimer('a', ms(5), payload);
          payload.list.push(2);
          n.setTimer('b', ms(5), payload);
          n.volatile['kept'] = payload;
        },
        (n) => n.volatile['kept']?.list.push(3),
      ),
    ).toEqual([
      [15, 'a', { list: [1, 2] }],
      [15, 'b', { list: [1, 2] }],
    ]);
  });

  it('obey the last word of a step, whether or not there is a payload', () => {
    const payload = { n: 1 };
    expect(
      fired((n) => {
        n.setTimer('a', ms(5), payload);
        n.cancelTimer('a');
      }),
    ).toEqual([]);
    expect(
      fired((n) => {
        n.setTimer('a', ms(5), payload);
        n.setTimer('a', ms(8));
      }),
    ).toEqual([[18, 'a']]);
    expect(
      fired((n) => {
        n.setTimer('a', ms(8));
        n.setTimer('a', ms(5), payload);
      }),
    ).toEqual([[15, 'a', payload]]);
    expect(
      fired((n) => {
        n.setTimer('a', ms(5), payload);
        n.cancelTimer('a');
        n.setTimer('a', ms(6));
      }),
    ).toEqual([[16, 'a']]);
  });

  it('that would end after the end of time never fire', () => {
    expect(fired((n) => n.setTimer('a', Number.MAX_SAFE_INTEGER))).toEqual([]);
  });

  it('do not survive a crash, and are set anew by the next life', () => {
    const protocol = probe({
      onStart(node, { reason }) {
        if (reason === 'first') {
          node.setTimer('old', ms(30));
          node.setTimer('old', ms(30), { n: 1 }, 'keyed');
        }
        node.setTimer('both', ms(30));
      },
      onTimer: { old: (node) => node.mark('old'), both: (node) => node.mark('both') },
    });
    const result = runQuiet({ protocol, nodes: 1, faults: [{ do: 'crash', whom: 'n1', at: ms(10), for: ms(5) }] });
    expect(result.marks.get('old')).toBeUndefined();
    expect(marks(result, 'both').map(({ time }) => time)).toEqual([ms(45)]);
  });

  it('name the event that set them last as their cause', () => {
    const protocol = script(
      (n) => n.setTimer('a', ms(15)),
      (n) => n.setTimer('a', ms(15)),
      (n) => n.setTimer('a', ms(15)),
    );
    const result = runQuiet({ protocol, nodes: 1 });
    const timers = eventsOf(result, 'timer');
    const last = timers.filter(({ name }) => name === 'go')[2]!;
    expect(timers.find(({ name }) => name === 'a')!.cause).toBe(last.id);
  });

  it('of the name of a message are not taken for it', () => {
    const protocol = probe({
      onStart: (node) => node.setTimer('a', 5),
      onTimer: {
        a() {
          throw new Error('oops');
        },
      },
      onMessage: { a: () => undefined },
    });
    expect(runQuiet({ protocol, nodes: 1 }).violations[0]!.message).toBe("probe's onTimer.a at n1 threw Error: oops");
  });

  it('that are set again and again keep one entry in the queue', () => {
    const protocol = probe({
      volatile: () => ({ n: 0 }),
      onStart: (node) => node.setTimer('beat', 100),
      onTimer: {
        beat(node) {
          node.setTimer('election', ms(50));
          node.setTimer('lease', ms(50), undefined, 'k');
          if (++node.volatile['n'] < 2_000) node.setTimer('beat', 100);
        },
        election: (node) => node.mark('fired'),
        lease: (node) => node.mark('fired'),
      },
    });
    const result = runQuiet({ protocol, nodes: 1, budget: { queue: 8 } });
    expect(result.ending).toBe('finished');
    expect(marks(result, 'fired').map(({ time }) => time)).toEqual([250_000, 250_000]);
  });

  it('whose keys never come back leave nothing behind', () => {
    const protocol = probe({
      volatile: () => ({ n: 0 }),
      onStart: (node) => node.setTimer('next', 10),
      onTimer: {
        next(node) {
          const n = node.volatile['n']++;
          node.setTimer('request', 15, { n }, `r${n}`);
          node.cancelTimer('request', `r${n - 5}`);
          if (n % 2 === 0) node.cancelTimer('request', `r${n - 1}`);
          if (n < 5_000) node.setTimer('next', 10);
        },
        request: () => undefined,
      },
    });
    const simulation = new Simulation(quiet({ protocol, nodes: 1 }));
    simulation.run();
    const { timers } = (
      simulation as unknown as { kernel: { timers: { timers: { slots: number; keys: Map<number, string> } } } }
    ).kernel.timers;
    expect(timers.keys.size).toBe(0);
    expect(timers.slots).toBeLessThan(16);
  });

  it('do what a naive model does', () => {
    type Step = {
      op: 'set' | 'cancel';
      name: 'a' | 'b';
      key: string | undefined;
      after: number;
      payload: number | undefined;
    };
    const step: fc.Arbitrary<Step> = fc.record({
      op: fc.constantFrom('set', 'set', 'set', 'cancel'),
      name: fc.constantFrom('a', 'b'),
      key: fc.constantFrom(undefined, 'x', 'y'),
      // No timer is due at the time of a turn, where either may come first.
      after: fc.nat(35).filter((after) => after % 10 !== 0),
      payload: fc.option(fc.nat(9), { nil: undefined }),
    });
    const turns = fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(turns, (steps) => {
        const apply = (node: ProbeNode, { op, name, key, after, payload }: Step): void => {
          if (op === 'set') node.setTimer(name, ms(after), payload, key);
          else node.cancelTimer(name, key);
        };
        const actual = fired(...steps.map((turn) => (node: ProbeNode) => turn.forEach((one) => apply(node, one))));
        const sorted = (list: readonly (readonly unknown[])[]): string[] =>
          list.map((one) => JSON.stringify(one)).sort((a, b) => (a < b ? -1 : 1));
        expect(sorted(actual)).toEqual(sorted(naive(steps)));
        const times = actual.map(([time]) => time as number);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
      { numRuns: 150 },
    );

    /** Millisecond by millisecond. */
    function naive(steps: readonly (readonly Step[])[]): unknown[][] {
      const running = new Map<string, { due: number; payload: number | undefined }>();
      const seen: unknown[][] = [];
      const fire = (now: number): void => {
        for (const [id, { due, payload }] of [...running]) {
          if (due !== now) continue;
          running.delete(id);
          seen.push([now, id, ...(payload === undefined ? [] : [payload])]);
        }
      };
      for (let now = 10; now <= steps.length * 10 + 40; now++) {
        for (const { op, name, key, after, payload } of (now % 10 === 0 ? steps[now / 10 - 1] : undefined) ?? []) {
          if (op === 'cancel') running.delete(id(name, key));
          else running.set(id(name, key), { due: now + after, payload });
        }
        fire(now);
      }
      return seen;
    }

    function id(name: string, key: string | undefined): string {
      return key === undefined ? name : `${name}/${key}`;
    }
  });

  it('of no time at all fire in a step of their own, at the same instant', () => {
    expect(details(runQuiet({ protocol: script((n) => n.setTimer('a', 0)), nodes: 1 }), 'fired')).toEqual([
      { name: 'a', payload: null, key: null },
    ]);
  });
});
