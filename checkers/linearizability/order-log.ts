import type { Operation } from '../history/operation.js';
import type { MemoryBudget } from '../budget.js';
import type { Problem } from './problem.js';

const FIRST_ROOM = 1_024;

/** Many orders that share their beginnings: each step points at the one before. */
export class OrderLog {
  private before = new Int32Array(FIRST_ROOM);
  private moves = new Int32Array(FIRST_ROOM);
  private count = 0;

  constructor(
    private readonly problem: Problem,
    private readonly memory: MemoryBudget,
  ) {
    memory.take(8 * FIRST_ROOM);
  }

  /** @returns the number of the step `move` after the step `before` (-1: it is the first). */
  add(before: number, move: number): number {
    if (this.count === this.moves.length) {
      this.memory.take(8 * this.count);
      this.before = grown(this.before);
      this.moves = grown(this.moves);
    }
    this.before[this.count] = before;
    this.moves[this.count] = move;
    return this.count++;
  }

  /** The order that ends with this step. A move below the number of required operations is one of them, above it a group. */
  operations(last: number): Operation[] {
    const moves: number[] = [];
    for (let step = last; step >= 0; step = this.before[step] as number) moves.push(this.moves[step] as number);
    const { operations, optional } = this.problem;
    const used = new Int32Array(optional.length);
    return moves.reverse().map((move) => {
      if (move < operations.length) return operations[move] as Operation;
      const g = move - operations.length;
      const at = used[g] as number;
      used[g] = at + 1;
      return optional[g]?.operations[at] as Operation;
    });
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
