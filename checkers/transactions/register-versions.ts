import { showValue } from '../values.js';
import type { Findings } from './anomaly.js';
import { components, EdgeList, WW } from '../graph/edges.js';
import type { IsolationLevel } from './levels.js';
import { atomOf, type Read, type Table, type Write } from './table.js';

/** The version before every write. */
const INITIAL = undefined;
type Version = Write | typeof INITIAL;

/** One version comes before another, and how this is known. */
type Succession = readonly [from: Version, to: Write, why: string];

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
    const why = `${this.table.nameOf(earlier)} had returned before ${this.table.nameOf(later)} was called`;
    // Back to the initial version: said of the first write as if it came before itself, which `complete` finds to be a cycle.
    return right === INITIAL ? [[left, left as Write, `${why}, which found nothing`]] : [[left, right, why]];
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
    if (this.circle(followed) !== undefined) {
      this.report(key, this.circle(followed) as Write[], findings, ['read-committed']);
      found = [];
    } else if (this.circle(found) !== undefined) {
      // The key is not linearizable, as these levels would have made it; weaker ones promise no such thing.
      this.report(key, this.circle(found) as Write[], findings, [
        'strong-repeatable-read',
        'strong-snapshot-isolation',
      ]);
      found = followed;
    }
    const later = new Set(found.map(([, to]) => to));
    const roots = versions.filter((write) => !later.has(write));
    return [...found, ...roots.map((root): Succession => [INITIAL, root, `${showValue(name)} is null at first`])];
  }

  private report(key: number, circle: readonly Write[], findings: Findings, refutes: readonly IsolationLevel[]): void {
    const { name } = this.table.key(key);
    const values = circle.map((write) => showValue(write.value));
    const says =
      values.length === 1
        ? `the version ${values.join()} of ${showValue(name)} would come before the one before it`
        : `the versions ${values.join(', ')} of ${showValue(name)} would each come before the others`;
    findings.add(
      'cyclic-versions',
      circle.map((write) => write.by),
      () => says,
      { key: name, refutes },
    );
  }

  private circle(found: readonly Succession[]): Write[] | undefined {
    const self = found.find(([from, to]) => from === to);
    if (self !== undefined) return [self[1]];
    const ids = new Map<Write, number>();
    const idOf = (write: Write): number => {
      const id = ids.get(write) ?? ids.size;
      ids.set(write, id);
      return id;
    };
    const edges = new EdgeList(found.length);
    for (const [from, to] of found) if (from !== INITIAL) edges.add(idOf(from), idOf(to), WW, 0);
    const members = components(edges.graph(ids.size), WW)[0];
    if (members === undefined) return undefined;
    const all = [...ids.keys()];
    return members.map((i) => all[i] as Write);
  }
}
