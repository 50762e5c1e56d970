const FREE = -1;
const FIRST_PLACES = 64;

/** A number for each pair of whole numbers from 0, in one flat array by open addressing: (first, second, value). */
export class PairTable {
  private table: Int32Array;
  private entries = 0;

  /** @param expected room for so many pairs, before it grows. */
  constructor(expected = FIRST_PLACES / 2) {
    let places = FIRST_PLACES;
    while (places < 2 * expected) places *= 2;
    this.table = new Int32Array(3 * places).fill(FREE);
  }

  get bytes(): number {
    return 4 * this.table.length;
  }

  /** Undefined when the pair has none. */
  get(first: number, second: number): number | undefined {
    const at = this.find(first, second);
    return this.table[at] === FREE ? undefined : this.table[at + 2];
  }

  /** @param value any 32 bits. The pair must have none yet. */
  add(first: number, second: number, value: number): void {
    if (2 * this.entries >= this.table.length / 3) this.grow();
    this.put(first, second, value);
    this.entries++;
  }

  /** Pairs counted from 0 as they come: the number of this one, new or known. */
  number(first: number, second: number): number {
    const known = this.get(first, second);
    if (known !== undefined) return known;
    this.add(first, second, this.entries);
    return this.entries - 1;
  }

  private put(first: number, second: number, value: number): void {
    const at = this.find(first, second);
    this.table[at] = first;
    this.table[at + 1] = second;
    this.table[at + 2] = value;
  }

  private find(first: number, second: number): number {
    const mask = this.table.length / 3 - 1;
    let i = (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 0;
    i = (i ^ (i >>> 15)) & mask;
    for (;;) {
      const at = 3 * i;
      const held = this.table[at] as number;
      if (held === FREE || (held === first && this.table[at + 1] === second)) return at;
      i = (i + 1) & mask;
    }
  }

  private grow(): void {
    const old = this.table;
    this.table = new Int32Array(2 * old.length).fill(FREE);
    for (let at = 0; at < old.length; at += 3) {
      if (old[at] !== FREE) this.put(old[at] as number, old[at + 1] as number, old[at + 2] as number);
    }
  }
}
