import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  casRegister,
  certificateFault,
  counter,
  kv,
  linearizable,
  operationsOf,
  register,
  type Evidence,
  type KeyVerdict,
  type LinearizabilityResult,
} from '../../checkers/index.js';
import { partFault } from '../../checkers/linearizability/certificate.js';
import type { HistoryEvent, ProcessId, Value } from '../../engine/history.js';
import type { Micros } from '../../engine/time.js';
import { randomHistory } from './random-history.js';

function event(
  index: number,
  type: HistoryEvent['type'],
  process: number,
  f: string,
  value: Value,
  key?: Value,
): HistoryEvent {
  const at = { index, time: index as Micros, process: process as ProcessId };
  return { ...at, type, f, value, ...(key !== undefined && { key }) };
}

function altered(
  result: LinearizabilityResult,
  change: (key: KeyVerdict) => Partial<KeyVerdict>,
): LinearizabilityResult {
  return { ...result, keys: result.keys.map((key) => ({ ...key, ...change(key) })) };
}

describe('a certificate that does not prove its verdict is refused', () => {
  const sound = randomHistory({ operations: 60, processes: 4, names: ['read', 'write'], values: 0 }, 1);
  const ok = linearizable(sound, register, { evidence: true });
  const order = ok.keys[0]?.linearisation ?? [];
  const stale = sound.map((event, at) => (at === lastRead(sound) ? { ...event, value: 1 } : event));
  const violation = linearizable(stale, register, { evidence: true });

  function lastRead(history: HistoryEvent[]): number {
    return history.findLastIndex((event) => event.type === 'ok' && event.f === 'read');
  }

  test('the untouched ones are accepted', () => {
    expect(ok.verdict).toBe('ok');
    expect(certificateFault(sound, register, ok)).toBeUndefined();
    expect(violation.verdict).toBe('violation');
    expect(certificateFault(stale, register, violation)).toBeUndefined();
  });
  test('an order that lacks an operation, has one twice, or goes against time', () => {
    const fault = (linearisation: number[]): string | undefined =>
      certificateFault(
        sound,
        register,
        altered(ok, () => ({ linearisation })),
      );
    expect(fault(order.slice(0, -1))).toContain('is not in the order');
    expect(fault([...order, order[0] as number])).toContain('there twice');
    expect(fault([...order].reverse())).toMatch(/had returned before|does not fit/);
    expect(fault([...order.slice(1), order[0] as number])).toMatch(/had returned before|does not fit/);
  });
  test('an order that the model does not allow', () => {
    expect(certificateFault(stale, register, ok)).toContain('does not fit there');
  });

  const faultOfPart = (change: (evidence: Evidence) => Partial<Evidence>): string | undefined =>
    certificateFault(
      stale,
      register,
      altered(violation, ({ evidence }) => ({ evidence: { ...evidence!, ...change(evidence!) } })),
    );

  test('a part that leaves out what may be the reason', () => {
    expect(faultOfPart(({ part }) => ({ part: part.filter(({ f }) => f === 'read') }))).toContain(
      'may not be left out',
    );
  });
  test('a part that has an operation twice, or one that is not of the history', () => {
    expect(faultOfPart(({ part }) => ({ part: [...part, part[0]!] }))).toContain('not as it was');
    expect(faultOfPart(({ part }) => ({ part: [...part, { ...part[0]!, id: 100_000 }] }))).toContain('not as it was');
    expect(faultOfPart(({ part }) => ({ free: [part[0]!] }))).toContain('not as it was');
  });
  test('a part that shows another answer, input or call than the history', () => {
    for (const wrong of [{ output: 77 }, { input: 77 }, { f: 'write' }, { call: 0 }])
      expect(
        faultOfPart(({ part }) => ({ part: part.map((one) => (one.f === 'read' ? { ...one, ...wrong } : one)) })),
      ).toContain('not as it was');
  });
  test('a part of which the answers that matter are taken back', () => {
    expect(faultOfPart(({ part }) => ({ part: [], free: part }))).toBe('the part is linearizable');
    expect(faultOfPart(({ part }) => ({ part: part.slice(1), free: part.slice(0, 1) }))).toBe(
      'the part is linearizable',
    );
  });
  test('a part that is linearizable up to its cut', () => {
    expect(faultOfPart(() => ({ cut: 0 }))).toBe('the part is linearizable');
    expect(faultOfPart(({ cut }) => ({ cut: cut - 1 }))).toBe('the part is linearizable');
  });
  test('a part that is linearizable', () => {
    const evidence = violation.keys[0]?.evidence;
    if (evidence === undefined) throw new Error('no evidence');
    const claimed: LinearizabilityResult = { ...violation };
    expect(certificateFault(sound, register, claimed)).toMatch(/the part is linearizable|may not be left out/);
  });
  test('a part of which there are too many orders to go through', () => {
    const adds = Array.from({ length: 10 }, (_, at): HistoryEvent[] => [
      event(at, 'invoke', at, 'add', 2 ** at),
      event(10 + at, 'ok', at, 'add', 2 ** at),
    ]);
    const read = [event(20, 'invoke', 0, 'read', null), event(21, 'ok', 0, 'read', 1)];
    const history = [...adds.map(([call]) => call!), ...adds.map(([, ended]) => ended!), ...read];
    const all = operationsOf(history);
    const evidence = { part: all, free: [], cut: 21 };
    expect(partFault(counter, all, { evidence }, 100)).toBe('the part is too large');
    expect(partFault(counter, all, { evidence }, 1_000)).toBeUndefined();
  });
  test('an undecided verdict, or one without evidence', () => {
    const open = linearizable(sound, register, { budget: { steps: 10 } });
    expect(certificateFault(sound, register, open)).toBeDefined();
    expect(certificateFault(stale, register, linearizable(stale, register))).toContain('no certificate');
    expect(certificateFault(sound, casRegister, { ...ok, keys: [] })).toBe('not a verdict on every key');
  });
  test('a verdict on another key, or not on every key', () => {
    const keys = ['a', 'b'].flatMap((key, i) => [
      event(4 * i, 'invoke', i, 'write', 1, key),
      event(4 * i + 1, 'ok', i, 'write', 1, key),
      event(4 * i + 2, 'invoke', i, 'read', null, key),
      event(4 * i + 3, 'ok', i, 'read', 1, key),
    ]);
    const both = linearizable(keys, kv, { evidence: true });
    expect(certificateFault(keys, kv, both)).toBeUndefined();
    const [a, b] = [both.keys[0]!, both.keys[1]!];
    const fault = (...claimed: KeyVerdict[]): string | undefined =>
      certificateFault(keys, kv, { ...both, keys: claimed });
    expect(fault(a)).toBe('not a verdict on every key');
    expect(fault(a, { ...b, verdict: 'undecided' })).toBe('not a verdict on every key');
    expect(fault({ ...a, key: 'b' }, b)).toBe('not a verdict on every key');
    expect(fault(a, { ...b, linearisation: a.linearisation! })).toContain('is not there');
    expect(fault(a, { key: 'b', verdict: 'ok', operations: 2 })).toContain('is not in the order');
  });
});

test('it is short enough to confirm by eye, and nothing that it stands on is a search', () => {
  const root = path.resolve(import.meta.dirname, '../../checkers');
  const start = path.join(root, 'linearizability/certificate.ts');
  expect(readFileSync(start, 'utf8').split('\n').length - 1).toBeLessThanOrEqual(60);
  const standsOn = (file: string): string[] => {
    const imported = [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*? from '(\.[^']*)';/gm)];
    return imported.map(([, to]) => path.resolve(path.dirname(file), to!.replace(/js$/, 'ts')));
  };
  const all = new Set([start]);
  for (const file of all) for (const other of standsOn(file)) all.add(other);
  const within = [...all]
    .map((file) => path.relative(root, file).replaceAll(path.sep, '/'))
    .filter((file) => file !== '');
  expect(within).toContain('models/spare.ts');
  expect(within.filter((file) => /^(monitors|linearizability)\//.test(file)).sort()).toEqual([
    'linearizability/certificate.ts',
    'linearizability/parts.ts',
  ]);
});
