import type { Value } from '../../engine/history.js';
import { sameValue, showValue } from '../values.js';
import type { Findings } from './anomaly.js';
import type { Dependencies, ReadsFrom } from './dependencies.js';
import { type EdgeList, RW, WR, WW } from '../graph/edges.js';
import { ListOrder } from './list-order.js';
import type { Read, Table, Write } from './table.js';
import { listOf, showRead } from './transaction.js';

/**
 * Anomalies of lists that need no graph, and the edges between the transactions. The longest read of a key gives the order of
 * its versions, as every version tells all that came before it (Kingsbury and Alvaro, VLDB 2020, section 4).
 */
export function analyseLists(table: Table, edges: EdgeList, findings: Findings): Dependencies {
  const orders = table.keys.map((_, key) => new ListOrder(table, key));
  // All that was seen must be known before the first edge: it tells which transactions of unknown outcome committed.
  for (const order of orders) order.observe(findings);
  for (const order of orders) {
    order.settle(findings);
    addEdges(table, order, edges);
    findLostUpdates(table, order, findings);
  }
  for (const t of table.transactions.keys()) findFractured(table, orders, t, findings);
  for (const t of table.returning) findInternal(table, t, findings);
  return { ...readsFrom(table, orders), assumptions: [] };
}

/** What no level of `weakIsolation` allows, and who read from whom. */
export function observeLists(table: Table, findings: Findings, repeatable: boolean): ReadsFrom {
  const orders = table.keys.map((_, key) => new ListOrder(table, key));
  for (const order of orders) order.observe(findings);
  for (const order of orders) order.settle(findings);
  for (const t of table.returning) (repeatable ? findInternal : findForeign)(table, t, findings);
  return readsFrom(table, orders);
}

/** Whatever else a list holds: it ends in what the reader itself had appended. */
function findForeign(table: Table, t: number, findings: Findings): void {
  for (const read of table.readsOf[t] as Read[]) {
    const own = (table.writesOf[t] as Write[]).filter(({ key, step }) => key === read.key && step < read.step);
    const values = own.map(({ value }) => value);
    const got = listOf(read.value);
    if (hasAt(got, values, got.length - values.length)) continue;
    const name = table.key(read.key).name;
    findings.add(
      'internal',
      [t],
      () => `${table.nameOf(t)} read ${showValue(name)} = ${showRead(got)}, after it had appended ${showRead(values)}`,
      { key: name },
    );
  }
}

function readsFrom(table: Table, orders: readonly ListOrder[]): ReadsFrom {
  return {
    sourceOf: (read) => (orders[read.key] as ListOrder).sourceOf(read),
    addVersions: (edges) => {
      for (const order of orders) addVersions(order, edges);
    },
    explain: (from, to, kind, key) => explainEdge(table, orders[key] as ListOrder, from, to, kind),
  };
}

function addVersions({ key, versions, unseen }: ListOrder, edges: EdgeList): void {
  let last: Write | undefined;
  for (const write of versions) {
    if (write === undefined) continue;
    if (last !== undefined) edges.add(last.by, write.by, WW, key);
    last = write;
  }
  if (last !== undefined) for (const write of unseen) edges.add(last.by, write.by, WW, key);
}

function addEdges(table: Table, order: ListOrder, edges: EdgeList): void {
  const { key } = order;
  addVersions(order, edges);
  for (const read of table.key(key).reads) {
    if (edges.truncated) return;
    if (!read.external) continue;
    const writer = order.writerRead(read);
    if (writer !== undefined) edges.add(writer.by, read.by, WR, key);
    for (const missed of order.firstMissed(read)) edges.add(read.by, missed.by, RW, key);
  }
}

/** Two that read the same version before they wrote: one of them overwrote the other without having seen it. */
function findLostUpdates(table: Table, order: ListOrder, findings: Findings): void {
  const firsts = new Map<number, Read>();
  for (const read of table.key(order.key).reads) {
    if (!read.external || !order.fits(read)) continue;
    if (!(table.writesOf[read.by] as Write[]).some((write) => write.key === order.key)) continue;
    const length = lengthOf(read.value);
    const first = firsts.get(length);
    if (first === undefined) firsts.set(length, read);
    else if (first.by !== read.by) {
      const name = table.key(order.key).name;
      findings.add(
        'lost-update',
        [first.by, read.by],
        () =>
          `${table.nameOf(first.by)} and ${table.nameOf(read.by)} both read ${showValue(name)} = ${showRead(read.value)} and then appended to it: neither saw the other`,
        { key: name },
      );
    }
  }
}

