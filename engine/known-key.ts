/** A key of an object, hashed once, and the key that came after it the last time: most likely it does again. */
export class KnownKey {
  follower: KnownKey = this;

  constructor(
    readonly text: string,
    readonly hash: number,
    /** Its number in this process, below zero where it has none. Never part of a digest. */
    readonly number: number,
  ) {}
}

/** Before the first key of every object. */
export const FIRST_KEY = new KnownKey('', 0, -1);

const known = new Map<string, KnownKey>();
const texts: string[] = [];
const KNOWN_MAX = 100_000;

/** Keys repeat for ever, so each is hashed once. The cache is bounded: state may use ever new keys. */
export function followedBy(key: KnownKey, text: string): KnownKey {
  let next = known.get(text);
  if (next === undefined) {
    let hash = text.length;
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 0x01000193) ^ text.charCodeAt(i)) | 0;
    if (known.size >= KNOWN_MAX) return new KnownKey(text, hash, -1);
    next = new KnownKey(text, hash, texts.push(text) - 1);
    known.set(text, next);
  }
  key.follower = next;
  return next;
}

/** The text of a key that has a number. */
export function keyText(number: number): string {
  return texts[number]!;
}
