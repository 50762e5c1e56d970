/**
 * A running 64-bit hash of everything that happens: two 32-bit lanes, multiplied and rotated as in MurmurHash3 (Austin Appleby,
 * public domain; its end is ours, too), by integer operations alone, so that it is the same in every engine. It shows
 * differences; it keeps no secrets.
 */
export class Digest {
  private high = 0x2f0b4c47;
  private low = 0x61c88647;

  /** Mixes in one 32-bit integer. */
  word(value: number): void {
    this.pair(value, 0x3c6ef372);
  }

  /**
   * Mixes in two 32-bit integers, in the time that one takes: each lane takes one and then some of the other lane. Every
   * step can be undone, so that what differs once stays different. No more is done to a word than that, as there are a dozen
   * in every message: each multiplication spreads it upwards, each rotation brings the upper half down for the next one.
   */
  pair(first: number, second: number): void {
    const a = Math.imul(this.high ^ first, 0xcc9e2d51);
    const b = Math.imul(this.low ^ second, 0x85ebca6b);
    const high = (((a << 15) | (a >>> 17)) + b) | 0;
    this.high = high;
    this.low = (((b << 13) | (b >>> 19)) + high) | 0;
  }

  /** Mixes in a safe integer, such as a time. */
  integer(value: number): void {
    // ToInt32 keeps the low 32 bits of any safe integer; the rest is exact too, as the division is by a power of two.
    this.pair(value | 0, (value * TWO_TO_MINUS_32) | 0);
  }

  /** Mixes in any double by its bits; both zeros count as one. */
  double(value: number): void {
    doubleView[0] = value === 0 ? 0 : value;
    this.pair(wordView[littleEndian]!, wordView[1 - littleEndian]!);
  }

  text(value: string): void {
    const length = value.length;
    let first = length;
    let i = 0;
    // Two characters a word, two words at a time; the length, which comes first, tells what the last zeros stand for.
    for (; i + 3 < length; i += 4) {
      this.pair(first, (value.charCodeAt(i) << 16) | value.charCodeAt(i + 1));
      first = (value.charCodeAt(i + 2) << 16) | value.charCodeAt(i + 3);
    }
    let second = 0;
    for (let shift = 16; i < length && shift >= 0; i++, shift -= 16) second |= value.charCodeAt(i) << shift;
    this.pair(first, second);
    if (i < length) this.word(value.charCodeAt(i));
  }

  /** The state of both lanes, e.g. to compare two runs event by event. */
  get lanes(): readonly [number, number] {
    return [this.high, this.low];
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return hex(finish(this.high ^ this.low)) + hex(finish(Math.imul(this.low, 0x9e3779b1) ^ this.high));
  }
}

const TWO_TO_MINUS_32 = 1 / 4_294_967_296;

const doubleView = new Float64Array(1);
const wordView = new Int32Array(doubleView.buffer);
doubleView[0] = 1;
// The word that holds a double's low half: 1.0 has an empty one.
const littleEndian = wordView[0] === 0 ? 0 : 1;

function finish(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
