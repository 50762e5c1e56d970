import { showValue } from '../values.js';
import type { CycleStep, Findings } from './anomaly.js';
import { Allowance } from '../budget.js';
import { shortestCycles, type Cycle } from '../graph/cycle-search.js';
import { components, EdgeList, WW } from '../graph/edges.js';
import type { IsolationLevel } from './levels.js';
import { sentenceOf } from './sentences.js';
import { atomOf, type Read, type Table, type Write } from './table.js';

/** The version before every write. */
const INITIAL = undefined;
type Version = Write | typeof INITIAL;

/** One version comes before another, how this is known, and which transactions show it beside those that wrote them. */
type Succession = readonly [from: Version, to: Write, why: string, shownBy?: readonly number[]];

/** A shortest circle of a part of the versions is looked for within so many steps; else it is one of the first. */
const CIRCLE_STEPS_MAX = 1_000_000;

const ANCESTORS_MAX = 64;

/** What is surely known of the order of each register's versions. */
export class RegisterVersions {
  private readonly orders: readonly (readonly Succession[])[];
  private readonly readers: readonly ReadonlyMap<Version, Read[]>[];
  private readonly before = new Map<Write, Version[]>();

  constructor(
    private readonly table: Table,
    linearizableKeys: boolean,
    findings: Findings,
  ) {
    this.readers = table.keys.map((_, key) => this.readersByVersion(key));
    this.orders = table.keys.map((_, key) => {
      const inTime = linearizableKeys ? this.inRealTime(key) : [];
      return this.complete(key, this.followsRead(key), inTime, findings);
    });
    for (const order of this.orders) {
      for (const [from, to] of order) {
        const before = this.before.get(to);
        if (before === undefined) this.before.set(to, [from]);
        else before.push(from);
      }
    }
  }

  successions(key: number): readonly Succession[] {
    return this.orders[key] as readonly Succession[];
  }

  /** Who read this version before writing the key itself. */
  readersOf(key: number, version: Version): readonly Read[] {
    return this.readers[key]?.get(version) ?? [];
  }

  /** Is what was read known to be older than this write? Looks at a bounded number of versions: false may be "not known". */
  isBefore(read: Read, write: Write): boolean {
    const wanted = this.versionRead(read);
    if (wanted === INITIAL) return read.value === null;
    const open: Version[] = [...(this.before.get(write) ?? [])];
    for (let i = 0; i < open.length && i < ANCESTORS_MAX; i++) {
      const version = open[i];
      if (version === wanted) return true;
      if (version !== INITIAL) open.push(...(this.before.get(version) ?? []));
    }
    return false;
  }

  private versionRead(read: Read): Version {
    return read.value === null ? INITIAL : this.table.key(read.key).writes.get(atomOf(read.value));
  }

  /** Reads of what was undone or made up tell nothing about the order. */
  private isKnown(read: Read): boolean {
    const version = this.versionRead(read);
    return version === INITIAL ? read.value === null : this.table.tookEffect(version.by) && version.by !== read.by;
  }

  private readersByVersion(key: number): Map<Version, Read[]> {
    const readers = new Map<Version, Read[]>();
    for (const read of this.table.key(key).reads) {
      if (!read.external || !this.isKnown(read)) continue;
      const version = this.versionRead(read);
      const list = readers.get(version);
      if (list === undefined) readers.set(version, [read]);
      else list.push(read);
    }
    return readers;
  }

  private followsRead(key: number): Succession[] {
    return [...(this.readers[key] as Map<Version, Read[]>)].flatMap(([from, reads]) =>
      reads.flatMap((read): Succession[] => {
        const to = this.lastWrite(read.by, key);
        return to === undefined ? [] : [[from, to, `${this.table.nameOf(to.by)} read the one and wrote the other`]];
      }),
    );
  }

  private lastWrite(t: number, key: number): Write | undefined {
    return (this.table.writesOf[t] as Write[]).find((write) => write.key === key && write.final);
  }

  /** What a transaction left, or saw last, is not newer than what one that was called after its return found. */
  private inRealTime(key: number): Succession[] {
    const { reads, writes } = this.table.key(key);
    const touched = new Set([...reads.map((read) => read.by), ...[...writes.values()].map((write) => write.by)]);
    const counted = [...touched].filter((t) => this.table.tookEffect(t)).sort((a, b) => a - b);
    const returns = counted.filter((t) => this.table.transaction(t).return !== Infinity);
    returns.sort((a, b) => this.table.transaction(a).return - this.table.transaction(b).return);
    const found: Succession[] = [];
    const implied = new Map<number, readonly number[]>();
    let frontier: number[] = [];
    let next = 0;
    for (const t of counted) {
      const { call } = this.table.transaction(t);
      for (; next < returns.length && this.table.transaction(returns[next] as number).return < call; next++) {
        const returned = returns[next] as number;
        const old = new Set(implied.get(returned));
        frontier = frontier.filter((other) => !old.has(other));
        frontier.push(returned);
      }
      implied.set(t, frontier);
      for (const earlier of frontier) found.push(...this.between(earlier, t, key));
    }
    return found;
  }

