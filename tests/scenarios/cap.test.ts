import { describe, expect, it } from 'vitest';
import { availability, askedAcross, percentAnswered, type Answered } from '../../scenarios/cap/availability.js';
import { classOf, type Observed } from '../../scenarios/cap/classify.js';
import { cutOf, CUTS, nodesFor } from '../../scenarios/cap/cuts.js';
import { convergenceIn, lossesIn } from '../../scenarios/cap/losses.js';
import { HEAL_AT } from '../../scenarios/cap/probe.js';
import { worst } from '../../scenarios/cap/cap.js';
import { elseClassOf, type ElseClass } from '../../scenarios/cap/pacelc.js';
import { capPage, capStores, measureCap, type CapReport } from '../../scenarios/index.js';
import type { HistoryEvent } from '../../engine/index.js';

const all: Answered = { asked: 10, ok: 1, failed: 0 };
const some: Answered = { asked: 10, ok: 0.9, failed: 0 };

function seen(reads: Answered, writes: Answered, refuted: boolean, later = { reads, writes }): Observed {
  return { all: [{ reads, writes }, later, later], refuted };
}

describe('the class of a store', () => {
  it.each<[string, Observed[]]>([
    ['AP', [seen(all, all, true), seen(all, all, false)]],
    ['inadequate', [seen(all, all, false)]],
    ['CP', [seen(all, all, false), seen(all, some, false), seen(some, some, false)]],
    ['read-only', [seen(all, some, true)]],
    ['read-only', [seen(all, all, true), seen(all, some, false)]],
    ['neither', [seen(some, all, false), seen(all, all, true)]],
    ['depends on the bound', [seen(some, some, true, { reads: all, writes: all })]],
  ])('%s', (name, observed) => expect(classOf(observed)).toBe(name));

  it('counts who was never asked as not answered', () => {
    expect(classOf([seen({ asked: 0, ok: 0, failed: 0 }, all, true)])).toBe('neither');
  });
});

describe('availability', () => {
  // Two nodes: clients 1 and 3 ask the first, 2 and 4 the second.
  const line = (
    index: number,
    time: number,
    type: HistoryEvent['type'],
    process: number,
    f = 'read',
  ): HistoryEvent => ({
    index,
    time,
    type,
    process,
    f,
    key: 'x',
    value: f === 'read' ? null : process,
  });
  const history = [
    line(0, 100, 'invoke', 0),
    line(1, 110, 'invoke', 1, 'write'),
    line(2, 120, 'ok', 0),
    line(3, 130, 'invoke', 2),
    line(4, 140, 'fail', 2),
    line(5, 150, 'invoke', 3, 'write'),
    line(6, 900, 'ok', 1, 'write'),
  ];
  const period = { from: 0, to: 1_000 };

  it('tells answers in time, errors and silence apart, by the node that was asked', () => {
    expect(availability(history, period, 500, 2, [0])).toEqual({
      reads: { asked: 2, ok: 0.5, failed: 0.5 },
      writes: { asked: 0, ok: 0, failed: 0 },
    });
    expect(availability(history, period, 500, 2, [1]).writes).toEqual({ asked: 2, ok: 0, failed: 0 });
    expect(availability(history, period, 1_000, 2, [1]).writes).toEqual({ asked: 2, ok: 0.5, failed: 0 });
    expect(availability(history, { from: 125, to: 1_000 }, 500, 2, [0]).reads).toEqual({ asked: 1, ok: 0, failed: 1 });
  });

  it('counts what was asked on one side about keys that were written on the other', () => {
    expect(askedAcross(history, period, 2, [0], [1])).toBe(2);
    expect(askedAcross(history, period, 2, [1], [0])).toBe(0);
  });
});

describe('what is left after the healing', () => {
  const read = (
    index: number,
    after: number,
    process: number,
    node: string,
    value: HistoryEvent['value'],
  ): HistoryEvent[] => [
    { index, time: HEAL_AT + after, type: 'invoke', process, f: 'read', key: 'x', value: null },
    { index: index + 1, time: HEAL_AT + after + 1, type: 'ok', process, f: 'read', key: 'x', value, node },
  ];
  const appended = (index: number, value: number): HistoryEvent[] => [
    { index, time: index, type: 'invoke', process: 9, f: 'append', key: 'x', value },
    { index: index + 1, time: index, type: 'ok', process: 9, f: 'append', key: 'x', value },
  ];

  it('acknowledged elements that no list holds are lost', () => {
    const lists = { add: 'append', read: 'read' } as const;
    const history = [...appended(0, 1), ...appended(2, 2), ...read(4, 10, 1, 'n1', [2])];
    expect(lossesIn(history, lists)).toEqual({ acknowledged: 2, lost: 1 });

    const puts = history.map((event): HistoryEvent => {
      if (event.f === 'append') return { ...event, f: 'put' };
      return { ...event, f: 'get', value: event.type === 'ok' ? { values: [2], context: {} } : null };
    });
    expect(lossesIn(puts, { add: 'put', read: 'get' })).toEqual({ acknowledged: 2, lost: 1 });
    expect(lossesIn(puts.slice(0, 4), { add: 'put', read: 'get' })).toEqual({ acknowledged: 2, lost: 2 });
  });

  it('the last answer that was not the final one tells how long it took', () => {
    const reads = [...read(0, 10, 1, 'n1', 7), ...read(2, 20, 2, 'n2', 6), ...read(4, 30, 2, 'n2', 7)];
    expect(convergenceIn(reads, HEAL_AT)).toBe(20);
    expect(convergenceIn(reads.slice(0, 4), HEAL_AT)).toBe(null);
    const replaced = [...read(0, 10, 1, 'n1', 6), ...read(2, 2_000_000, 2, 'n2', 7)];
    expect(convergenceIn(replaced, HEAL_AT)).toBe(10);
    const again = [...reads, ...read(6, 40, 1, 'n1', 8), ...read(8, 50, 2, 'n2', 8)];
    expect(convergenceIn(again, HEAL_AT)).toBe(30);
    expect(convergenceIn([...read(0, -10, 1, 'n1', 5), ...read(2, 10, 1, 'n1', 7)], HEAL_AT)).toBe(0);
  });
});

