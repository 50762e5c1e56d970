import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContentCopier } from '../../engine/content-copier.js';
import { Digest, ms, Simulation, type Plain, type SimulationConfig } from '../../engine/index.js';
import { ContentWalker, plainEquals } from '../../engine/plain.js';
import { gossip } from './gossip.js';
import { probe, quiet } from './probe.js';

function hashed(value: Plain): string {
  const digest = new Digest();
  new ContentWalker(digest).hash(value);
  return digest.toString();
}

/** Any plain data. */
const plain: fc.Arbitrary<Plain> = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Plain>(null, undefined, true, false, 0, -0, 1, -1, '', 'a', '1', 0.5, 2 ** 31, 2 ** 53, 1e300),
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.string({ maxLength: 3 }), fc.integer()), tie('value')), { maxLength: 4 })
      .map((entries) => new Map(entries)),
    fc.array(fc.oneof(fc.string({ maxLength: 3 }), fc.integer()), { maxLength: 4 }).map((items) => new Set(items)),
  ),
})).value;

/** Every distinction that the digest must make, and no other: types, order of keys, undefined and missing. */
function canonical(value: Plain): string {
  if (value instanceof Map)
    return `M[${[...value].map(([k, v]) => `${canonical(k)}=${canonical(v as Plain)}`).join(',')}]`;
  if (value instanceof Set) return `S[${[...value].map((item) => canonical(item as Plain)).join(',')}]`;
  if (Array.isArray(value)) return `A[${value.map((item: Plain) => canonical(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    return `O[${Object.entries(value)
      .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v as Plain)}`)
      .join(',')}]`;
  }
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

