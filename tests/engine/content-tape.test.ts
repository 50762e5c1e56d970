import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Digest } from '../../engine/digest.js';
import { ContentWalker, plainEquals } from '../../engine/plain.js';
import type { Plain } from '../../engine/protocol.js';
import { ContentTape } from '../../engine/trace/content-tape.js';

const scalar = fc.oneof(
  fc.constant(null),
  fc.constant(undefined),
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(),
);
const key = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('type', 'term', '__proto__'));
const { content } = fc.letrec<{ content: unknown }>((tie) => ({
  content: fc.oneof(
    { depthSize: 'medium' },
    scalar,
    fc.array(tie('content'), { maxLength: 4 }),
    fc.dictionary(key, tie('content'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(fc.string({ maxLength: 3 }), tie('content')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(fc.oneof(fc.integer(), fc.string({ maxLength: 3 })), { maxLength: 3 }).map((items) => new Set(items)),
  ),
}));

function walkerOnTape(): { readonly walker: ContentWalker; readonly tape: ContentTape } {
  const tape = new ContentTape();
  return { walker: new ContentWalker(new Digest(), true, tape), tape };
}

describe('the tape of contents', () => {
  it('gives back whatever was copied, however many contents there are', () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 30 }), (contents) => {
        const { walker, tape } = walkerOnTape();
        const places = contents.map((each) => {
          const at = tape.length;
          walker.copy(each);
          return at;
        });
        contents.forEach((each, i) =>
          expect(plainEquals(tape.read(places[i]!), withoutMinusZero(each as Plain))).toBe(true),
        );
      }),
    );
  });

  it('goes on over the ends of its chunks', () => {
    const { walker, tape } = walkerOnTape();
    const numbers = Array.from({ length: 100_000 }, (_, i) => i * 1.5);
    walker.copy({ numbers, type: 'Long' });
    const after = tape.length;
    walker.copy({ type: 'Short', term: 3 });
    expect(tape.read(0)).toEqual({ numbers, type: 'Long' });
    expect(tape.read(after)).toEqual({ type: 'Short', term: 3 });
  });

  it('is not written where a content is only hashed', () => {
    const { walker, tape } = walkerOnTape();
    walker.hash({ a: [1, 2, { b: 'c' }] });
    expect(tape.length).toBe(0);
  });
});

/** Both zeros are one to a digest, and so to a trace. */
function withoutMinusZero(value: Plain): Plain {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [k, withoutMinusZero(v)]));
  if (value instanceof Set || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withoutMinusZero(v as Plain)]));
}
