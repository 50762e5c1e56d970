import { InternalError } from './errors.js';
import type { Micros } from './time.js';

/*
 * The pending events, in two parts.
 *
 * *Near*: what comes before `nearLimit`, a short sorted array. A queue of a few dozen items is nothing else.
 *
 * *Far*: the rest, in the multi-level buckets of Denardo and Fox (1979), with the redistribution around the minimum of the
 * radix heap (Ahuja, Mehlhorn, Orlin and Tarjan 1990). Every time is read as eleven digits of five bits. An item lies on
 * the level of the highest digit in which its time differs from `base`, in the slot of its own digit there. A slot is a
 * list in push order. So
 * - equal times always share a slot, and ties pop in push order without any sequence number;
 * - the next items are in the lowest level in use, there in the lowest slot in use: two bit scans, no ticks;
 * - when near is used up, that slot moves there if it is small; otherwise it is dealt out anew around its minimum, so
 *   that an item moves at most ten times in its life, in practice once or twice;
 * - a slot of level 0 is one single instant: however many items it has, they pop from its head.
 *
 * What keeps the parts together: far items are filed correctly as seen from every time in [time, nearLimit), so that near
 * may spill back into far with `time` as the new base (`spill`); and near is filled in `pop` only, when time moves into
 * the slot that is taken (`popFar`).
 *
 * Chosen over the ladder queue (Tang, Goh and Thng 2005): the worst case does not depend on how times are spread.
 * bench/queue.ts measures it.
 */

const DIGIT_BITS = 5;
const SLOTS = 1 << DIGIT_BITS;
const DIGIT_MASK = SLOTS - 1;
/** A time is split into a low half of 30 bits (levels 0 to 5) and a high half of 23 bits (levels 6 to 10). */
const LOW_BITS = 30;
const LOW_MASK = (1 << LOW_BITS) - 1;
const LOW_LEVELS = LOW_BITS / DIGIT_BITS;
const HIGH_UNIT_INVERSE = 1 / (1 << LOW_BITS);
const TIME_MAX = Number.MAX_SAFE_INTEGER;
const LEVELS = 11;
/** Microseconds that a slot spans, by level. */
const SPANS = powers(SLOTS);
const SPANS_INVERSE = powers(1 / SLOTS);

// Lower levels and slots have higher bits, so that the count of leading zeros finds the lowest.
const LEVEL_0_BIT = 29;
const LEVEL_ZEROS = 31 - LEVEL_0_BIT;
const SLOT_0 = 1 << 31;

/** Near spills when it has this many items. */
const NEAR_MAX = 64;
/** Its array is longer, so that it must be shifted to the front now and then only. */
const NEAR_ROOM = 256;
/** A slot of up to this many items moves to near as it is. */
const LOAD_MAX = 24;
/** Slots are taken until near has this many. */
const LOAD_ENOUGH = 8;

/** What a far item takes in memory: its time (8 bytes), itself (4) and its successor (4), side by side. */
const RECORD_BYTES = 16;
const CAPACITY_INITIAL = 64;
/** Beyond this, memory grows by a quarter and not by doubling, so that it stays below 20 bytes an item. */
const CAPACITY_DOUBLING_MAX = 1 << 16;
const CAPACITY_MAX = 1 << 28;
const NONE = -1;

/** The level by the number of leading zeros of (time XOR base), within a half. */
const LEVEL_BY_ZEROS = Uint8Array.from({ length: 33 }, (_, zeros) => Math.floor(Math.max(0, 31 - zeros) / DIGIT_BITS));

function powers(factor: number): Float64Array {
  const all = new Float64Array(LEVELS).fill(1);
  for (let level = 1; level < LEVELS; level++) all[level] = all[level - 1]! * factor;
  return all;
}

/**
 * Pending events in the order of (time, order of pushing): of equal times, what was pushed first pops first, always.
 *
 * Times are whole microseconds in [0, 2^53), never earlier than the one popped last. Items are integers in [0, 2^31),
 * for instance indices into a table of events. Both operations take constant time on average, whatever the times; a
 * single `pop` may have to deal out a whole slot, a single `push` to enlarge the memory. Memory: 16 to 20 bytes per item
 * of the highest number ever pending (up to 32 below 100,000, and 12 kB for the rest); `clear` gives it back.
 *
 * @example
 * const queue = new EventQueue();
 * queue.push(150, 7);
 * queue.push(20, 8);
 * queue.pop(); // 8, and queue.time is 20
 */
