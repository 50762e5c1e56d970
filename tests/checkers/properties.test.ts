import { describe, expect, test } from 'vitest';
import {
  always,
  broadcastProperties,
  conservation,
  deliveryCounts,
  eventually,
  eventuallyAlways,
  leaderUniqueness,
  leadsTo,
  mutualExclusion,
  type BroadcastEvent,
  type BroadcastProperty,
  type ObservedTrace,
} from '../../checkers/index.js';
import { chance } from './random-history.js';

const NODES = ['a', 'b', 'c'];

/** `a+m1` broadcasts, `b.m1` delivers, `c!` crashes. */
function trace(text: string): BroadcastEvent[] {
  return text.split(' ').map((word): BroadcastEvent => {
    const type = { '+': 'broadcast', '.': 'deliver', '!': 'crash' }[word[1]!] as BroadcastEvent['type'];
    return { type, node: word[0]!, ...(type !== 'crash' && { message: word.slice(2) }) };
  });
}

function verdicts(text: string, complete = true): Record<string, string> {
  return Object.fromEntries(
    broadcastProperties(trace(text), NODES, { complete }).map(({ property, verdict }) => [property, verdict]),
  );
}

describe('broadcasts: each property bites, on its own', () => {
  test.each<[BroadcastProperty, string, readonly BroadcastProperty[]]>([
    ['validity', 'a+1', ['agreement', 'uniform agreement', 'integrity']],
    ['agreement', 'a+1 a.1', ['validity', 'integrity', 'total order']],
    ['uniform agreement', 'a+1 a.1 a!', ['agreement', 'validity']],
    ['uniform integrity', 'a+1 a.1 b.1 c.1 c.1 c!', ['integrity', 'uniform agreement', 'uniform total order']],
    ['uniform integrity', 'a.1 a!', ['integrity', 'validity', 'uniform FIFO order']],
    ['integrity', 'a+1 a.1 b.1 c.1 c.1', ['agreement', 'total order', 'causal order']],
    ['integrity', 'a.1 b.1 c.1', ['agreement']],
    ['integrity', 'a.1 a+1 b.1 c.1', ['agreement']],
    ['total order', 'a+1 b+2 a.1 a.2 b.2 b.1 c.1 c.2', ['agreement', 'FIFO order', 'causal order']],
    ['uniform total order', 'a+1 b+2 a.1 a.2 b.2 b.1 b! c.1 c.2', ['total order', 'agreement']],
    ['FIFO order', 'a+1 a+2 a.2 b.2 c.2 a.1 b.1 c.1', ['agreement', 'total order', 'integrity']],
    [
      'uniform FIFO order',
      'a+1 a+2 c.2 c! a.1 a.2 b.1 b.2',
      ['FIFO order', 'uniform agreement', 'uniform total order'],
    ],
    [
      'uniform causal order',
      'a+1 b.1 b+2 c.2 c! a.1 a.2 b.2',
      ['causal order', 'uniform FIFO order', 'uniform agreement'],
    ],
    ['causal order', 'a+1 b.1 b+2 a.1 a.2 b.2 c.2 c.1', ['agreement', 'FIFO order']],
  ])('%s: %s', (property, text, others) => {
    expect(verdicts(text)[property]).toBe('violation');
    for (const other of others) expect(verdicts(text)[other]).toBe('ok');
  });
  test('a trace that just ends cannot tell what would still have come', () => {
    expect(verdicts('a+1 a.1 b+2', false)).toMatchObject({
      validity: 'undecided',
      agreement: 'undecided',
      'total order': 'ok',
    });
  });
  test('a message that is broadcast twice was broadcast the first time', () => {
    expect(verdicts('a+1 a.1 b.1 c.1 a+1')).toMatchObject({ integrity: 'ok', 'causal order': 'ok' });
  });
  test('says who and what', () => {
    const found = broadcastProperties(trace('a+1 b+2 a.1 a.2 b.2 b.1'), NODES)[5];
    expect(found?.says).toBe('a delivered 1 before 2, and b delivered 2 before 1');
    expect(found?.events).toEqual([2, 3, 4, 5]);
  });

  test('agrees with the definitions on small random traces', () => {
    const tally: Record<string, number> = {};
    for (let seed = 0; seed < 3_000; seed++) {
      const random = chance(seed);
      const below = (n: number): number => Math.floor(random() * n);
      const events = Array.from({ length: 4 + below(9) }, (_, i): BroadcastEvent => {
        const node = NODES[below(3)]!;
        const kind = random();
        if (kind < 0.05) return { type: 'crash', node };
        return kind < 0.35
          ? { type: 'broadcast', node, message: `m${i}` }
          : { type: 'deliver', node, message: `m${below(8)}` };
      });
      const found = broadcastProperties(events, NODES, { complete: true });
      for (const { property, verdict } of found) {
        const expected = byDefinition(events, property) ? 'ok' : 'violation';
        expect(`${seed} ${property} ${verdict}`).toBe(`${seed} ${property} ${expected}`);
        tally[`${property} ${verdict}`] = (tally[`${property} ${verdict}`] ?? 0) + 1;
      }
    }
    expect(Object.keys(tally)).toHaveLength(22);
    expect(Math.min(...Object.values(tally))).toBeGreaterThan(20);
  });
});

