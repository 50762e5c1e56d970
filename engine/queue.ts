import { InternalError } from './errors.js';
import type { Micros } from './time.js';

/*
 * The pending events: a monotone priority queue after the multi-level buckets of Denardo and Fox (1979), with the
 * redistribution around the minimum of the radix heap (Ahuja, Mehlhorn, Orlin and Tarjan 1990).
 *
 * Every time is read as eleven digits of five bits. An item lies on the level of the highest digit in which its time
 * differs from the time popped last, in the slot of its own digit there. A slot is a list in push order. So
 * - equal times always share a slot, and ties pop in push order without any sequence number;
 * - a slot of level 0 holds one single time: it pops from the head;
 * - the next item is in the lowest level in use, there in the lowest slot in use: two bit scans, no ticks;
 * - a higher slot is dealt out anew around its own minimum when its turn comes: an item moves at most ten times in its
 *   life, in practice once or twice, and not at all when it is alone in its slot.
 *
 * Chosen over the ladder queue (Tang, Goh and Thng 2005): nothing to tune, no sorting, and a worst case that does not
 * depend on how the times are spread. bench/queue.ts measures it.
 */

const DIGIT_BITS = 5;
const SLOTS = 1 << DIGIT_BITS;
const DIGIT_MASK = SLOTS - 1;
/** A time is split into a low half of 30 bits (levels 0 to 5) and a high half of 23 bits (levels 6 to 10). */
const LOW_BITS = 30;
const LOW_MASK = (1 << LOW_BITS) - 1;
const LOW_LEVELS = LOW_BITS / DIGIT_BITS;
const HIGH_MAX = (1 << 23) - 1;
const HIGH_UNIT = 1 << LOW_BITS;
const HIGH_UNIT_INVERSE = 1 / HIGH_UNIT;
const LEVELS = 11;

/** What an item takes in memory: its time (8 bytes), itself (4) and its successor (4), side by side. */
const RECORD_BYTES = 16;
const CAPACITY_INITIAL = 64;
/** Beyond this, memory grows by a quarter and not by doubling, so that it stays below 20 bytes an item. */
const CAPACITY_DOUBLING_MAX = 1 << 16;
const CAPACITY_MAX = 1 << 28;
const NONE = -1;

/** The level by the number of leading zeros of (time XOR time popped last), within a half. */
const LEVEL_BY_ZEROS = Uint8Array.from({ length: 33 }, (_, zeros) => Math.floor(Math.max(0, 31 - zeros) / DIGIT_BITS));

/**
 * Pending events in the order of (time, order of pushing): of equal times, what was pushed first pops first, always.
 *
 * Times are whole microseconds in [0, 2^53), never earlier than the one popped last. Items are integers in [0, 2^31),
 * for instance indices into a table of events. Both operations take constant time on average, whatever the times; a
 * single `pop` may have to deal out a whole slot. Memory: 16 to 20 bytes per item of the highest number ever pending
 * (64 items at least); `clear` gives it back.
 *
 * @example
 * const queue = new EventQueue();
 * queue.push(150, 7);
 * queue.push(20, 8);
 * queue.pop(); // 8, and queue.time is 20
 */
export class EventQueue {
  // One buffer seen as doubles and as integers: record i has its time in times[2i], its item in words[4i + 2] and the
  // index of its successor (in its slot, or in the list of free records) in words[4i + 3]. One cache line an item.
  private times = new Float64Array(0);
  private words = new Int32Array(0);
  private capacity = 0;
  /** First record of the list of released ones; records from `fresh` on were never used. */
  private free = NONE;
  private fresh = 0;
  private count = 0;
  /** Time popped last, whole and in its two halves. */
  private now = new Float64Array(1);
  private nowLow = 0;
  private nowHigh = 0;

  /** Bit l: level l is in use. */
  private levelsInUse = 0;
  /** Per level, bit s: slot s is in use. */
  private readonly slotsInUse = new Int32Array(LEVELS);
  /** Per slot of all levels: first record, last record, earliest time. Undefined while the slot is not in use. */
  private readonly heads = new Int32Array(LEVELS * SLOTS);
  private readonly tails = new Int32Array(LEVELS * SLOTS);
  private readonly earliest = new Float64Array(LEVELS * SLOTS);

  constructor() {
    this.grow(CAPACITY_INITIAL);
  }

  /** How many items are pending. */
  get size(): number {
    return this.count;
  }

  /** Time of the item popped last; 0 before the first, and after `clear`. */
  get time(): Micros {
    return this.now[0]!;
  }

  /**
   * Adds an item.
   *
   * @throws InternalError when `time` is earlier than the time popped last or no integer in [0, 2^53), when
   * `item` is no integer in [0, 2^31), or when 2^28 items are pending.
   */
  push(time: Micros, item: number): void {
    const high = (time * HIGH_UNIT_INVERSE) | 0;
    const low = time & LOW_MASK;
    if (!(time >= this.now[0]!) || high * HIGH_UNIT + low !== time || high > HIGH_MAX) this.refuseTime(time);
    if ((item & 0x7fffffff) !== item) refuseItem(item);
    let record = this.free;
    if (record !== NONE) this.free = this.words[4 * record + 3]!;
    else record = this.takeFresh();
    this.times[2 * record] = time + 0; // never -0
    this.words[4 * record + 2] = item;
    this.count += 1;
    this.append(record, time, low, high);
  }