export class EventQueue {
  /** Time popped last, and the time from which on items are far. */
  private readonly now = new Float64Array(1);
  private readonly nearLimit = new Float64Array(1).fill(Infinity);
  private readonly nearTimes = new Float64Array(NEAR_ROOM);
  private readonly nearItems = new Int32Array(NEAR_ROOM);
  /** Near's first item, and the place behind its last. */
  private nearHead = 0;
  private nearEnd = 0;

  private farCount = 0;
  private baseLow = 0;
  private baseHigh = 0;
  /** Bit 29 − l: level l is in use. */
  private levelsInUse = 0;
  /** Per level, bit 31 − s: slot s is in use. */
  private readonly slotsInUse = new Int32Array(LEVELS);
  // Per slot of all levels. Undefined while it is not in use.
  private readonly heads = new Int32Array(LEVELS * SLOTS);
  private readonly tails = new Int32Array(LEVELS * SLOTS);
  private readonly counts = new Int32Array(LEVELS * SLOTS);
  private readonly earliest = new Float64Array(LEVELS * SLOTS);

  // One buffer seen as doubles and as integers: record i has its time in times[2i], its item in words[4i + 2] and the
  // index of its successor (in its slot, or in the list of released records) in words[4i + 3]. One cache line an item.
  private times = new Float64Array(0);
  private words = new Int32Array(0);
  private capacity = 0;
  /** First record of the list of released ones; records from `fresh` on were never used. */
  private released = NONE;
  private fresh = 0;

  /** How many items are pending. */
  get size(): number {
    return this.farCount + this.nearEnd - this.nearHead;
  }

  /** Time of the item popped last; 0 before the first, and after `clear`. */
  get time(): Micros {
    return this.now[0]!;
  }

  /**
   * Adds an item.
   *
   * @throws InternalError when `time` is earlier than the time popped last or no integer in [0, 2^53), when `item` is
   * no integer in [0, 2^31), or when 2^28 items are pending.
   */
  push(time: Micros, item: number): void {
    if (!(time >= this.now[0]!) || Math.floor(time) !== time || time > TIME_MAX) this.refuseTime(time);
    if ((item & 0x7fffffff) !== item) refuseItem(item);
    if (time < this.nearLimit[0]!) this.pushNear(time, item);
    else this.file(this.newRecord(time, item), time, time & LOW_MASK, (time * HIGH_UNIT_INVERSE) | 0);
  }

  private pushNear(time: number, item: number): void {
    if (this.nearEnd === NEAR_ROOM) this.shiftNear();
    const end = this.nearEnd;
    this.nearTimes[end] = time + 0; // never -0
    this.nearItems[end] = item;
    this.nearEnd = end + 1;
    if (end === this.nearHead) return;
    if (this.nearTimes[end - 1]! > time) this.moveUp(end);
    if (end - this.nearHead >= NEAR_MAX) this.spill();
  }

  /** Removes the first item. @returns it, or -1 when nothing is pending. */
  pop(): number {
    const head = this.nearHead;
    if (head === this.nearEnd) return this.popFar();
    this.nearHead = head + 1;
    this.now[0] = this.nearTimes[head]!;
    return this.nearItems[head]!;
  }

  /** @returns the time of the first item, Infinity when nothing is pending. */
  peekTime(): Micros {
    if (this.nearHead !== this.nearEnd) return this.nearTimes[this.nearHead]!;
    if (this.levelsInUse === 0) return Infinity;
    const level = Math.clz32(this.levelsInUse) - LEVEL_ZEROS;
    return this.earliest[level * SLOTS + Math.clz32(this.slotsInUse[level]!)]!;
  }

