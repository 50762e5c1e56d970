import type { Value } from '../../engine/history.js';
import { sameValue, showValue } from '../values.js';
import type { Findings } from './anomaly.js';
import { INITIAL, NOBODY } from './dependencies.js';
import { atomOf, type Key, type Read, type Table, type Write } from './table.js';
import { listOf, showRead } from './transaction.js';

/** The versions of one list, as its longest read shows them, and what the other reads say about it. */
export class ListOrder {
  /** Elements in their order; undefined where nothing that took effect wrote it (or the same thing stood there before). */
  versions: readonly (Write | undefined)[] = [];
  /** What took effect, yet no read shows it: it came after the longest read, in an order that nobody knows. */
  unseen: readonly Write[] = [];
  private longest: Read | undefined;
  private readonly misfits = new Set<Read>();
  private readonly info: Key;
  /** For a list of this length: a step of another transaction that is in it although a later one of the same is not. */
  private partial: readonly (Write | undefined)[] = [];
  private looks = 0;

  constructor(
    private readonly table: Table,
    readonly key: number,
  ) {
    this.info = table.key(key);
    for (const read of this.info.reads) {
      if (this.longest === undefined || listOf(read.value).length > listOf(this.longest.value).length)
        this.longest = read;
    }
  }

  /** Notes who was seen; finds what no order explains. */
  observe(findings: Findings): void {
    if (this.longest === undefined) return;
    this.look(this.longest, findings);
    const list = listOf(this.longest.value);
    for (const read of this.info.reads) {
      if (beginsAs(listOf(read.value), list)) continue;
      this.misfits.add(read);
      this.look(read, findings);
      const longest = this.longest;
      findings.add(
        'incompatible-order',
        [longest.by, read.by],
        () =>
          `${this.table.nameOf(longest.by)} read ${this.name} = ${showRead(longest.value)} and ${this.table.nameOf(read.by)} read ${showRead(read.value)}: neither begins as the other does`,
        { key: this.info.name },
      );
    }
  }

  private look(read: Read, findings: Findings): void {
    const reader = (): string => `${this.table.nameOf(read.by)} read ${this.name} = ${showRead(read.value)}`;
    const look = ++this.looks;
    for (const value of listOf(read.value)) {
      const write = this.info.writes.get(atomOf(value));
      if (write === undefined) {
        findings.add('garbage-read', [read.by], () => `${reader()}, but nobody appended ${showValue(value)}`, {
          key: this.info.name,
        });
      } else if (write.look === look) {
        findings.add(
          'duplicate-append',
          [write.by, read.by],
          () => `${reader()}, but ${this.table.nameOf(write.by)} appended ${showValue(value)} once`,
          { key: this.info.name },
        );
      } else {
        write.look = look;
        write.seen = true;
        this.table.see(write.by);
        this.checkOwnOrder(write, look, read, findings);
      }
    }
  }

  /** What a transaction appended to a list stands there in the order in which it did. */
  private checkOwnOrder(write: Write, look: number, read: Read, findings: Findings): void {
    const { previous } = write;
    if (previous === undefined || previous.look === look) return;
    const { name, table } = this;
    findings.add(
      'incompatible-order',
      [write.by, read.by],
      () =>
        `${table.nameOf(read.by)} read ${name} = ${showRead(read.value)} with ${showValue(write.value)}, but not before it ${showValue(previous.value)}, which ${table.nameOf(write.by)} had appended first`,
      { key: this.info.name },
    );
  }

  /** Fixes the order, now that it is known what took effect; finds reads of what was undone or not finished. */
  settle(findings: Findings): void {
    const list = listOf(this.longest?.value ?? null);
    const all = list.map((value) => this.info.writes.get(atomOf(value)));
    this.versions = all.map((write, at) => {
      if (write === undefined || write.place !== -1 || !this.table.tookEffect(write.by)) return undefined;
      write.place = at;
      return write;
    });
    this.unseen = [...this.info.writes.values()].filter((w) => !w.seen && this.table.tookEffect(w.by));
    this.partial = partialLengths(all);
    this.findAborted(all, findings);
    for (const read of this.info.reads) this.findIntermediate(read, findings);
  }

  private findAborted(all: readonly (Write | undefined)[], findings: Findings): void {
    const at = all.findIndex((write) => write !== undefined && this.table.fates[write.by] === 'aborted');
    const aborted = all[at];
    if (aborted !== undefined) {
      const over = this.versions.find((write, i) => i > at && write !== undefined);
      if (over !== undefined) {
        findings.add(
          'dirty-update',
          [aborted.by, over.by],
          () =>
            `${this.table.nameOf(over.by)} appended ${showValue(over.value)} to ${this.name} on top of ${showValue(aborted.value)}, which ${this.table.nameOf(aborted.by)} had appended and undone`,
          { key: this.info.name },
        );
      }
    }
    for (const read of this.info.reads) {
      const dirty = this.misfits.has(read)
        ? this.abortedIn(read)
        : listOf(read.value).length > at
          ? aborted
          : undefined;
      if (dirty === undefined) continue;
      findings.add(
        'G1a',
        [dirty.by, read.by],
        () =>
          `${this.table.nameOf(read.by)} read ${this.name} = ${showRead(read.value)} with ${this.table.nameOf(dirty.by)}’s append of ${showValue(dirty.value)}, which was aborted`,
        { key: this.info.name },
      );
    }
  }