  /** Removes the first item. @returns it, or -1 when nothing is pending. */
  pop(): number {
    const levels = this.levelsInUse;
    if (levels === 0) return -1;
    const level = 31 - Math.clz32(levels & -levels);
    const slots = this.slotsInUse[level]!;
    const bit = slots & -slots;
    const slot = level * SLOTS + 31 - Math.clz32(bit);
    const head = this.heads[slot]!;
    const words = this.words;
    const item = words[4 * head + 2]!;
    if (head === this.tails[slot]!) {
      this.releaseSlot(level, slots ^ bit);
      this.setNow(this.times[2 * head]!);
      this.release(head);
      return item;
    }
    if (level === 0) {
      this.heads[slot] = words[4 * head + 3]!;
      this.setNow(this.times[2 * head]!);
      this.release(head);
      return item;
    }
    this.releaseSlot(level, slots ^ bit);
    return this.dealOut(slot);
  }

  /** @returns the time of the first item, Infinity when nothing is pending. */
  peekTime(): Micros {
    const levels = this.levelsInUse;
    if (levels === 0) return Infinity;
    const level = 31 - Math.clz32(levels & -levels);
    const slots = this.slotsInUse[level]!;
    return this.earliest[level * SLOTS + 31 - Math.clz32(slots & -slots)]!;
  }

  /** Forgets everything, the time popped last too: as if new. */
  clear(): void {
    this.times = new Float64Array(0);
    this.words = new Int32Array(0);
    this.capacity = 0;
    this.free = NONE;
    this.fresh = 0;
    this.count = 0;
    this.levelsInUse = 0;
    this.slotsInUse.fill(0);
    this.setNow(0);
    this.grow(CAPACITY_INITIAL);
  }

  /** Puts a record at the end of the slot that its time belongs to. */
  private append(record: number, time: number, low: number, high: number): void {
    let level: number;
    let digit: number;
    const highDifference = high ^ this.nowHigh;
    if (highDifference === 0) {
      level = LEVEL_BY_ZEROS[Math.clz32(low ^ this.nowLow)]!;
      digit = (low >>> (level * DIGIT_BITS)) & DIGIT_MASK;
    } else {
      const highLevel = LEVEL_BY_ZEROS[Math.clz32(highDifference)]!;
      digit = (high >>> (highLevel * DIGIT_BITS)) & DIGIT_MASK;
      level = LOW_LEVELS + highLevel;
    }
    const slot = level * SLOTS + digit;
    const slots = this.slotsInUse[level]!;
    const bit = 1 << digit;
    if ((slots & bit) === 0) {
      this.slotsInUse[level] = slots | bit;
      this.levelsInUse |= 1 << level;
      this.heads[slot] = record;
      this.earliest[slot] = time;
    } else {
      this.words[4 * this.tails[slot]! + 3] = record;
      if (time < this.earliest[slot]!) this.earliest[slot] = time;
    }
    this.tails[slot] = record;
  }

  /** Moves the time on to the earliest in a slot that was just unlinked, and its other items to where they belong now. */
  private dealOut(slot: number): number {
    const times = this.times;
    const words = this.words;
    const earliest = this.earliest[slot]!;
    const last = this.tails[slot]!;
    this.setNow(earliest);
    let record = this.heads[slot]!;
    let first = NONE;
    for (;;) {
      const next = words[4 * record + 3]!;
      const time = times[2 * record]!;
      if (time === earliest && first === NONE) first = record;
      else this.append(record, time, time & LOW_MASK, (time * HIGH_UNIT_INVERSE) | 0);
      if (record === last) break;
      record = next;
    }
    const item = words[4 * first + 2]!;
    this.release(first);
    return item;
  }

  private setNow(time: number): void {
    this.now[0] = time;
    this.nowLow = time & LOW_MASK;
    this.nowHigh = (time * HIGH_UNIT_INVERSE) | 0;
  }

  private releaseSlot(level: number, slotsLeft: number): void {
    this.slotsInUse[level] = slotsLeft;
    if (slotsLeft === 0) this.levelsInUse &= ~(1 << level);
  }

  private release(record: number): void {
    this.words[4 * record + 3] = this.free;
    this.free = record;
    this.count -= 1;
  }

  private takeFresh(): number {
    if (this.fresh === this.capacity) {
      this.grow(this.capacity < CAPACITY_DOUBLING_MAX ? this.capacity * 2 : Math.floor(this.capacity * 1.25));
    }
    return this.fresh++;
  }

  private grow(capacity: number): void {
    if (capacity > CAPACITY_MAX) throw new InternalError(`${this.count} events are pending, which is the limit`);
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