  /** Forgets everything, the time popped last too: as if new. */
  clear(): void {
    this.now[0] = 0;
    this.nearLimit[0] = Infinity;
    this.nearHead = 0;
    this.nearEnd = 0;
    this.farCount = 0;
    this.levelsInUse = 0;
    this.slotsInUse.fill(0);
    this.times = new Float64Array(0);
    this.words = new Int32Array(0);
    this.capacity = 0;
    this.released = NONE;
    this.fresh = 0;
  }

  /** Near's last item is pushed to its place: behind whatever comes as early. */
  private moveUp(last: number): void {
    const times = this.nearTimes;
    const items = this.nearItems;
    const head = this.nearHead;
    const time = times[last]!;
    const item = items[last]!;
    let i = last;
    do {
      times[i] = times[i - 1]!;
      items[i] = items[i - 1]!;
      i -= 1;
    } while (i > head && times[i - 1]! > time);
    times[i] = time;
    items[i] = item;
  }

  private shiftNear(): void {
    this.nearTimes.copyWithin(0, this.nearHead, this.nearEnd);
    this.nearItems.copyWithin(0, this.nearHead, this.nearEnd);
    this.nearEnd -= this.nearHead;
    this.nearHead = 0;
  }

  /** Near has become too long to be kept sorted: all of it goes far, as seen from now. */
  private spill(): void {
    this.setBase(this.now[0]!);
    this.nearLimit[0] = this.now[0]!;
    for (let i = this.nearHead; i < this.nearEnd; i++) {
      const time = this.nearTimes[i]!;
      const record = this.newRecord(time, this.nearItems[i]!);
      this.file(record, time, time & LOW_MASK, (time * HIGH_UNIT_INVERSE) | 0);
    }
    this.nearHead = 0;
    this.nearEnd = 0;
  }

  /** Pops when near is used up. */
  private popFar(): number {
    this.nearHead = 0;
    this.nearEnd = 0;
    while (this.levelsInUse !== 0) {
      const level = Math.clz32(this.levelsInUse) - LEVEL_ZEROS;
      const digit = Math.clz32(this.slotsInUse[level]!);
      const slot = level * SLOTS + digit;
      if (this.nearEnd + this.counts[slot]! <= LOAD_MAX) {
        this.unlink(level, digit);
        this.load(level, slot);
        if (this.nearEnd >= LOAD_ENOUGH) break;
      } else if (this.nearEnd > 0) {
        break;
      } else if (level === 0) {
        return this.popInstant(slot, digit);
      } else {
        this.unlink(level, digit);
        this.dealOut(slot);
      }
    }
    if (this.levelsInUse === 0) this.nearLimit[0] = Infinity;
    return this.nearEnd === 0 ? NONE : this.pop();
  }

  /** Moves an unlinked slot to the end of near, sorting it. */
  private load(level: number, slot: number): void {
    const nearTimes = this.nearTimes;
    const nearItems = this.nearItems;
    const words = this.words;
    const first = this.nearEnd;
    const count = this.counts[slot]!;
    let record = this.heads[slot]!;
    for (let n = 0; n < count; n++) {
      const time = this.times[2 * record]!;
      let i = first + n;
      while (i > first && nearTimes[i - 1]! > time) {
        nearTimes[i] = nearTimes[i - 1]!;
        nearItems[i] = nearItems[i - 1]!;
        i -= 1;
      }
      nearTimes[i] = time;
      nearItems[i] = words[4 * record + 2]!;
      record = words[4 * record + 3]!;
    }
    // The slot's whole list becomes released records.
    words[4 * this.tails[slot]! + 3] = this.released;
    this.released = this.heads[slot]!;
    this.farCount -= count;
    this.nearEnd = first + count;
    const time = nearTimes[first]!;
    this.setBase(time);
    this.nearLimit[0] = (Math.floor(time * SPANS_INVERSE[level]!) + 1) * SPANS[level]!;
  }

