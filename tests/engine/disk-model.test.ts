import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Disk, type Durable } from '../../engine/disk.js';

describe('Disk, against a model', () => {
  type Op = 'write' | 'begin' | 'end' | 'lie' | 'crash';

  it('keeps a prefix of the writes, never less than what was honestly synced', () => {
    const op: fc.Arbitrary<Op> = fc.constantFrom('write', 'write', 'write', 'begin', 'end', 'lie', 'crash');
    fc.assert(
      fc.property(
        fc.array(op, { maxLength: 60 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (ops, chance) => {
          const draw = (): number => chance.next().value as number;
          const disk = new Disk(state([]));
          // The model: all writes of this life, how many are synced for sure, how many the sync under way covers.
          let written: number[] = [];
          let sure = 0;
          let covered: number | null = null;
          let next = 0;
          for (const one of ops) {
            if (one === 'write') {
              written = [...written, ++next];
              disk.write(state(written));
            } else if (one === 'begin' && covered === null) {
              disk.beginSync();
              covered = written.length;
            } else if ((one === 'end' || one === 'lie') && covered !== null) {
              disk.endSync(one === 'lie');
              if (one === 'end') sure = covered;
              covered = null;
            } else if (one === 'crash') {
              const lost = disk.crash({}, draw);
              const { log } = disk.recover().durable as { log: number[] };
              expect(log).toEqual(written.slice(0, log.length));
              expect(log.length).toBeGreaterThanOrEqual(sure);
              expect(lost).toBe(written.length - log.length);
              written = log;
              sure = log.length;
              covered = null;
            }
            expect(disk.syncing).toBe(covered !== null);
            expect((disk.content as { log: number[] }).log.length).toBe(sure);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('knows whether anything waits to be synced', () => {
    const disk = new Disk(state([]));
    expect(disk.dirty).toBe(false);
    disk.write(state([1]));
    expect(disk.dirty).toBe(true);
    disk.beginSync();
    expect(disk.dirty).toBe(false);
    disk.write(state([1, 2]));
    expect(disk.dirty).toBe(true);
    disk.endSync(true);
    expect(disk.dirty).toBe(true);
    disk.beginSync();
    disk.endSync(true);
    expect(disk.dirty).toBe(false);
    expect(disk.content).toEqual(state([]));
    disk.crash({}, () => 0);
    expect(disk.lostSynced).toBe(true);
  });

  it('has nothing to damage on an empty one', () => {
    expect(new Disk({}).spoil('corrupt', true, () => 0)).toBeNull();
    expect(new Disk({ log: [], n: 1 }).spoil('misdirected', true, () => 0)).toBeNull();
    expect(new Disk({ a: 1, log: [1, 2] }).spoil('corrupt', true, () => 0, 'log')).toBe('log[0]');
    expect(new Disk({ a: 1, log: [1, 2] }).spoil('corrupt', true, () => 0, 'b')).toBeNull();
    expect(new Disk({ log: [], n: 1 }).spoil('corrupt', true, () => 0)).toBe('n');
  });

  function state(log: readonly number[]): Durable {
    return { log };
  }
});
