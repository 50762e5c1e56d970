/** A key of an object, hashed once. */
export class KnownKey {
  constructor(
    readonly text: string,
    readonly hash: number,
    /** Its number in this process, below zero where it has none. Never part of a digest. */
    readonly number: number,
  ) {}
}

const known = new Map<string, KnownKey>();
const texts: string[] = [];
const KNOWN_MAX = 100_000;

/** Keys repeat for ever, so each is hashed once. The cache is bounded: state may use ever new keys. */
function keyNamed(text: string): KnownKey {
  let key = known.get(text);
  if (key === undefined) {
    let hash = text.length;
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 0x01000193) ^ text.charCodeAt(i)) | 0;
    if (known.size >= KNOWN_MAX) return new KnownKey(text, hash, -1);
    key = new KnownKey(text, hash, texts.push(text) - 1);
    known.set(text, key);
  }
  return key;
}

const NO_KEY = new KnownKey('', 0, -1);
const KEYS = 16;
const SITES = 128;

/**
 * The keys of the last object that was walked at a place: of the next one there they are the same, most likely, and need not
 * be looked up.
 */
class Shape {
  private readonly keys: KnownKey[] = new Array<KnownKey>(KEYS).fill(NO_KEY);

  /** The key with this text, the `index`th of its object. */
  key(index: number, text: string): KnownKey {
    const key = this.keys[index & (KEYS - 1)]!;
    return key.text === text && key !== NO_KEY ? key : this.learn(index, text);
  }

  private learn(index: number, text: string): KnownKey {
    return (this.keys[index & (KEYS - 1)] = keyNamed(text));
  }
}

const shapes = Array.from({ length: SITES }, () => new Shape());

/** @param site the same for objects that are likely to be alike */
export function shapeAt(site: number): Shape {
  return shapes[site & (SITES - 1)]!;
}

export type { Shape };

/** The text of a key that has a number. */
export function keyText(number: number): string {
  return texts[number]!;
}
