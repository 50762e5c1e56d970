import { describe, expect, it } from 'vitest';
import { Simulation, type History } from '../../engine/index.js';
import { courseOf } from '../../scenarios/catalogue/compare/course.js';
import { isLinearizable, lossesOf, outageOf } from '../../scenarios/catalogue/compare/figures.js';
import { comparedStores, type ComparedStore } from '../../scenarios/catalogue/compare/stores.js';
import { scenarioNamed, type ExperimentReport, type Table } from '../../scenarios/index.js';

function report(seeds: number, seed = '1'): ExperimentReport {
  const experiment = scenarioNamed('compare/leader-crash');
  if (experiment.kind !== 'experiment') throw new Error('compare/leader-crash is a scenario');
  return experiment.run({ seed, settings: { seeds }, progress: () => undefined });
}

function storeNamed(name: string): ComparedStore {
  return comparedStores.find((store) => store.name === name)!;
}

const column = ({ columns, rows }: Table, name: string): Map<string, string> =>
  new Map(rows.map((row) => [String(row[0]), String(row[columns.indexOf(name)])]));

describe('compare/leader-crash', () => {
  const measured = report(2);
  const [, calm, crash] = measured.tables as [Table, Table, Table];

  it('costs what the papers say, loses nothing where nothing may be lost, and in the control does', () => {
    expect(measured.comparisons.filter(({ holds }) => !holds)).toEqual([]);
    expect(measured.comparisons.length).toBe(4 * 8 + 6 + 5 + 1);
    expect(measured.runs).toBe(8 * 2 + 2 * (8 + 6));
  });

  it('shows every store, and says why where losses cannot be counted', () => {
    const lost = column(crash, 'acknowledged appends lost');
    expect([...lost.keys()]).toEqual(comparedStores.map(({ name }) => name));
    expect(lost.get('raft')).toMatch(/^0 of [67]\d\d$/);
    expect(lost.get('abd')).toMatch(/^– \(no append/);
    expect(lost.get('primary-backup, asynchronous')).toMatch(/^[1-9]\d* of [67]\d\d$/);
  });

  it('has sane figures: no syncs without disks, no pause without a leader', () => {
    const syncs = column(calm, 'syncs');
    expect(syncs.get('viewstamped-replication')).toBe('0.0 ± 0.0');
    // Every node syncs a transaction once; followers that are sent several at once, once for all.
    expect(parseFloat(syncs.get('zab')!)).toBeGreaterThan(4);
    expect(parseFloat(syncs.get('zab')!)).toBeLessThan(5.1);
    const pause = column(crash, 'no answer to anybody, ms');
    expect(parseFloat(pause.get('raft')!)).toBeGreaterThan(100);
    expect(parseFloat(pause.get('raft')!)).toBeLessThan(1_000);
    expect(parseFloat(pause.get('abd')!)).toBeLessThan(100);
  });

  it('is the same for the same seed', () => {
    expect(report(1, '2').digest).toBe(report(1, '2').digest);
  });
});

describe('what is measured at a crash', () => {
  const course = courseOf(storeNamed('raft'), 'append', 'figures');
  const result = new Simulation(course.config).run();

  it('counts an acknowledged append that nobody finds', () => {
    expect(lossesOf(result).lost).toBe(0);
    const last = result.history.findLast(
      ({ type, f, value }) => type === 'ok' && f === 'read' && Array.isArray(value),
    )!;
    const history: History = result.history.map((event) =>
      event === last ? { ...event, value: (event.value as readonly number[]).slice(1) } : event,
    );
    expect(lossesOf({ ...result, history }).lost).toBe(1);
  });

  it('refuses to call lost what nobody has looked for', () => {
    const history = result.history.slice(0, -2);
    expect(() => lossesOf({ ...result, history })).toThrow('nobody read');
  });

  it('refuses to measure a crash that did not happen', () => {
    const { config, crashAt } = courseOf(storeNamed('raft'), 'write', 'figures');
    const calm = new Simulation({ ...config, faults: [] }).run();
    expect(() => outageOf(calm, crashAt)).toThrow('nobody crashed');
  });

  it('sees a stale read', () => {
    const writes = new Simulation(courseOf(storeNamed('raft'), 'write', 'figures').config).run();
    expect(isLinearizable(writes)).toBe(true);
    const read = writes.history.findLast(({ type, f }) => type === 'ok' && f === 'read')!;
    const history = writes.history.map((event) => (event === read ? { ...event, value: null } : event));
    expect(isLinearizable({ ...writes, history })).toBe(false);
  });
});