describe('what is given up when all is well', () => {
  it.each<[ElseClass, number, number, boolean]>([
    ['L', 0, 0.1, true],
    ['C', 2, 0, false],
    ['C', 0, 2, false],
    ['neither', 2, 2, true],
  ])('%s', (name, reads, writes, refuted) => expect(elseClassOf(reads, writes, refuted)).toBe(name));
});

it('percents are rounded down, and no double makes one less of them', () => {
  for (let ok = 0; ok <= 100; ok++) expect(percentAnswered({ asked: 100, ok: ok / 100, failed: 0 })).toBe(ok);
  expect(percentAnswered({ asked: 1_000, ok: 0.999, failed: 0 })).toBe(99);
});

it('the worst seed counts, of those in which something was asked', () => {
  const none: Answered = { asked: 0, ok: 0, failed: 0 };
  const one = { reads: all, writes: none };
  const other = { reads: some, writes: all };
  for (const seeds of [
    [one, other],
    [other, one],
  ])
    expect(worst(seeds)).toEqual({ reads: some, writes: all });
});

describe('cuts', () => {
  it.each(CUTS)('%s: everybody is on a side, and the leader where it should be', (name) => {
    for (const leader of [-1, 0, 2, 3]) {
      const { sides, nodes, oneWay } = cutOf(name, leader);
      expect(oneWay).toBe(name === 'one-way');
      expect(nodes).toBe(nodesFor(name));
      expect(new Set(sides.flat()).size).toBe(nodes);
      if (leader >= 0 && name === 'majority and minority') expect(sides[0]).toContain(leader);
      if (leader >= 0 && (name === 'leader in the minority' || name === 'one-way')) expect(sides[1]).toContain(leader);
      if (name !== 'halves' && name !== 'bridge') expect(sides.map(({ length }) => length)).toEqual([3, 2]);
    }
  });
});

describe('measured', () => {
  const measured = new Map<unknown, CapReport>();
  const reportOf = (name: string, configuration?: string): CapReport => {
    const store = capStores.find(
      (one) => one.protocol.name === name && one.configuration === (configuration ?? one.configuration),
    )!;
    // One of quorum replication is looked at twice.
    const report = measured.get(store) ?? measureCap(store, ['1'], () => undefined);
    measured.set(store, report);
    return report;
  };

  it('the control is always there and refuted by every cut, and pays nothing when all is well', () => {
    const control = reportOf('control');
    expect([control.class, control.pacelc.class]).toEqual(['AP', 'L']);
    for (const { verdict, evidence, contended } of control.cuts) {
      expect(verdict).toBe('refuted');
      expect(evidence?.text).toContain('not linearizable');
      expect(contended).toBeGreaterThan(100);
    }
  });

  it('ABD is CP, and answers on the larger side alone; a request waits for two round trips', () => {
    const abd = reportOf('abd');
    expect([abd.class, abd.pacelc.class]).toEqual(['CP', 'C']);
    const [larger, smaller] = abd.cuts[0]!.bySide;
    expect([larger!.reads.ok, larger!.writes.ok, smaller!.reads.ok, smaller!.writes.ok]).toEqual([1, 1, 0, 0]);
    expect(abd.cuts[0]!.sides).toBe('{n3 n4 n5} | {n1 n2}');
    expect(abd.cuts[0]!.byNode.map(({ reads, writes }) => [reads.ok, writes.ok].join())).toEqual([
      '0,0',
      '0,0',
      '1,1',
      '1,1',
      '1,1',
    ]);
    expect(abd.pacelc.readSlope).toBeCloseTo(4, 1);
  });

  it('majorities without write-back answer no more than CP, and are refuted', () => {
    expect(reportOf('quorum', 'R and W majorities').class).toBe('neither');
    expect(reportOf('quorum', 'R = 1, W = 1').class).toBe('AP');
  });

  it('siblings lose nothing that was acknowledged on either side; registers say why they are not counted', () => {
    const siblings = reportOf('quorum', 'R = 1, W = 1');
    expect(siblings.losses!.acknowledged).toBeGreaterThan(150);
    expect(siblings.losses!.lost).toBe(0);
    expect(reportOf('abd')).toMatchObject({ losses: null, lossesBy: expect.stringContaining('consensus') as string });
  });

  it('two primaries lose what one of them acknowledged', () => {
    const report = reportOf('primary-backup', 'asynchronous, automatic failover');
    expect(report.losses!.lost).toBeGreaterThan(0);
    expect(report.losses!.acknowledged).toBeGreaterThan(report.losses!.lost);
  });

  it('the page shows every cut, and why each was refuted', () => {
    const page = capPage([reportOf('control')]);
    expect(page.match(/<svg/g)).toHaveLength(CUTS.length);
    expect(page.match(/<pre>not linearizable|<pre>✗ not linearizable/g)).toHaveLength(CUTS.length);
  });
});