  private abortedIn(read: Read): Write | undefined {
    const writes = listOf(read.value).map((value) => this.info.writes.get(atomOf(value)));
    return writes.find((write) => write !== undefined && this.table.fates[write.by] === 'aborted');
  }

  private findIntermediate(read: Read, findings: Findings): void {
    const list = listOf(read.value);
    const partial = this.misfits.has(read)
      ? partialLengths(list.map((value) => this.info.writes.get(atomOf(value))))
      : this.partial;
    const write = partial[list.length];
    if (write === undefined || write.by === read.by) return;
    findings.add(
      'G1b',
      [write.by, read.by],
      () =>
        `${this.table.nameOf(read.by)} read ${this.name} = ${showRead(list)} with ${this.table.nameOf(write.by)}’s append of ${showValue(write.value)}, but without what it appended after that`,
      { key: this.info.name },
    );
  }

  /** Is the read part of the order of versions? */
  fits(read: Read): boolean {
    return !this.misfits.has(read);
  }

  /** Whose append is the last one in what was read; undefined for an empty list, or one that ends in the reader's own. */
  writerRead(read: Read): Write | undefined {
    const list = listOf(read.value);
    if (this.misfits.has(read)) {
      const last = list.length === 0 ? undefined : this.info.writes.get(atomOf(list[list.length - 1] as Value));
      return last !== undefined && this.table.tookEffect(last.by) && last.by !== read.by ? last : undefined;
    }
    let at = list.length - 1;
    while (at >= 0 && this.versions[at] === undefined) at--;
    const last = this.versions[at];
    return last?.by === read.by ? undefined : last;
  }

  /** Whose version this is, whatever the reader itself had added to it. */
  sourceOf(read: Read): number {
    const list = listOf(read.value);
    if (list.length === 0) return INITIAL;
    if (this.misfits.has(read)) return NOBODY;
    let at = list.length - 1;
    if (!read.external) while (at >= 0 && this.versions[at]?.by === read.by) at--;
    return at < 0 ? INITIAL : (this.versions[at]?.by ?? NOBODY);
  }

  /** What came next after what was read: one append, or any of those that nobody saw. Empty when the reader's own did. */
  firstMissed(read: Read): readonly Write[] {
    if (this.misfits.has(read)) return [];
    const from = listOf(read.value).length;
    const partOf = this.writerRead(read)?.by;
    for (let at = from; at < this.versions.length; at++) {
      const next = this.versions[at];
      // The rest of what it read of a transaction (G1b) is nothing that came later.
      if (next === undefined || next.by === partOf) continue;
      return next.by === read.by ? [] : [next];
    }
    return this.unseen.filter((write) => write.by !== read.by && write.by !== partOf);
  }

  /** What this transaction appended, if the read surely is of a version before it. */
  misses(read: Read, by: number): Write | undefined {
    if (this.misfits.has(read)) return undefined;
    const own = (this.table.writesOf[by] as Write[]).find((write) => write.key === this.key);
    if (own === undefined) return undefined;
    if (!own.seen) return own;
    return own.place >= listOf(read.value).length ? own : undefined;
  }

  /** Two appends of these transactions of which the second is the first that the order has after the other. */
  adjacent(from: number, to: number): [Write, Write] | undefined {
    let last: Write | undefined;
    for (const write of this.versions) {
      if (write === undefined) continue;
      if (last?.by === from && write.by === to) return [last, write];
      last = write;
    }
    const next = this.unseen.find((write) => write.by === to);
    return last?.by === from && next !== undefined ? [last, next] : undefined;
  }

  private get name(): string {
    return showValue(this.info.name);
  }
}

function beginsAs(short: readonly Value[], long: readonly Value[]): boolean {
  for (let i = 0; i < short.length; i++) {
    const [a, b] = [short[i] as Value, long[i] as Value];
    if (a !== b && !sameValue(a, b)) return false;
  }
  return true;
}

/** For each length of a beginning of the list, a write in it that is followed, outside of it, by one of the same transaction. */
function partialLengths(all: readonly (Write | undefined)[]): (Write | undefined)[] {
  const partial: (Write | undefined)[] = [];
  if (all.every((write) => write === undefined || write.final)) return partial;
  const finals = new Map<number, number>();
  for (const [at, write] of all.entries()) if (write?.final === true) finals.set(write.by, at);
  let marked = 0;
  for (const [at, write] of all.entries()) {
    if (write === undefined || write.final) continue;
    const until = finals.get(write.by) ?? all.length;
    for (let length = Math.max(at + 1, marked + 1); length <= until; length++) partial[length] = write;
    marked = Math.max(marked, until);
  }
  return partial;
}
