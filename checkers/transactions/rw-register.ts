import type { Value } from '../../engine/history.js';
import { sameValue, showValue } from '../values.js';
import type { Findings } from './anomaly.js';
import { INITIAL, NOBODY, type Dependencies, type ReadsFrom } from './dependencies.js';
import { RW, WR, WW, type EdgeList } from '../graph/edges.js';
import { RegisterVersions } from './register-versions.js';
import { atomOf, type Read, type Table, type Write } from './table.js';

export interface RegisterOptions {
  /** Take every key for linearizable on its own: then real time orders its versions too. */
  readonly linearizableKeys: boolean;
}

const ASSUMPTIONS: readonly string[] = [
  'every key is null at first, and this version comes before all others',
  'a transaction that read a key and then wrote it put its version after the one that it read',
];

const LINEARIZABLE_KEYS =
  'every key on its own is linearizable: what returned before orders the versions of what was called after';

/**
 * Anomalies of registers that need no graph, and the edges that follow from what is surely known of the order of versions.
 * A register does not tell what it overwrote, so that this order is partial and fewer anomalies are found than in lists
 * (Kingsbury and Alvaro, VLDB 2020, section 5).
 */
export function analyseRegisters(
  table: Table,
  edges: EdgeList,
  findings: Findings,
  options: RegisterOptions,
): Dependencies {
  seeWriters(table);
  const versions = new RegisterVersions(table, options.linearizableKeys, findings);
  for (const { reads } of table.keys) {
    for (const read of reads) findBadRead(table, read, findings);
    findLostUpdates(table, reads, findings);
  }
  for (const key of table.keys.keys()) addEdges(table, versions, key, edges);
  for (const t of table.transactions.keys()) findFractured(table, versions, t, findings);
  for (const t of table.returning) findInternal(table, t, findings);
  return {
    ...readsFrom(table),
    explain: (from, to, kind, key) => explainEdge(table, versions, from, to, kind, key),
    assumptions: options.linearizableKeys ? [...ASSUMPTIONS, LINEARIZABLE_KEYS] : ASSUMPTIONS,
  };
}

/** Who of those that never answered took effect, as something of them was read. */
function seeWriters(table: Table): void {
  for (const { reads, writes } of table.keys) {
    for (const read of reads) {
      const write = writes.get(atomOf(read.value));
      if (write !== undefined) table.see(write.by);
    }
  }
}

/** What no level of `weakIsolation` allows: reads of nobody, of what was undone or not finished, and of others than one's own writes. */
export function observeRegisters(table: Table, findings: Findings): ReadsFrom {
  seeWriters(table);
  for (const { reads } of table.keys) {
    for (const read of reads) {
      if (read.external) findBadRead(table, read, findings);
      else findForeign(table, read, findings);
    }
  }
  return readsFrom(table);
}

function readsFrom(table: Table): ReadsFrom {
  return {
    sourceOf(read) {
      if (!read.external) return NOBODY;
      if (read.value === null) return INITIAL;
      const write = writeOf(table, read);
      return write !== undefined && write.by !== read.by && table.tookEffect(write.by) ? write.by : NOBODY;
    },
    // A register does not tell what it overwrote.
    addVersions: () => undefined,
    explain: (from, to, _, key) => explainRead(table, from, to, key),
  };
}

function findForeign(table: Table, read: Read, findings: Findings): void {
  const own = (table.writesOf[read.by] as Write[]).findLast((w) => w.key === read.key && w.step < read.step);
  if (own === undefined || sameValue(own.value, read.value)) return;
  findings.add('internal', [read.by], () => `${says(table, read)}, after it had written ${showValue(own.value)}`, {
    key: table.key(read.key).name,
  });
}

function writeOf(table: Table, read: Read): Write | undefined {
  return table.key(read.key).writes.get(atomOf(read.value));
}

function says(table: Table, read: Read): string {
  return `${table.nameOf(read.by)} read ${showValue(table.key(read.key).name)} = ${showValue(read.value)}`;
}

function findBadRead(table: Table, read: Read, findings: Findings): void {
  if (read.value === null) return;
  const key = table.key(read.key).name;
  const write = writeOf(table, read);
  if (write === undefined) {
    findings.add('garbage-read', [read.by], () => `${says(table, read)}, which nobody wrote`, { key });
    return;
  }
  const writer = table.nameOf(write.by);
  const involved = [write.by, read.by];
  if (write.by === read.by) {
    if (write.step > read.step) {
      findings.add('future-read', [read.by], () => `${says(table, read)}, which it writes only later`, { key });
    }
    return;
  }
  if (table.fates[write.by] === 'aborted') {
    findings.add('G1a', involved, () => `${says(table, read)}, which ${writer} wrote and undid`, { key });
    const over = (table.writesOf[read.by] as Write[]).find((w) => w.key === read.key && w.final && w.step > read.step);
    if (over === undefined || !read.external) return;
    const value = showValue(over.value);
    findings.add(
      'dirty-update',
      involved,
      () => `${says(table, read)}, which ${writer} wrote and undid, and wrote ${value} over it`,
      { key },
    );
  } else if (!write.final) {
    findings.add('G1b', involved, () => `${says(table, read)}, which ${writer} itself overwrote before it ended`, {
      key,
    });
  }
}

