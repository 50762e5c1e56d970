import { describe, expect, it } from 'vitest';
import { assertSameWork, ratiosOf, type Row } from '../../bench/compare.js';
import type { ContestantName } from '../../bench/contestants.js';
import type { Measurement } from '../../bench/measure.js';
import { runWorkload } from '../../bench/ours/run-workload.js';
import { registerHistory } from '../../bench/register-history.js';
import { spread } from '../../bench/statistics.js';
import { linearizable, register } from '../../checkers/index.js';
import { absorb, foldChecksum, workloadNamed, WORKLOADS } from '../../bench/workloads.js';

function measurement(contestant: string, nsPerEvent: number): Measurement {
  return {
    contestant,
    workload: 'ping-pong',
    events: 10,
    simulations: 1,
    checksum: workloadNamed('ping-pong').checksumOf(10),
    nsPerEvent,
    processNsPerEvent: nsPerEvent,
    clock: 'schedstat',
  };
}

function row(contestant: ContestantName, times: readonly number[]): Row {
  const measurements = times.map((time) => measurement(contestant, time));
  return {
    contestant,
    workload: 'ping-pong',
    nsPerEvent: spread(times),
    processNsPerEvent: spread(times),
    measurements,
  };
}

describe('workloads', () => {
  it('count what an event-by-event run in any order of delivery comes to', () => {
    const heartbeat = workloadNamed('heartbeat-5');
    const messages: { to: number; from: number; counter: number }[] = [];
    for (let counter = 1; counter <= 3; counter++) {
      for (let from = 0; from < 5; from++) {
        for (let to = 0; to < 5; to++) if (to !== from) messages.push({ to, from, counter });
      }
    }
    for (const order of [messages, messages.toReversed()]) {
      const sums = [0, 0, 0, 0, 0];
      for (const { to, from, counter } of order) sums[to] = absorb(sums[to] ?? 0, counter, from);
      expect(foldChecksum(sums)).toBe(heartbeat.checksumOf(3));
    }
    expect(heartbeat.eventsOf(3)).toBe(messages.length + 3 * 5);
  });

  it('have as many events as asked for, where whole rounds allow it', () => {
    for (const workload of WORKLOADS) expect(workload.eventsOf(workload.roundsFor(1_000_000))).toBe(1_000_000);
  });

  it('suggest the names that there are', () => {
    expect(() => workloadNamed('ping')).toThrow(/ping-pong, heartbeat-5, heartbeat-100/);
  });
});

describe('a comparison', () => {
  const workload = workloadNamed('ping-pong');

  it('refuses a contestant that does less, or other, work', () => {
    const honest = measurement('cpp', 40);
    expect(() => assertSameWork('cpp', honest, workload, 10)).not.toThrow();
    expect(() => assertSameWork('cpp', { ...honest, events: 9 }, workload, 10)).toThrow(/cpp did other work/);
    expect(() => assertSameWork('cpp', { ...honest, checksum: honest.checksum + 1 }, workload, 10)).toThrow(
      /other work/,
    );
  });

  it('takes ratios within a round, not between medians', () => {
    // The machine slowed down threefold in the second round, for both.
    const ratios = ratiosOf([row('cpp', [10, 30, 11]), row('ours-bare', [20, 60, 44])]);
    expect(ratios).toHaveLength(1);
    expect(ratios[0]).toMatchObject({
      peer: 'cpp',
      mode: 'bare',
      speed: { median: 0.5, min: 0.25, max: 0.5 },
      met: true,
    });
  });

  it('says when a goal is missed', () => {
    expect(ratiosOf([row('cpp', [10]), row('ours-bare', [40])])[0]).toMatchObject({ goal: 0.3, met: false });
  });
});

describe('spread', () => {
  it('takes the middle, or between the two middles', () => {
    expect(spread([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
    expect(spread([10, 9, 1, 2])).toEqual({ median: 5.5, min: 1, max: 10 });
    expect(() => spread([])).toThrow(RangeError);
  });
});

describe('the history that the checker is timed on', () => {
  const history = registerHistory({ operations: 200, clients: 4, unknownEvery: 50, seed: 'a test' });

  it('is linearizable', () => {
    expect(history.some((event) => event.type === 'info')).toBe(true);
    expect(linearizable(history, register).verdict).toBe('ok');
  });

  it('is not once a read returns what nobody wrote', () => {
    const read = history.findLast((event) => event.type === 'ok' && event.f === 'read');
    const spoilt = history.map((event) => (event === read ? { ...event, value: 1_000_000 } : event));
    expect(linearizable(spoilt, register).verdict).toBe('violation');
  });
});

describe('our engine', () => {
  it.each(WORKLOADS.map((workload) => workload.name))(
    'does the same work as its peers in %s, in both modes',
    (name) => {
      const workload = workloadNamed(name);
      const rounds = workload.roundsFor(20_000);
      for (const mode of ['bare', 'all-in'] as const) {
        const { events, checksum, result } = runWorkload(workload, rounds, mode);
        expect({ events, checksum }).toEqual({
          events: workload.eventsOf(rounds),
          checksum: workload.checksumOf(rounds),
        });
        expect(result.trace === null).toBe(mode === 'bare');
      }
    },
  );
});
