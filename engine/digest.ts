/**
 * A running 64-bit hash of everything that happens: two 32-bit lanes in the manner of MurmurHash3 (Austin Appleby, public
 * domain), by integer operations alone, so that it is the same in every engine. It shows differences; it keeps no secrets.
 */
export class Digest {
  private high = 0x2f0b4c47;
  private low = 0x61c88647;

  /** Mixes in one 32-bit integer. */
  word(value: number): void {
    let a = Math.imul(value, 0xcc9e2d51);
    a = Math.imul((a << 15) | (a >>> 17), 0x1b873593);
    let high = this.high ^ a;
    high = (high << 13) | (high >>> 19);
    this.high = high = (Math.imul(high, 5) + 0xe6546b64) | 0;
    let b = Math.imul(value ^ high, 0x85ebca6b);
    b = Math.imul((b << 16) | (b >>> 16), 0xc2b2ae35);
    const low = this.low ^ b;
    this.low = (Math.imul((low << 17) | (low >>> 15), 5) + 0x38495ab5) | 0;
  }

  /** Mixes in a safe integer, such as a time. */
  integer(value: number): void {
    this.word(value | 0);
    // ToInt32 keeps the low 32 bits of any safe integer; the rest is exact too, as the division is by a power of two.
    this.word((value / 4_294_967_296) | 0);
  }

  /** Mixes in any double by its bits; both zeros count as one. */
  double(value: number): void {
    doubleView[0] = value === 0 ? 0 : value;
    this.word(wordView[littleEndian]!);
    this.word(wordView[1 - littleEndian]!);
  }

  text(value: string): void {
    const length = value.length;
    this.word(length);
    let word = 0;
    for (let i = 0; i < length; i++) {
      word = (word << 16) | value.charCodeAt(i);
      if ((i & 1) === 1) {
        this.word(word);
        word = 0;
      }
    }
    if ((length & 1) === 1) this.word(word);
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