  private between(earlier: number, later: number, key: number): Succession[] {
    const left = this.edgeVersion(earlier, key, true);
    const right = this.edgeVersion(later, key, false);
    if (left === 'none' || right === 'none' || left === right) return [];
    const saw = (version: Version, t: number): string => {
      if (version === INITIAL) return ', which found nothing';
      return version.by === t ? '' : `, which read ${showValue(version.value)}`;
    };
    const [before, after] = [saw(left, earlier), saw(right, later)];
    const [a, b] = [this.table.nameOf(earlier), this.table.nameOf(later)];
    const why = `${a}${before}${before === '' ? '' : ','} had returned before ${b} was called${after}`;
    // Back to the initial version: said of the first write as if it came before itself, which `complete` finds to be a cycle.
    return [[left, right === INITIAL ? (left as Write) : right, why, [earlier, later]]];
  }

  /** The version that a transaction left or saw last, or the one that it found first. */
  private edgeVersion(t: number, key: number, last: boolean): Version | 'none' {
    const written = this.lastWrite(t, key);
    if (last && written !== undefined) return written;
    const reads = (this.table.readsOf[t] as Read[]).filter((r) => r.key === key && r.external && this.isKnown(r));
    const read = last ? reads[reads.length - 1] : reads[0];
    if (read !== undefined) return this.versionRead(read);
    return written ?? 'none';
  }

  /** Adds that the initial version comes first; leaves out what would make the order run in circles. */
  private complete(key: number, followed: Succession[], inTime: Succession[], findings: Findings): Succession[] {
    const { writes, name } = this.table.key(key);
    const versions = [...writes.values()].filter((write) => write.final && this.table.tookEffect(write.by));
    let found = [...followed, ...inTime];
    const circle = this.circle(followed) ?? this.circle(found);
    if (circle !== undefined) {
      // One that real time closes: the key is not linearizable, as these levels would have made it; weaker ones promise no such thing.
      const timed = circle.some((succession) => inTime.includes(succession));
      this.report(
        key,
        circle,
        findings,
        timed ? ['strong-repeatable-read', 'strong-snapshot-isolation'] : ['read-committed'],
      );
      found = timed ? followed : [];
    }
    const later = new Set(found.map(([, to]) => to));
    const roots = versions.filter((write) => !later.has(write));
    return [...found, ...roots.map((root): Succession => [INITIAL, root, `${showValue(name)} is null at first`])];
  }

  private report(
    key: number,
    circle: readonly Succession[],
    findings: Findings,
    refutes: readonly IsolationLevel[],
  ): void {
    const { table } = this;
    const { name } = table.key(key);
    const steps = circle.map(([from, to, why]): CycleStep => {
      const { by, value } = from as Write;
      const order = `${showValue(name)} = ${showValue(value)} was before ${showValue(to.value)}`;
      const says = from === to ? why : `${order}: ${why}`;
      return { from: table.transaction(by).id, to: table.transaction(to.by).id, type: 'ww', key: name, says };
    });
    const involved = circle.flatMap(([from, , , shownBy = []]) => [(from as Write).by, ...shownBy]);
    findings.add('cyclic-versions', involved, () => sentenceOf(steps), { key: name, refutes, cycle: steps });
  }

  /** A short circle of versions that would each come before the next one. */
  private circle(found: readonly Succession[]): Succession[] | undefined {
    const self = found.find(([from, to]) => from === to);
    if (self !== undefined) return [self];
    const between = found.filter(([from]) => from !== INITIAL);
    const ids = new Map<Version, number>();
    for (const version of between.flatMap(([from, to]) => [from, to]))
      if (!ids.has(version)) ids.set(version, ids.size);
    const edges = new EdgeList();
    for (const [from, to] of between) edges.add(ids.get(from) as number, ids.get(to) as number, WW, 0);
    const graph = edges.graph(ids.size);
    const members = new Set(components(graph, WW)[0]);
    if (members.size === 0) return undefined;
    const wanted = { start: WW, rest: WW, pattern: 'any' } as const;
    const inside = (from: number, to: number): boolean => members.has(from) && members.has(to);
    const { nodes } = [
      ...shortestCycles(graph, wanted, new Allowance({ steps: CIRCLE_STEPS_MAX, memoryBytes: 0 }), inside),
    ].at(-1) as Cycle;
    return nodes.map((from, i) => {
      const to = nodes[(i + 1) % nodes.length];
      return between.find(([one, other]) => ids.get(one) === from && ids.get(other) === to) as Succession;
    });
  }
}
