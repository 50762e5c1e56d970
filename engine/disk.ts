import { toInteger } from './choices.js';
import type { Distribution } from './distribution.js';
import { plainEquals } from './plain.js';
import type { Damage, Plain } from './protocol.js';

/** What disks are like. A node without a disk configuration has a perfect one: everything is synced at once. */
export interface DiskConfig {
  /** How long a sync takes. One sync is under way at a time and covers all that was written before it began. */
  readonly syncLatency?: Distribution;
  /** At a crash, may writes that were not synced be lost? Default true. */
  readonly loseUnsynced?: boolean;
  /** Probability that the first lost write of a crash is torn: some of its fields and appended elements are there. */
  readonly torn?: number;
  /** Probability that a sync says it is done and is not: what it covered may be lost at the next crash. */
  readonly lyingSync?: number;
  /** Do messages and replies wait for the sync of the changes they follow from? Default true; false is a bug to be found. */
  readonly syncBeforeSend?: boolean;
}

/** The durable half of a node's state: one field per key. */
export type Durable = Readonly<Record<string, Plain>>;

/** Nothing interesting: every write survives. */
const DULL_ALL = 0.999_999;

/** A labelled draw in [0, 1), for the disk of one node. */
export type Draw = (label: string, dull: number) => number;

/**
 * One node's disk: the image that is really there, and the writes on their way to it. Durable states are immutable values;
 * a write is the state after it.
 */
export class Disk {
  /** Has a crash taken what the disk had called synced? */
  lostSynced = false;
  private writes: Durable[] = [];
  /** Is a sync under way? It may cover nothing, where the protocol asked for it. */
  private active = false;
  /** How many of `writes` the sync under way covers. */
  private covered = 0;
  /** Synced according to the disk, which lied: still first in `writes`. */
  private lied = 0;
  full = false;
  /** What is damaged, until something else is written there. */
  private spoiled: Spoiled[] = [];

  constructor(private image: Durable) {}

  get syncing(): boolean {
    return this.active;
  }

  /** What lies on it now. */
  get content(): Durable {
    return this.spoiled.reduce((image, one) => applied(one, image), this.image);
  }

  /** Will the next start find something that is damaged? */
  get isDamaged(): boolean {
    return this.spoiled.some((one) => isThere(one, this.image));
  }

  /** The last state that the disk has called synced, which is a lie where it lies. */
  get synced(): Durable {
    return this.lied > 0 ? this.writes[this.lied - 1]! : this.image;
  }

  /** Are there writes that no sync covers yet? */
  get dirty(): boolean {
    return this.writes.length > Math.max(this.covered, this.lied);
  }

  write(state: Durable): void {
    this.writes.push(state);
  }

  beginSync(): void {
    this.active = true;
    this.covered = this.writes.length;
  }

  endSync(lies: boolean): void {
    this.active = false;
    if (lies) {
      this.lied = this.covered;
    } else {
      for (let i = 0; i < this.covered; i++) this.lay(this.writes[i]!);
      this.writes = this.writes.slice(this.covered);
      this.lied = 0;
    }
    this.covered = 0;
  }

  /**
   * The node crashes: only the image and some prefix of the unsynced writes survive.
   *
   * @returns how many writes were lost.
   */
  crash(config: DiskConfig, draw: Draw): number {
    const pending = this.writes;
    const { lied } = this;
    this.writes = [];
    this.active = false;
    this.covered = 0;
    this.lied = 0;
    if (pending.length === 0) return 0;
    const survivors =
      config.loseUnsynced === false ? pending.length : toInteger(draw('disk.survivors', DULL_ALL), 0, pending.length);
    if (survivors < lied) this.lostSynced = true;
    for (let i = 0; i < survivors; i++) this.lay(pending[i]!);
    const lost = pending[survivors];
    if (lost !== undefined && config.torn !== undefined && draw('disk.torn', 0.999_999) < config.torn) {
      this.lay(this.tear(this.image, lost, draw));
    }
    return pending.length - survivors;
  }

  /** What a restart finds. The damage is told at each, until it is mended: what a first restart wrote may be lost, too. */
  recover(): { readonly durable: Durable; readonly damage: readonly Damage[] } {
    const found = this.spoiled.filter((one) => isThere(one, this.image));
    this.image = this.content;
    this.spoiled = found.map((one) => ({ ...one, before: one.after }));
    return { durable: this.image, damage: found.filter(({ noticed }) => noticed).map((one) => one.damage) };
  }

  wipe(fresh: Durable): void {
    this.image = fresh;
    this.spoiled = [];
  }

  /** A write reaches the disk. */
  private lay(image: Durable): void {
    this.image = image;
    if (this.spoiled.length > 0) this.spoiled = this.spoiled.filter((one) => isThere(one, image));
  }

  /**
   * Damages what lies on the disk; the node notices at its next start, if ever, unless it has written that place anew.
   *
   * @param only this field; otherwise any, drawn
   * @returns what was damaged, or null where there is nothing that could be.
   */
  spoil(kind: 'corrupt' | 'misdirected' | 'unreadable', noticed: boolean, draw: Draw, only?: string): string | null {
    const unit = this.pickUnit(draw, kind === 'misdirected' ? 2 : 1, only);
    if (unit === null) return null;
    const { field, index } = unit;
    const items = this.image[field] as readonly Plain[];
    const before = index === undefined ? this.image[field] : items[index];
    let after: Plain;
    if (kind === 'misdirected') after = items[(index! + 1) % items.length];
    else after = kind === 'unreadable' ? blank(before) : flip(before, draw('disk.bit', 0.5));
    const damage = index === undefined ? { field, kind } : { field, index, kind };
    // An unreadable place needs no checksum to be noticed.
    this.spoiled.push({ damage, before, after, noticed: noticed || kind === 'unreadable' });
    return index === undefined ? field : `${field}[${index}]`;
  }

