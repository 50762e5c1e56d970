import type { MemoryBudget } from '../budget.js';

const FIRST_PLACES = 64;
const FIRST_ENTRIES = 32;

/**
 * The configurations that were visited, in flat arrays. A configuration is: how far in the order of calls operations were
 * taken (`top`), which of those below it are still missing (one bit for each slot of operations open there), the state,
 * and how many optional operations of each group were used. Its size grows with how many operations are open at once and
 * never with the history's length: the mirror image of a window above the first missing operation, which one slow client
 * makes as long as the history.
 *
 * A configuration that used more optional operations than a visited one, and agrees in everything else, can do nothing
 * that the other could not: it counts as visited.
 */
export class Memo {
  /** Entries looked at so far. Many optional operations make long chains, whose cost must count. */
  compared = 0;

  // Entry: top, state, next entry with the same hash chain (0: none), missing bits, used counts.
  private entries: Int32Array;
  private count = 1;
  private readonly stride: number;
  private places: Int32Array;
  private readonly usedAt: number;

  constructor(
    private readonly missingWords: number,
    private readonly groups: number,
    private readonly memory: MemoryBudget,
    /** Room for so many to begin with. */
    expected = 0,
  ) {
    this.usedAt = 3 + missingWords;
    this.stride = this.usedAt + groups;
    this.entries = new Int32Array(Math.max(FIRST_ENTRIES, expected + 1) * this.stride);
    let places = FIRST_PLACES;
    while (places < expected) places *= 2;
    this.places = new Int32Array(places);
    memory.take(this.bytes);
  }

  get bytes(): number {
    return this.entries.byteLength + this.places.byteLength;
  }

  /** Visits a configuration. @returns false when it, or one that can do at least as much, was visited before. */
  visit(top: number, state: number, missing: Int32Array, used: Int32Array): boolean {
    const place = this.placeOf(top, state, missing);
    const { entries, stride } = this;
    for (let e = this.places[place] as number; e !== 0; e = entries[e * stride + 2] as number) {
      const at = e * stride;
      this.compared++;
      if (entries[at] !== top || entries[at + 1] !== state || !this.sameMissing(at, missing)) continue;
      if (this.usesNoMore(at, used)) return false;
    }
    this.add(place, top, state, missing, used);
    return true;
  }

  /** How many configurations are remembered. They are numbered from 1. */
  get size(): number {
    return this.count - 1;
  }

  stateOf(entry: number): number {
    return this.entries[entry * this.stride + 1] as number;
  }

  /** Writes the bits and the counts of a configuration where the caller wants them. */
  read(entry: number, missing: Int32Array, used: Int32Array): void {
    const from = entry * this.stride + 3;
    for (let w = 0; w < this.missingWords; w++) missing[w] = this.entries[from + w] as number;
    for (let g = 0; g < this.groups; g++) used[g] = this.entries[from + this.missingWords + g] as number;
  }

  /** Forgets everything, at a cost that grows with what was remembered and not with the room for it. */
  clear(): void {
    const missing = new Int32Array(this.missingWords);
    const used = new Int32Array(this.groups);
    if (8 * this.count > this.places.length) this.places.fill(0);
    else {
      for (let e = 1; e < this.count; e++) {
        this.read(e, missing, used);
        this.places[this.placeOf(this.entries[e * this.stride] as number, this.stateOf(e), missing)] = 0;
      }
    }
    this.count = 1;
  }

  private placeOf(top: number, state: number, missing: Int32Array): number {
    return this.hash(top, state, missing) & (this.places.length - 1);
  }

  private sameMissing(at: number, missing: Int32Array): boolean {
    for (let w = 0; w < this.missingWords; w++) if (this.entries[at + 3 + w] !== missing[w]) return false;
    return true;
  }

  private usesNoMore(at: number, used: Int32Array): boolean {
    const from = at + this.usedAt;
    for (let g = 0; g < this.groups; g++) if ((this.entries[from + g] as number) > (used[g] as number)) return false;
    return true;
  }

  private add(place: number, top: number, state: number, missing: Int32Array, used: Int32Array): void {
    if ((this.count + 1) * this.stride > this.entries.length) this.growEntries();
    const e = this.count++;
    const at = e * this.stride;
    this.entries[at] = top;
    this.entries[at + 1] = state;
    this.entries[at + 2] = this.places[place] as number;
    for (let w = 0; w < this.missingWords; w++) this.entries[at + 3 + w] = missing[w] as number;
    for (let g = 0; g < this.groups; g++) this.entries[at + this.usedAt + g] = used[g] as number;
    this.places[place] = e;
    if (this.count > this.places.length) this.growPlaces();
  }

  private growEntries(): void {
    const grown = new Int32Array(2 * this.entries.length);
    this.memory.take(this.entries.byteLength);
    grown.set(this.entries);
    this.entries = grown;
  }

  private growPlaces(): void {
    this.memory.take(this.places.byteLength);
    this.places = new Int32Array(2 * this.places.length);
    const missing = new Int32Array(this.missingWords);
    for (let e = 1; e < this.count; e++) {
      const at = e * this.stride;
      for (let w = 0; w < this.missingWords; w++) missing[w] = this.entries[at + 3 + w] as number;
      const place = this.placeOf(this.entries[at] as number, this.entries[at + 1] as number, missing);
      this.entries[at + 2] = this.places[place] as number;
      this.places[place] = e;
    }
  }

  // Of what must be equal only: configurations that differ in optional operations alone meet in one chain.
  private hash(top: number, state: number, missing: Int32Array): number {
    let h = Math.imul(top, 0x9e3779b1) ^ Math.imul(state + 1, 0x85ebca6b);
    h ^= h >>> 13;
    for (let w = 0; w < this.missingWords; w++) {
      h = Math.imul(h ^ (missing[w] as number), 0xc2b2ae35);
      h ^= h >>> 15;
    }
    h = Math.imul(h, 0x27d4eb2f);
    return (h ^ (h >>> 16)) >>> 0;
  }
}