describe('the digest of a content', () => {
  it('tells different contents apart, and equal ones not', () => {
    fc.assert(
      fc.property(plain, plain, (one, other) => {
        expect(hashed(one) === hashed(other)).toBe(canonical(one) === canonical(other));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['numbers and their texts', 1, '1'],
    ['nothing and its kinds', null, undefined],
    ['nothing and zero', null, 0],
    ['false and zero', false, 0],
    ['order of items', [1, 2], [2, 1]],
    ['order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['undefined and missing', { a: undefined }, {}],
    ['nesting', [[1], 2], [[1, 2]]],
    ['nesting of objects', { a: { b: 1 }, c: 2 }, { a: { b: 1, c: 2 } }],
    ['lists and objects', [1], { 0: 1 }],
    ['objects and maps', { a: 1 }, new Map([['a', 1]])],
    ['keys of maps and their texts', new Map([[1, 0]]), new Map([['1', 0]])],
    ['maps and sets', new Map(), new Set()],
    ['order of sets', new Set([1, 2]), new Set([2, 1])],
    ['where texts are cut', ['ab', 'c'], ['a', 'bc']],
    ['large integers', 2 ** 53, 2 ** 53 - 1],
    ['signs', 1, -1],
    ['halves', 0.5, 0.25],
    ['case', 'a', 'A'],
    ['emptiness', '', []],
  ] as [string, Plain, Plain][])('sees %s', (_, one, other) => {
    expect(hashed(one)).not.toBe(hashed(other));
  });

  it('takes both zeros for one', () => {
    expect(hashed(-0)).toBe(hashed(0));
    expect(hashed({ a: [-0] })).toBe(hashed({ a: [0] }));
    const [minus, plus] = [new Digest(), new Digest()];
    minus.double(-0);
    plus.double(0);
    expect(minus.toString()).toBe(plus.toString());
  });
});

describe('a copy', () => {
  it('is equal and shares nothing, whether or not it is hashed on the way; both count the same bytes', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const walker = new ContentWalker(new Digest());
        const copier = new ContentCopier();
        const [walked, copied] = [walker.copy(value), copier.copy(value)];
        expect(canonical(walked)).toBe(canonical(value));
        expect(canonical(copied)).toBe(canonical(value));
        expect(plainEquals(walked, value)).toBe(true);
        expect(copier.bytes).toBe(walker.bytes);
        const objects = (one: Plain, found = new Set<unknown>()): Set<unknown> => {
          if (typeof one !== 'object' || one === null) return found;
          found.add(one);
          const inner = one instanceof Map ? one.values() : one instanceof Set ? [] : Object.values(one);
          for (const item of inner) objects(item as Plain, found);
          return found;
        };
        const original = objects(value);
        for (const copy of [walked, copied]) for (const one of objects(copy)) expect(original.has(one)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a key that would be the prototype', () => {
    const value = JSON.parse('{"__proto__":{"admin":true},"a":1}') as Plain;
    const copy = new ContentWalker(new Digest()).copy(value) as object;
    expect(Object.keys(copy)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });
});

describe('the digest of a run', () => {
  const saying = (parts: {
    message?: Record<string, unknown>;
    mark?: string;
    detail?: Plain;
    state?: Plain;
    durable?: Plain;
    timer?: string;
    after?: number;
    halt?: string;
  }) =>
    probe({
      durable: () => ({ d: parts.durable ?? 0 }),
      volatile: () => ({ v: parts.state ?? 0 }),
      onStart(node) {
        if (node.id !== 'n1') return;
        node.send('n2' as never, { type: 'Hello', ...parts.message });
        node.mark(parts.mark ?? 'mark', parts.detail);
        node.setTimer(parts.timer ?? 'a', parts.after ?? 10);
        if (parts.halt !== undefined) node.halt(parts.halt);
      },
      onMessage: { Hello: () => undefined },
      onTimer: { a: () => undefined, b: () => undefined },
    });
  const digestOf = (parts: Parameters<typeof saying>[0], config: Partial<SimulationConfig> = {}): string =>
    new Simulation({ ...quiet({ protocol: saying(parts), nodes: 2 }), ...config }).run().digest;
  const usual = digestOf({});

  it.each([
    ['a message', { message: { n: 1 } }],
    ['the type of a number', { message: { n: '1' } }],
    ['the order of keys', { message: { b: 1, a: 2 } }],
    ['the name of a mark', { mark: 'other' }],
    ['the detail of a mark', { detail: 1 }],
    ['the volatile state at the end', { state: 1 }],
    ['the durable state at the end', { durable: 1 }],
    ['which timer', { timer: 'b' }],
    ['when', { after: 11 }],
    ['a halt', { halt: 'one' }],
    ['its reason', { halt: 'two' }],
  ] as [string, Parameters<typeof saying>[0]][])('sees %s', (_, parts) => {
    const other = digestOf(parts);
    expect(other).not.toBe(usual);
    expect(digestOf(parts)).toBe(other);
  });

  it('sees each of these by itself', () => {
    expect(digestOf({ message: { a: 2, b: 1 } })).not.toBe(digestOf({ message: { b: 1, a: 2 } }));
    expect(digestOf({ halt: 'one' })).not.toBe(digestOf({ halt: 'two' }));
    expect(digestOf({ message: { n: 0 } })).toBe(digestOf({ message: { n: -0 } }));
  });

  it('sees latency, seed, faults and the end of the run', () => {
    expect(digestOf({}, { network: { latency: { constant: 1_001 } } })).not.toBe(usual);
    expect(digestOf({}, { until: 999 })).not.toBe(usual);
    expect(digestOf({}, { faults: [{ do: 'heal', at: 5 }] })).not.toBe(usual);
    expect(digestOf({}, { seed: 'another' })).toBe(usual); // nothing here is left to chance
  });

  it('of headers does not look into contents, and runs the same run', () => {
    const header = (n: number) =>
      new Simulation({ ...quiet({ protocol: saying({ message: { n } }), nodes: 2 }), digest: 'header' }).run();
    expect(header(1).digest).toBe(header(2).digest);
    expect(header(1).digest).not.toBe(usual);
  });

  // Written down: these change only when the engine's own behaviour changes, and then somebody should know why. They are the
  // same on every machine, in every engine.
  const golden: SimulationConfig = {
    protocol: gossip,
    nodes: 5,
    seed: 'golden',
    until: ms(800),
    clients: { count: 2, operations: [{ request: 'read' }, { request: 'write' }], retry: true },
  };
  it.each([
    ['a calm run', {}, 'bbb86475e2d314d9'],
    ['over connections, with losses', { network: { transport: 'connection', loss: 0.1 } }, 'd1539ea2d8f4a3c5'],
    [
      'with disks and faults',
      {
        network: { loss: 0.05, duplicate: 0.05, corrupt: 0.05, latency: { logNormal: { median: ms(5), sigma: 0.7 } } },
        disk: { syncLatency: { exponential: { mean: ms(1) } }, torn: 0.5 },
        faults: [
          { do: 'crash', whom: { random: 2 }, at: ms(200), for: ms(100) },
          { do: 'partition', shape: { halves: true }, at: ms(350), for: ms(100) },
          { do: 'clock', whom: 'n1', at: ms(100), driftPpm: 100_000, jump: -ms(300) },
        ],
      },
      'a4d9e30e85e9255b',
    ],
  ] as [string, Partial<SimulationConfig>, string][])('is written down for %s', (_, more, digest) => {
    expect(new Simulation({ ...golden, ...more }).run().digest).toBe(digest);
  });
});