/** Hadzilacos and Toueg's sentences, one after the other, over all pairs. */
function byDefinition(events: readonly BroadcastEvent[], property: BroadcastProperty): boolean {
  const firstAt = (type: string, message: string, node?: string): number =>
    events.findIndex((e) => e.type === type && e.message === message && (node === undefined || e.node === node));
  const got = (node: string, message: string): number => firstAt('deliver', message, node);
  const messages = [...new Set(events.flatMap(({ message }) => (message === undefined ? [] : [message])))];
  const isCorrect = (node: string): boolean => !events.some((e) => e.type === 'crash' && e.node === node);
  const correct = NODES.filter(isCorrect);
  const among = property.startsWith('uniform') ? NODES : correct;
  const sender = (message: string): string | undefined => events[firstAt('broadcast', message)]?.node;
  // m → m': its sender had broadcast or delivered m before, or so in several steps.
  const direct = (m: string, n: string): boolean => {
    const at = firstAt('broadcast', n);
    return at !== -1 && m !== n && events.some((e, i) => i < at && e.node === sender(n) && e.message === m);
  };
  const causes = (m: string, n: string, left = messages.length): boolean =>
    direct(m, n) || (left > 0 && messages.some((k) => direct(k, n) && causes(m, k, left - 1)));
  const before = (rule: (m: string, n: string) => boolean): boolean =>
    messages.every((m) =>
      messages.every(
        (n) =>
          m === n ||
          !rule(m, n) ||
          among.every((node) => got(node, n) === -1 || (got(node, m) !== -1 && got(node, m) < got(node, n))),
      ),
    );
  switch (property) {
    case 'validity':
      return messages.every((m) => sender(m) === undefined || !isCorrect(sender(m)!) || got(sender(m)!, m) !== -1);
    case 'agreement':
    case 'uniform agreement':
      return messages.every(
        (m) => !among.some((node) => got(node, m) !== -1) || correct.every((node) => got(node, m) !== -1),
      );
    case 'integrity':
    case 'uniform integrity':
      return events.every(
        (e, i) =>
          e.type !== 'deliver' ||
          !among.includes(e.node) ||
          (firstAt('broadcast', e.message!) !== -1 &&
            firstAt('broadcast', e.message!) < i &&
            got(e.node, e.message!) === i),
      );
    case 'total order':
    case 'uniform total order':
      return among.every((p) =>
        among.every((q) =>
          messages.every((m) =>
            messages.every((n) => {
              const both = [got(p, m), got(p, n), got(q, m), got(q, n)];
              return both.includes(-1) || got(p, m) < got(p, n) === got(q, m) < got(q, n);
            }),
          ),
        ),
      );
    case 'FIFO order':
    case 'uniform FIFO order':
      return before(
        (m, n) =>
          sender(m) !== undefined && sender(m) === sender(n) && firstAt('broadcast', m) < firstAt('broadcast', n),
      );
    case 'causal order':
    case 'uniform causal order':
      return before((m, n) => causes(m, n));
  }
}

