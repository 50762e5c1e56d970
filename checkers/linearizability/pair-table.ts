// What stands for no number: the first one of a pair is held as one more.
const FREE = 0;
const FIRST_PLACES = 64;
const WORDS = 3;

/** A number for each pair of whole numbers from 0, in one flat array by open addressing: (first, second, value). */
export class PairTable {
  private table: Int32Array;
  private mask: number;
  private entries = 0;

  /** @param expected room for so many pairs, before it grows. */
  constructor(expected = 0) {
    let places = FIRST_PLACES;
    while (places < 2 * expected) places *= 2;
    this.mask = places - 1;
    this.table = new Int32Array(WORDS * places);
  }

  get bytes(): number {
    return 4 * this.table.length;
  }

  /** Where the pair is, or where it would be: good until the next one is put. */
  find(first: number, second: number): number {
    const { table, mask } = this;
    let i = (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 0;
    i = (i ^ (i >>> 15)) & mask;
    for (;;) {
      const at = WORDS * i;
      const held = table[at] as number;
      if (held === FREE || (held === first + 1 && table[at + 1] === second)) return at;
      i = (i + 1) & mask;
    }
  }

  /** Is there no pair at this place? */
  isFree(at: number): boolean {
    return this.table[at] === FREE;
  }

  value(at: number): number {
    return this.table[at + 2] as number;
  }

  /** @param value any 32 bits, for the pair whose place this is. */
  put(at: number, first: number, second: number, value: number): void {
    this.set(at, first, second, value);
    this.entries++;
    if (2 * this.entries > this.mask) this.grow();
  }

  /** Pairs counted from 0 as they come: the number of this one, new or known. */
  number(first: number, second: number): number {
    const at = this.find(first, second);
    if (!this.isFree(at)) return this.value(at);
    this.put(at, first, second, this.entries);
    return this.entries - 1;
  }

  private set(at: number, first: number, second: number, value: number): void {
    this.table[at] = first + 1;
    this.table[at + 1] = second;
    this.table[at + 2] = value;
  }

  private grow(): void {
    const old = this.table;
    this.table = new Int32Array(2 * old.length);
    this.mask = 2 * this.mask + 1;
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at] === FREE) continue;
      const [first, second] = [(old[at] as number) - 1, old[at + 1] as number];
      this.set(this.find(first, second), first, second, old[at + 2] as number);
    }
  }
}