  /** Pops from the head of a long slot of level 0. */
  private popInstant(slot: number, digit: number): number {
    const words = this.words;
    const head = this.heads[slot]!;
    const time = this.times[2 * head]!;
    this.now[0] = time;
    this.nearLimit[0] = time;
    this.setBase(time);
    const left = this.counts[slot]! - 1;
    this.counts[slot] = left;
    this.heads[slot] = words[4 * head + 3]!;
    if (left === 0) this.unlink(0, digit);
    words[4 * head + 3] = this.released;
    this.released = head;
    this.farCount -= 1;
    return words[4 * head + 2]!;
  }

  /** Files the items of an unlinked slot anew, as seen from the earliest of them. */
  private dealOut(slot: number): void {
    const earliest = this.earliest[slot]!;
    const count = this.counts[slot]!;
    let record = this.heads[slot]!;
    this.setBase(earliest); // nearLimit follows when a slot is loaded, in this same pop
    for (let n = 0; n < count; n++) {
      const next = this.words[4 * record + 3]!;
      const time = this.times[2 * record]!;
      this.file(record, time, time & LOW_MASK, (time * HIGH_UNIT_INVERSE) | 0);
      record = next;
    }
  }

  /** Puts a record at the end of the slot that its time belongs to. */
  private file(record: number, time: number, low: number, high: number): void {
    let level: number;
    let digit: number;
    const highDifference = high ^ this.baseHigh;
    if (highDifference === 0) {
      level = LEVEL_BY_ZEROS[Math.clz32(low ^ this.baseLow)]!;
      digit = (low >>> (level * DIGIT_BITS)) & DIGIT_MASK;
    } else {
      const highLevel = LEVEL_BY_ZEROS[Math.clz32(highDifference)]!;
      digit = (high >>> (highLevel * DIGIT_BITS)) & DIGIT_MASK;
      level = LOW_LEVELS + highLevel;
    }
    const slot = level * SLOTS + digit;
    const slots = this.slotsInUse[level]!;
    const bit = SLOT_0 >>> digit;
    if ((slots & bit) === 0) {
      this.slotsInUse[level] = slots | bit;
      this.levelsInUse |= 1 << (LEVEL_0_BIT - level);
      this.heads[slot] = record;
      this.counts[slot] = 1;
      this.earliest[slot] = time;
    } else {
      this.words[4 * this.tails[slot]! + 3] = record;
      this.counts[slot] = this.counts[slot]! + 1;
      if (time < this.earliest[slot]!) this.earliest[slot] = time;
    }
    this.tails[slot] = record;
  }

  private unlink(level: number, digit: number): void {
    const left = this.slotsInUse[level]! & ~(SLOT_0 >>> digit);
    this.slotsInUse[level] = left;
    if (left === 0) this.levelsInUse &= ~(1 << (LEVEL_0_BIT - level));
  }

  private setBase(time: number): void {
    this.baseLow = time & LOW_MASK;
    this.baseHigh = (time * HIGH_UNIT_INVERSE) | 0;
  }

  private newRecord(time: number, item: number): number {
    let record = this.released;
    if (record !== NONE) this.released = this.words[4 * record + 3]!;
    else {
      if (this.fresh === this.capacity) this.grow();
      record = this.fresh++;
    }
    this.times[2 * record] = time + 0; // never -0
    this.words[4 * record + 2] = item;
    this.farCount += 1;
    return record;
  }

  private grow(): void {
    const factor = this.capacity < CAPACITY_DOUBLING_MAX ? 2 : 1.25;
    const capacity = Math.max(CAPACITY_INITIAL, Math.floor(this.capacity * factor));
    if (capacity > CAPACITY_MAX) throw new InternalError(`${this.size} events are pending, which is the limit`);
    const buffer = new ArrayBuffer(capacity * RECORD_BYTES);
    const words = new Int32Array(buffer);
    words.set(this.words);
    this.words = words;
    this.times = new Float64Array(buffer);
    this.capacity = capacity;
  }

  private refuseTime(time: number): never {
    if (time < this.time) {
      throw new InternalError(`an event at ${time} µs was pushed after time had reached ${this.time} µs`);
    }
    throw new InternalError(`an event at ${time} µs was pushed: a time is an integer in [0, 2^53)`);
  }
}

function refuseItem(item: number): never {
  throw new InternalError(`item ${item} was pushed: an item is an integer in [0, 2^31)`);
}
