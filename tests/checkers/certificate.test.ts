import { describe, expect, test } from 'vitest';
import {
  casRegister,
  certificateFault,
  linearizable,
  register,
  type KeyVerdict,
  type LinearizabilityResult,
} from '../../checkers/index.js';
import type { HistoryEvent } from '../../engine/history.js';
import { randomHistory } from './random-history.js';

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
  test('a part that leaves out what may be the reason', () => {
    const small = altered(violation, (key) => {
      const evidence = key.evidence;
      if (evidence === undefined) throw new Error('no evidence');
      return { evidence: { ...evidence, part: evidence.part.filter((operation) => operation.f === 'read') } };
    });
    expect(certificateFault(stale, register, small)).toContain('may not be left out');
  });
  test('a part that is linearizable', () => {
    const evidence = violation.keys[0]?.evidence;
    if (evidence === undefined) throw new Error('no evidence');
    const claimed: LinearizabilityResult = { ...violation };
    expect(certificateFault(sound, register, claimed)).toMatch(/the part is linearizable|may not be left out/);
  });
  test('an undecided verdict, or one without evidence', () => {
    const open = linearizable(sound, register, { budget: { steps: 10 } });
    expect(certificateFault(sound, register, open)).toBeDefined();
    expect(certificateFault(stale, register, linearizable(stale, register))).toContain('no certificate');
    expect(certificateFault(sound, casRegister, { ...ok, keys: [] })).toBe('not a verdict on every key');
  });
});
