/** The greatest of a range of numbers, any of which may change: a segment tree. Empty places hold -Infinity. */
export class MaximumTree {
  private readonly leaves: number;
  private readonly values: Float64Array;

  constructor(size: number, value: (index: number) => number) {
    let leaves = 1;
    while (leaves < size) leaves *= 2;
    this.leaves = leaves;
    this.values = new Float64Array(2 * leaves).fill(-Infinity);
    for (let i = 0; i < size; i++) this.values[leaves + i] = value(i);
    for (let node = leaves - 1; node >= 1; node--) this.values[node] = this.greater(node);
  }

  set(index: number, value: number): void {
    let node = this.leaves + index;
    this.values[node] = value;
    for (node >>>= 1; node >= 1; node >>>= 1) this.values[node] = this.greater(node);
  }

  value(index: number): number {
    return this.values[this.leaves + index] as number;
  }

  /** The greatest number in [from, to]. */
  greatest(from: number, to: number): number {
    let best = -Infinity;
    let low = this.leaves + from;
    let high = this.leaves + to + 1;
    for (; low < high; low >>>= 1, high >>>= 1) {
      if ((low & 1) === 1) best = Math.max(best, this.values[low++] as number);
      if ((high & 1) === 1) best = Math.max(best, this.values[--high] as number);
    }
    return best;
  }

  /** The first index in [from, to] whose number is above the bound; -1 when there is none. */
  firstAbove(from: number, to: number, bound: number): number {
    return this.descend(1, 0, this.leaves - 1, from, to, bound);
  }

  private descend(node: number, low: number, high: number, from: number, to: number, bound: number): number {
    if (high < from || low > to || (this.values[node] as number) <= bound) return -1;
    if (low === high) return low;
    const middle = (low + high) >>> 1;
    const left = this.descend(2 * node, low, middle, from, to, bound);
    return left !== -1 ? left : this.descend(2 * node + 1, middle + 1, high, from, to, bound);
  }

  private greater(node: number): number {
    return Math.max(this.values[2 * node] as number, this.values[2 * node + 1] as number);
  }
}

/** How often each of a row of places is covered, where coverings come and go: a segment tree that finds what is bare. */
export class CoverTree {
  private readonly leaves: number;
  // Of each node's places the least cover, without what covers all of a node above; and what covers all of it.
  private readonly least: Int32Array;
  private readonly whole: Int32Array;

  constructor(size: number) {
    let leaves = 1;
    while (leaves < size) leaves *= 2;
    this.leaves = leaves;
    this.least = new Int32Array(2 * leaves);
    this.whole = new Int32Array(2 * leaves);
  }

  /** Covers all places in [from, to] once more, or once less. */
  cover(from: number, to: number, change: 1 | -1): void {
    if (from <= to) this.add(1, 0, this.leaves - 1, from, to, change);
  }

  /** The first bare place in [from, to]; -1 when there is none. */
  firstBare(from: number, to: number): number {
    return this.find(1, 0, this.leaves - 1, from, to, 0);
  }

  private add(node: number, low: number, high: number, from: number, to: number, change: number): void {
    if (high < from || low > to) return;
    if (from <= low && high <= to) {
      this.whole[node] = (this.whole[node] as number) + change;
      this.least[node] = (this.least[node] as number) + change;
      return;
    }
    const middle = (low + high) >>> 1;
    this.add(2 * node, low, middle, from, to, change);
    this.add(2 * node + 1, middle + 1, high, from, to, change);
    this.least[node] =
      Math.min(this.least[2 * node] as number, this.least[2 * node + 1] as number) + (this.whole[node] as number);
  }

  private find(node: number, low: number, high: number, from: number, to: number, above: number): number {
    if (high < from || low > to || (this.least[node] as number) + above > 0) return -1;
    if (low === high) return low;
    const middle = (low + high) >>> 1;
    const below = above + (this.whole[node] as number);
    const left = this.find(2 * node, low, middle, from, to, below);
    return left !== -1 ? left : this.find(2 * node + 1, middle + 1, high, from, to, below);
  }
}