  private pickUnit(draw: Draw, itemsMin: number, only?: string): { field: string; index?: number } | null {
    const fields = Object.keys(this.image).filter((field) => {
      if (only !== undefined && field !== only) return false;
      const value = this.image[field];
      return itemsMin === 1
        ? !Array.isArray(value) || value.length > 0
        : Array.isArray(value) && value.length >= itemsMin;
    });
    if (fields.length === 0) return null;
    const field = fields[toInteger(draw('disk.field', 0), 0, fields.length - 1)]!;
    const value = this.image[field];
    return Array.isArray(value) ? { field, index: toInteger(draw('disk.element', 0), 0, value.length - 1) } : { field };
  }

  /** The unit that tears is one field or one appended element: each is there or not, and the last element half. */
  private tear(before: Durable, after: Durable, draw: Draw): Durable {
    const torn: Record<string, Plain> = { ...before };
    for (const field of Object.keys(after)) {
      const old = before[field];
      const now = after[field];
      if (plainEquals(old, now)) continue;
      if (Array.isArray(old) && Array.isArray(now) && isAppend(old, now)) {
        const there = toInteger(draw('disk.torn-elements', 0), 0, now.length - old.length);
        const items = now.slice(0, old.length + there);
        if (items.length < now.length) {
          const half = blank(now[items.length] as Plain);
          this.spoiled.push({
            damage: { field, index: items.length, kind: 'torn' },
            before: half,
            after: half,
            noticed: true,
          });
          items.push(half);
        }
        torn[field] = items;
      } else if (draw('disk.torn-field', 0) >= 0.5) {
        torn[field] = now;
      }
    }
    return torn;
  }
}

/** A place that was damaged, and what was there before: it stays damaged until something else is written there. */
interface Spoiled {
  readonly damage: Damage;
  readonly before: Plain;
  readonly after: Plain;
  readonly noticed: boolean;
}

function isThere({ damage: { field, index }, before }: Spoiled, image: Durable): boolean {
  const value = image[field];
  if (index === undefined) return field in image && plainEquals(value, before);
  return Array.isArray(value) && index < value.length && plainEquals(value[index], before);
}

function applied(one: Spoiled, image: Durable): Durable {
  if (!isThere(one, image)) return image;
  const { field, index } = one.damage;
  if (index === undefined) return { ...image, [field]: one.after };
  return { ...image, [field]: (image[field] as readonly Plain[]).with(index, one.after) };
}

function isAppend(old: readonly Plain[], now: readonly Plain[]): boolean {
  return now.length > old.length && old.every((item, i) => item === now[i] || plainEquals(item, now[i]));
}

/** The same shape with nothing in it: what an unreadable or half-written place looks like to those who do not check. */
function blank(value: Plain): Plain {
  switch (typeof value) {
    case 'number':
      return 0;
    case 'string':
      return '';
    case 'boolean':
      return false;
    default:
      if (Array.isArray(value)) return value.map((item: Plain) => blank(item));
      if (value instanceof Map) return new Map();
      if (value instanceof Set) return new Set();
      if (typeof value === 'object' && value !== null) return mapFields(value as Durable, blank);
      return value;
  }
}

/** Damages one leaf of a content, chosen by `choice`: a bit of a number, a character of a string, a boolean. */
export function flip(value: Plain, choice: number): Plain {
  const leaves = countLeaves(value);
  if (leaves === 0) return value;
  const at = { left: Math.min(leaves - 1, Math.floor(choice * leaves)) };
  return flipLeaf(value, at, choice);
}

function flipLeaf(value: Plain, at: { left: number }, choice: number): Plain {
  if (value === null || value === undefined) return value;
  if (typeof value !== 'object') return at.left-- === 0 ? flipScalar(value, choice) : value;
  if (Array.isArray(value)) return value.map((item: Plain) => flipLeaf(item, at, choice));
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [k, flipLeaf(v as Plain, at, choice)]));
  if (value instanceof Set) return value;
  return mapFields(value as Durable, (item) => flipLeaf(item, at, choice));
}

function flipScalar(value: string | number | boolean, choice: number): Plain {
  if (typeof value === 'boolean') return !value;
  const bit = Math.floor(choice * 1_000_003) % 3;
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 0x40000000 ? value ^ (1 << bit) : -value;
  return value === ''
    ? '?'
    : `${value.slice(0, -1)}${String.fromCharCode(value.charCodeAt(value.length - 1) ^ (1 << bit))}`;
}

function countLeaves(value: Plain): number {
  if (value === null || value === undefined) return 0;
  if (typeof value !== 'object') return 1;
  if (value instanceof Set) return 0;
  const items: Iterable<Plain> = value instanceof Map ? value.values() : (Object.values(value) as Plain[]);
  let leaves = 0;
  for (const item of items) leaves += countLeaves(item);
  return leaves;
}

function mapFields(value: Durable, change: (item: Plain) => Plain): Plain {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
}
