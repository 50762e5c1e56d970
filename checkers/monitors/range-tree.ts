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
    for (node >>>= 1; node >= 1; node >>>= 1) {
      const greater = this.greater(node);
      // Nor does anything above change.
      if (greater === this.values[node]) return;
      this.values[node] = greater;
    }
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
    const { leaves, values } = this;
    let node = leaves + from;
    // What is to the right of the path from here to the root, the nearest first.
    while (!((values[node] as number) > bound)) {
      while ((node & 1) === 1) node >>>= 1;
      if (node === 0) return -1;
      node++;
    }
    while (node < leaves) {
      node *= 2;
      if (!((values[node] as number) > bound)) node++;
    }
    return node - leaves <= to ? node - leaves : -1;
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
    if (from > to) return;
    const { whole, least } = this;
    let low = this.leaves + from;
    let high = this.leaves + to + 1;
    // The two ends: whatever changes stands above one of them, or beside what does.
    let left = low;
    let right = high - 1;
    for (; low < high; low >>>= 1, high >>>= 1) {
      if ((low & 1) === 1) {
        whole[low] = (whole[low] as number) + change;
        least[low] = (least[low] as number) + change;
        low++;
      }
      if ((high & 1) === 1) {
        high--;
        whole[high] = (whole[high] as number) + change;
        least[high] = (least[high] as number) + change;
      }
    }
    for (left >>>= 1, right >>>= 1; left >= 1; left >>>= 1, right >>>= 1) {
      this.refresh(left);
      if (right !== left) this.refresh(right);
    }
  }

  /** The first bare place in [from, to]; -1 when there is none. */
  firstBare(from: number, to: number): number {
    const { leaves, whole, least } = this;
    if (from > to) return -1;
    let node = leaves + from;
    // What covers all of the node at hand from above.
    let above = 0;
    for (let up = node >>> 1; up >= 1; up >>>= 1) above += whole[up] as number;
    while ((least[node] as number) + above > 0) {
      // On to what is to the right of the path from here to the root, the nearest first.
      while ((node & 1) === 1) {
        node >>>= 1;
        above -= whole[node] as number;
      }
      if (node === 0) return -1;
      node++;
    }
    while (node < leaves) {
      above += whole[node] as number;
      node *= 2;
      if ((least[node] as number) + above > 0) node++;
    }
    return node - leaves <= to ? node - leaves : -1;
  }

  private refresh(node: number): void {
    const { whole, least } = this;
    least[node] = Math.min(least[2 * node] as number, least[2 * node + 1] as number) + (whole[node] as number);
  }
}