describe('coordination', () => {
  test('one leader a term', () => {
    const lead = (node: string, term: number) => ({ node, term });
    expect(leaderUniqueness([lead('a', 1), lead('b', 2), lead('a', 1)]).verdict).toBe('ok');
    expect(leaderUniqueness([lead('a', 1), lead('b', 2), lead('c', 2)])).toMatchObject({
      verdict: 'violation',
      events: [1, 2],
      says: 'b and c both lead term 2',
    });
  });
  test('mutual exclusion', () => {
    const step = (type: 'enter' | 'leave', who: string, lock = 'x') => ({ type, who, lock });
    expect(
      mutualExclusion([step('enter', 'a'), step('enter', 'b', 'y'), step('leave', 'a'), step('enter', 'b')]).verdict,
    ).toBe('ok');
    expect(mutualExclusion([step('enter', 'a'), step('enter', 'a')]).verdict).toBe('ok');
    expect(mutualExclusion([step('enter', 'a'), step('enter', 'b')])).toMatchObject({
      verdict: 'violation',
      says: 'b entered x while a was inside',
    });
  });
  test('how often a message arrives', () => {
    const of = (text: string, complete = true) =>
      deliveryCounts(
        text.split(' ').map((word) => ({ type: word[0] === '+' ? 'sent' : 'delivered', message: word.slice(1) })),
        { complete },
      ).map(({ verdict }) => verdict);
    expect(of('+1 .1 +2 .2')).toEqual(['ok', 'ok', 'ok']);
    expect(of('+1 .1 .1')).toEqual(['violation', 'ok', 'violation']);
    expect(of('+1 .1 +2')).toEqual(['ok', 'violation', 'violation']);
    expect(of('+1 .1 +2', false)).toEqual(['ok', 'undecided', 'undecided']);
    expect(of('.1')).toEqual(['violation', 'ok', 'violation']);
  });
  test('conservation', () => {
    expect(conservation([{ balances: { a: 10, b: 0 } }, { balances: { a: 3, b: 7n } }], 10).verdict).toBe('ok');
    expect(conservation([{ balances: { a: 10, b: 0 } }, { balances: { a: 3, b: 10 } }], 10)).toMatchObject({
      says: 'the accounts hold 13, and should hold 10',
      events: [1],
    });
    expect(conservation([{ balances: { a: -1, b: 11 } }], 10).verdict).toBe('violation');
    expect(conservation([{ balances: { a: -1, b: 11 } }], 10, { mayOverdraw: true }).verdict).toBe('ok');
  });
});

describe('temporal properties agree with their definitions, instant by instant', () => {
  type State = { readonly p: boolean; readonly q: boolean };
  const p = (state: State): boolean => state.p;
  const q = (state: State): boolean => state.q;

  test('on small random traces', () => {
    const tally: Record<string, number> = {};
    for (let seed = 0; seed < 4_000; seed++) {
      const random = chance(seed);
      const below = (n: number): number => Math.floor(random() * n);
      let time = 0;
      const often = 0.3 + 0.6 * random();
      const states = Array.from({ length: 1 + below(6) }, () => {
        const state = { p: random() < often, q: random() < 0.4 };
        const at = time;
        time += 1 + below(3);
        return { time: at, state };
      });
      const observed: ObservedTrace<State> = { states, end: time + below(4) };
      const window = { from: below(8), within: below(8) };
      const until = window.from + window.within;
      const stateAt = (t: number): State => states.findLast((one) => one.time <= t)!.state;
      const instants = Array.from({ length: observed.end + 1 }, (_, t) => t);
      const decided = (ok: boolean, end: number): string =>
        ok ? 'ok' : observed.end >= end ? 'violation' : 'undecided';
      const expected = {
        always: decided(
          instants.every((t) => p(stateAt(t))),
          0,
        ),
        eventually: decided(
          instants.some((t) => t >= window.from && t <= until && p(stateAt(t))),
          until,
        ),
        leadsTo: ((): string => {
          const each = states
            .filter(({ state }) => p(state))
            .map(({ time: begun }) => {
              const last = Math.max(begun, window.from) + window.within;
              return decided(
                instants.some((t) => t >= begun && t <= last && q(stateAt(t))),
                last,
              );
            });
          return each.includes('violation') ? 'violation' : each.includes('undecided') ? 'undecided' : 'ok';
        })(),
        eventuallyAlways:
          observed.end < until
            ? 'undecided'
            : decided(
                instants.some((t) => t <= until && instants.every((u) => u < t || p(stateAt(u)))),
                until,
              ),
      };
      const found = {
        always: always(observed, p).verdict,
        eventually: eventually(observed, p, window).verdict,
        leadsTo: leadsTo(observed, p, q, window).verdict,
        eventuallyAlways: eventuallyAlways(observed, p, window).verdict,
      };
      expect({ seed, ...found }).toEqual({ seed, ...expected });
      for (const [name, verdict] of Object.entries(found))
        tally[`${name} ${verdict}`] = (tally[`${name} ${verdict}`] ?? 0) + 1;
    }
    // All that there can be: `always` is never undecided.
    expect(Object.keys(tally)).toHaveLength(11);
    expect(Math.min(...Object.values(tally))).toBeGreaterThan(100);
  });
  test('says when', () => {
    const down = { states: [{ time: 0, state: { p: false, q: false } }], end: 3_000_000 };
    expect(eventually(down, p, { from: 1_000_000, within: 1_000_000 }).says).toBe(
      'did not hold between 1.000 s and 2.000 s',
    );
    expect(eventually(down, p, { from: 1_000_000, within: 9_000_000 }).says).toBe(
      'the trace ends at 3.000 s, before 10.000 s',
    );
  });
});