/** T read of another transaction what it wrote to one key, and missed what it wrote to a second one (Bailis et al., RAMP). */
function findFractured(table: Table, orders: readonly ListOrder[], t: number, findings: Findings): void {
  const all = table.readsOf[t] as Read[];
  if (all.length < 2) return;
  const reads = all.every((read) => read.external) ? all : all.filter((read) => read.external);
  if (reads.length < 2) return;
  for (const seen of reads) {
    const writer = (orders[seen.key] as ListOrder).writerRead(seen)?.by;
    if (writer === undefined || writer === t || !table.tookEffect(writer)) continue;
    for (const missing of reads) {
      if (missing.key === seen.key) continue;
      const missed = (orders[missing.key] as ListOrder).misses(missing, writer);
      if (missed === undefined) continue;
      const [a, b] = [table.key(seen.key).name, table.key(missing.key).name];
      const later = missing.step > seen.step;
      findings.add(
        'fractured-read',
        [writer, t],
        () =>
          `${table.nameOf(t)} read ${showValue(a)} = ${showRead(seen.value)} with what ${table.nameOf(writer)} appended, and ${showValue(b)} = ${showRead(missing.value)} without its append of ${showValue(missed.value)}`,
        // Seen first and missed later is what monotonic atomic view forbids; the other way round it may happen there.
        { key: b, refutes: later ? ['monotonic-atomic-view'] : ['read-atomic'] },
      );
    }
  }
}

/** What a transaction reads must agree with what it read and appended before, and hold nothing that it appends later. */
function findInternal(table: Table, t: number, findings: Findings): void {
  const known = new Map<number, { base: readonly Value[] | undefined; own: Value[]; wasThere: boolean }>();
  const writes = table.writesOf[t] as Write[];
  const reads = table.readsOf[t] as Read[];
  for (const step of table.transaction(t).operations.keys()) {
    const write = writes.find((one) => one.step === step);
    const read = reads.find((one) => one.step === step);
    const key = write?.key ?? read?.key;
    if (key === undefined) continue;
    const state = known.get(key) ?? { base: undefined, own: [], wasThere: true };
    known.set(key, state);
    if (write !== undefined) state.own.push(write.value);
    if (read === undefined) continue;
    const name = table.key(key).name;
    const got = listOf(read.value);
    const future = writes.find((one) => one.key === key && one.step > step && got.some((v) => sameValue(v, one.value)));
    if (future !== undefined) {
      findings.add(
        'future-read',
        [t],
        () =>
          `${table.nameOf(t)} read ${showValue(name)} = ${showRead(got)} with ${showValue(future.value)}, which it appends only later`,
        { key: name },
      );
    }
    if (!agrees(got, state.base, state.own)) {
      const expected = [...(state.base ?? []), ...state.own];
      const before = `${table.nameOf(t)} read ${showValue(name)} = ${showRead(got)}`;
      const wanted = state.base === undefined ? `a list that ends in ${showRead(expected)}` : showRead(expected);
      const unrepeated = state.own.length === 0;
      findings.add('internal', [t], () => `${before}, where its own steps before leave only ${wanted}`, {
        key: name,
        ...(unrepeated && { phenomena: [state.wasThere ? 'P2' : 'P3'] }),
      });
    }
    known.set(key, { base: got, own: [], wasThere: read.value !== null });
  }
}

/** Is what was read what was known before (nothing is, where there is no `base`), and then one's own? */
function agrees(got: readonly Value[], base: readonly Value[] | undefined, own: readonly Value[]): boolean {
  const from = got.length - own.length;
  if (base === undefined ? from < 0 : from !== base.length) return false;
  return (base === undefined || hasAt(got, base, 0)) && hasAt(got, own, from);
}

function hasAt(list: readonly Value[], part: readonly Value[], from: number): boolean {
  for (let i = 0; i < part.length; i++) {
    if (list[from + i] !== part[i] && !sameValue(list[from + i], part[i])) return false;
  }
  return true;
}

function lengthOf(value: Value): number {
  return listOf(value).length;
}

function explainEdge(table: Table, order: ListOrder, from: number, to: number, kind: number): string {
  const name = showValue(table.key(order.key).name);
  const [a, b] = [table.nameOf(from), table.nameOf(to)];
  if (kind === WW) {
    const pair = order.adjacent(from, to);
    if (pair === undefined) return `${a} appended to ${name} before ${b}`;
    const [first, second] = pair.map((write) => showValue(write.value)) as [string, string];
    return order.unseen.includes(pair[1])
      ? `${b} appended ${second} to ${name} after ${a}’s ${first}: no read up to there holds it`
      : `${b} appended ${second} to ${name} right after ${a}’s ${first}`;
  }
  const reads = (table.readsOf[kind === WR ? to : from] as Read[]).filter((one) => one.key === order.key);
  if (kind === WR) {
    const read = reads.find((one) => order.sourceOf(one) === from || order.writerRead(one)?.by === from) as Read;
    const list = listOf(read.value);
    const own = (table.writesOf[from] as Write[]).filter((write) => write.key === order.key);
    const appended = own.findLast((write) => list.some((value) => sameValue(value, write.value)));
    return `${b} read ${name} = ${showRead(list)} with ${a}’s append of ${showValue(appended?.value)}`;
  }
  const read = reads.find((one) => one.external && order.firstMissed(one).some((write) => write.by === to)) as Read;
  const missed = order.firstMissed(read).find((write) => write.by === to);
  return `${a} read ${name} = ${showRead(listOf(read.value))} without ${b}’s append of ${showValue(missed?.value)}`;
}