function addEdges(table: Table, versions: RegisterVersions, key: number, edges: EdgeList): void {
  for (const [from, to] of versions.successions(key)) {
    if (from !== undefined) edges.add(from.by, to.by, WW, key);
    for (const read of versions.readersOf(key, from)) {
      if (edges.truncated) return;
      edges.add(read.by, to.by, RW, key);
    }
  }
  for (const read of table.key(key).reads) {
    const write = writeOf(table, read);
    if (read.external && write !== undefined && table.tookEffect(write.by)) edges.add(write.by, read.by, WR, key);
  }
}

function findLostUpdates(table: Table, reads: readonly Read[], findings: Findings): void {
  const firsts = new Map<unknown, Read>();
  for (const read of reads) {
    if (!read.external) continue;
    const own = (table.writesOf[read.by] as Write[]).some((write) => write.key === read.key);
    if (!own || writeOf(table, read)?.by === read.by) continue;
    const first = firsts.get(atomOf(read.value));
    if (first === undefined) firsts.set(atomOf(read.value), read);
    else if (first.by !== read.by) {
      findings.add(
        'lost-update',
        [first.by, read.by],
        () =>
          `${table.nameOf(first.by)} and ${says(table, read)} both, and then each wrote it: one of the two was overwritten unseen`,
        { key: table.key(read.key).name },
      );
    }
  }
}

function findFractured(table: Table, versions: RegisterVersions, t: number, findings: Findings): void {
  const reads = (table.readsOf[t] as Read[]).filter((read) => read.external);
  if (reads.length < 2) return;
  for (const seen of reads) {
    const writer = writeOf(table, seen)?.by;
    if (writer === undefined || writer === t || !table.tookEffect(writer)) continue;
    for (const missing of reads) {
      if (missing.key === seen.key) continue;
      const missed = (table.writesOf[writer] as Write[]).find((w) => w.key === missing.key && w.final);
      if (missed === undefined || !versions.isBefore(missing, missed)) continue;
      const later = missing.step > seen.step;
      const name = showValue(table.key(missing.key).name);
      findings.add(
        'fractured-read',
        [writer, t],
        () =>
          `${says(table, seen)} of ${table.nameOf(writer)}, and ${name} = ${showValue(missing.value)} from before its ${showValue(missed.value)}`,
        { key: table.key(missing.key).name, refutes: later ? ['monotonic-atomic-view'] : ['read-atomic'] },
      );
    }
  }
}

/** After its first look at a key, a transaction reads what it read or wrote last. */
function findInternal(table: Table, t: number, findings: Findings): void {
  const known = new Map<number, { value: Value; own: boolean }>();
  const steps = [...(table.writesOf[t] as Write[]), ...(table.readsOf[t] as Read[])].sort((a, b) => a.step - b.step);
  for (const step of steps) {
    const read = 'external' in step ? step : undefined;
    const before = known.get(step.key);
    if (read !== undefined && before !== undefined && !sameValue(before.value, read.value)) {
      findings.add(
        'internal',
        [t],
        () => `${says(table, read)}, where its own steps before leave ${showValue(before.value)}`,
        { key: table.key(read.key).name, ...(!before.own && { phenomena: [before.value === null ? 'P3' : 'P2'] }) },
      );
    }
    known.set(step.key, { value: step.value, own: read === undefined });
  }
}

function explainEdge(
  table: Table,
  versions: RegisterVersions,
  from: number,
  to: number,
  kind: number,
  key: number,
): string {
  if (kind === WR) return explainRead(table, from, to, key);
  const name = showValue(table.key(key).name);
  const [a, b] = [table.nameOf(from), table.nameOf(to)];
  for (const [first, second, why] of versions.successions(key)) {
    if (second.by !== to) continue;
    const value = showValue(second.value);
    if (kind === WW && first?.by === from)
      return `${b} wrote ${name} = ${value} after ${a}’s ${showValue(first.value)}: ${why}`;
    if (kind !== RW) continue;
    const read = versions.readersOf(key, first).find((r) => r.by === from);
    if (read !== undefined)
      return `${a} read ${name} = ${showValue(read.value)} without ${b}’s write of ${value}: ${why}`;
  }
  return `${a} comes before ${b} at ${name}`;
}

function explainRead(table: Table, from: number, to: number, key: number): string {
  const read = (table.readsOf[to] as Read[]).find((r) => r.key === key && writeOf(table, r)?.by === from) as Read;
  return `${says(table, read)}, which ${table.nameOf(from)} wrote`;
}
