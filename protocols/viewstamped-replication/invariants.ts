import { invariant, type DeepReadonly, type Invariant, type NodeView } from '../../engine/index.js';
import { differingKey, type KeyValueDatum } from '../parts/key-value.js';
import { isPrimary } from './group.js';
import { entryAt, opNumber } from './log.js';
import type { Entry, ViewstampedReplication } from './shape.js';

type View = NodeView<ViewstampedReplication>;
type Command = DeepReadonly<Entry>['command'];

/** How many of the newest operations an invariant remembers. What is older lies in everybody's checkpoint long since. */
export const REMEMBERED_OPERATIONS_MAX = 20_000;

/** Forgets what was noted first: that is about the oldest operation. */
function forgetOldest<K, V>(memory: Map<K, V>, max = REMEMBERED_OPERATIONS_MAX): void {
  if (memory.size <= max) return;
  const oldest = memory.keys().next().value;
  if (oldest !== undefined) memory.delete(oldest);
}

/** Where a replica was when it was last looked at: numbers, as a name would have to be made after every step. */
interface InView {
  readonly epochNumber: number;
  readonly viewNumber: number;
}

function isIn(view: InView | undefined, { volatile }: View): boolean {
  return view?.viewNumber === volatile.viewNumber && view.epochNumber === volatile.epochNumber;
}

function viewOf({ volatile: { epochNumber, viewNumber } }: View): InView {
  return { epochNumber, viewNumber };
}

function nameOf({ epochNumber, viewNumber }: InView): string {
  return `${epochNumber}/${viewNumber}`;
}

/** A request came once under this reference, and is the same operation wherever it is found. */
function isSame(a: Noted, entry: DeepReadonly<Entry>): boolean {
  return a.ref === entry.ref && a.opNumber === entry.opNumber;
}

function showEntry({ command }: { readonly command: Command }): string {
  switch (command.op) {
    case 'reconfigure':
      return `reconfigure ${command.configuration.join(' ')}`;
    case 'read':
      return `read ${command.key}`;
    case 'cas':
      return `cas ${command.key} ${command.from} → ${command.to}`;
    default:
      return `${command.op} ${command.key} = ${command.value}`;
  }
}

interface Noted {
  readonly opNumber: number;
  readonly ref: string;
  readonly command: Command;
  readonly at: string;
}

/** At the direct speed what a view shows changes under us; but no command ever does. */
function note({ opNumber, ref, command }: DeepReadonly<Entry>, at: string): Noted {
  return { opNumber, ref, command, at };
}

// -- One Primary A View --

interface Leading {
  readonly id: string;
  over: boolean;
}

export const onePrimaryAView = invariant<ViewstampedReplication>()({
  name: 'One Primary A View',
  says: 'Each view has one primary, and if that crashes it never is the primary of this view again.',
  source: 'Viewstamped Replication Revisited, sections 4 and 4.3',
  memory: () => ({ views: new Map<string, Leading>(), leads: new Map<string, InView>() }),
  afterStep({ views, leads }, node) {
    const { id, volatile } = node;
    const led = leads.get(id);
    if (volatile.status === 'recovering' && led !== undefined) {
      leads.delete(id);
      const leading = views.get(nameOf(led));
      if (leading !== undefined) leading.over = true;
      return null;
    }
    if (!isPrimary(node)) return null;
    if (isIn(led, node)) return null;
    leads.set(id, viewOf(node));
    const view = nameOf(node.volatile);
    const leading = views.get(view);
    if (leading === undefined) {
      views.set(view, { id, over: false });
      forgetOldest(views);
      return null;
    }
    if (leading.id !== id) return `${leading.id} and ${id} are primary of view ${view}`;
    return leading.over ? `${id} was primary of view ${view}, has crashed, and is its primary again` : null;
  },
});

// -- State Machine Safety --

/** Where nothing is new, which is after most steps, there is nothing to make. */
const NOTHING_NEW: readonly never[] = [];

/**
 * The operations that this replica has committed since it was last looked at, oldest first.
 *
 * @param upTo how far each replica was looked at; changed in place.
 */
function newlyCommitted(upTo: Map<string, number>, { id, volatile }: View): readonly DeepReadonly<Entry>[] {
  const { commitNumber, logStart } = volatile;
  const before = upTo.get(id);
  if (before === commitNumber) return NOTHING_NEW;
  upTo.set(id, commitNumber);
  const entries: DeepReadonly<Entry>[] = [];
  // What came with a checkpoint is in no log: see Same State. One that has recovered would look through all that ever was.
  for (let n = Math.max(Math.min(before ?? 0, commitNumber), logStart) + 1; n <= commitNumber; n += 1) {
    const entry = entryAt(volatile, n);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

export const stateMachineSafety = invariant<ViewstampedReplication>()({
  name: 'State Machine Safety',
  says: 'No two replicas commit different operations under one op-number.',
  source: 'Viewstamped Replication Revisited, section 8.1',
  memory: () => ({ committed: new Map<number, Noted>(), upTo: new Map<string, number>() }),
  afterStep({ committed, upTo }, node) {
    for (const entry of newlyCommitted(upTo, node)) {
      const known = committed.get(entry.opNumber);
      if (known === undefined) {
        committed.set(entry.opNumber, note(entry, node.id));
        forgetOldest(committed);
      } else if (!isSame(known, entry)) {
        return `as operation ${entry.opNumber} ${known.at} has committed ${showEntry(known)} and ${node.id} ${showEntry(entry)}`;
      }
    }
    return null;
  },
});

// -- Committed Operations Survive --

interface Committed extends Noted {
  /** Where it was first seen to be committed: a view that begins late, after this one, need not know of it. */
  readonly epochNumber: number;
  readonly viewNumber: number;
}

interface SurvivalMemory {
  committed: Map<number, Committed>;
  upTo: Map<string, number>;
  latest: number;
  leads: Map<string, InView>;
}

export const committedOperationsSurvive = invariant<ViewstampedReplication>()({
  name: 'Committed Operations Survive',
  says: 'When a view begins, its primary has every operation that was committed in any view before.',
  source: 'Viewstamped Replication Revisited, section 8.1',
  memory: (): SurvivalMemory => ({ committed: new Map(), upTo: new Map(), latest: 0, leads: new Map() }),
  afterStep(memory, node) {
    const { committed, upTo, leads } = memory;
    if (isPrimary(node) && !isIn(leads.get(node.id), node)) {
      leads.set(node.id, viewOf(node));
      const lost = firstLost(memory, node);
      if (lost !== undefined) {
        return `${node.id} begins view ${nameOf(node.volatile)} without ${showEntry(lost)}, which ${lost.at} has committed as operation ${lost.opNumber}`;
      }
    }
    const { epochNumber, viewNumber } = node.volatile;
    for (const entry of newlyCommitted(upTo, node)) {
      memory.latest = Math.max(memory.latest, entry.opNumber);
      if (committed.has(entry.opNumber)) continue;
      const { opNumber, ref, command } = entry;
      committed.set(opNumber, { opNumber, ref, command, at: node.id, epochNumber, viewNumber });
      forgetOldest(committed);
    }
    return null;
  },
});

/** What the primary itself has committed State Machine Safety judges. */
function firstLost({ committed, latest }: SurvivalMemory, { volatile }: View): Committed | undefined {
  const { epochNumber, viewNumber, commitNumber } = volatile;
  for (let n = commitNumber + 1; n <= latest; n += 1) {
    const known = committed.get(n);
    if (known === undefined || known.epochNumber > epochNumber) continue;
    if (known.epochNumber === epochNumber && known.viewNumber >= viewNumber) continue;
    const entry = entryAt(volatile, n);
    if (entry === undefined || !isSame(known, entry)) return known;
  }
  return undefined;
}

// -- One Log A View --

interface LogsMemory {
  /** By view and op-number. */
  prepared: Map<string, Map<number, Noted>>;
  /** By replica: what was looked at last, and the operations of that view. */
  latest: Map<string, InView & { readonly opNumber: number; readonly operations: Map<number, Noted> }>;
}

const REMEMBERED_VIEWS_MAX = 1_000;

function operationsOf(prepared: LogsMemory['prepared'], view: string): Map<number, Noted> {
  let operations = prepared.get(view);
  if (operations === undefined) prepared.set(view, (operations = new Map()));
  forgetOldest(prepared, REMEMBERED_VIEWS_MAX);
  return operations;
}

export const oneLogAView = invariant<ViewstampedReplication>()({
  name: 'One Log A View',
  says: 'In one view there is one operation at most for each op-number.',
  source: 'Viewstamped Replication Revisited, section 4.1: the primary chooses the order',
  memory: (): LogsMemory => ({ prepared: new Map(), latest: new Map() }),
  afterStep({ prepared, latest }, node) {
    const { id, volatile } = node;
    const entry = volatile.log.at(-1);
    if (volatile.status !== 'normal' || entry === undefined) return null;
    const before = latest.get(id);
    const inSameView = before !== undefined && isIn(before, node);
    if (inSameView && before.opNumber === entry.opNumber) return null;
    const operations = inSameView ? before.operations : operationsOf(prepared, nameOf(volatile));
    const { epochNumber, viewNumber } = volatile;
    latest.set(id, { epochNumber, viewNumber, opNumber: entry.opNumber, operations });
    const known = operations.get(entry.opNumber);
    if (known === undefined) {
      operations.set(entry.opNumber, note(entry, id));
      forgetOldest(operations);
      return null;
    }
    if (isSame(known, entry)) return null;
    return `in view ${nameOf(volatile)} operation ${entry.opNumber} is ${showEntry(known)} at ${known.at} and ${showEntry(entry)} at ${id}`;
  },
});

// -- Executed Once --

export const executedOnce = invariant<ViewstampedReplication>()({
  name: 'Executed Once',
  says: 'A client’s requests are executed in the order of their numbers, and each of them once.',
  source: 'Viewstamped Replication Revisited, section 4.1: the client-table',
  memory: () => ({
    upTo: new Map<string, number>(),
    latest: 0,
    executed: new Map<string, { readonly sequence: number; readonly opNumber: number }>(),
  }),
  afterStep(memory, node) {
    const { upTo, executed } = memory;
    for (const { opNumber: n, session, command } of newlyCommitted(upTo, node)) {
      // Once is enough: that all replicas execute the same State Machine Safety judges.
      if (n <= memory.latest) continue;
      memory.latest = n;
      if (session === null) continue;
      const before = executed.get(session.client);
      executed.set(session.client, { sequence: session.sequence, opNumber: n });
      if (before === undefined || before.sequence < session.sequence) continue;
      const what = `request ${session.sequence} (${command.op}) of ${session.client}`;
      return before.sequence === session.sequence
        ? `${what} is executed as operation ${before.opNumber} and as operation ${n}`
        : `${what} is executed as operation ${n}, after its request ${before.sequence}`;
    }
    return null;
  },
});

// -- Same State --

const REMEMBERED_CHECKPOINTS_MAX = 20;

export const sameState = invariant<ViewstampedReplication>()({
  name: 'Same State',
  says: 'Checkpoints of the same operation hold the same data.',
  source: 'Viewstamped Replication Revisited, section 5.1',
  memory: () => ({
    data: new Map<number, { readonly data: ReadonlyMap<string, KeyValueDatum>; readonly at: string }>(),
    latest: new Map<string, number>(),
  }),
  afterStep({ data, latest }, { id, volatile: { checkpoint } }) {
    if (latest.get(id) === checkpoint.opNumber) return null;
    latest.set(id, checkpoint.opNumber);
    const known = data.get(checkpoint.opNumber);
    if (known !== undefined) {
      const key = differingKey(known.data, checkpoint.machine.data);
      return key === null
        ? null
        : `after operation ${checkpoint.opNumber} ${known.at} and ${id} hold different values of ${key}`;
    }
    data.set(checkpoint.opNumber, { data: new Map(checkpoint.machine.data), at: id });
    forgetOldest(data, REMEMBERED_CHECKPOINTS_MAX);
    return null;
  },
});

// -- Contiguous --

interface Life {
  readonly epochNumber: number;
  readonly viewNumber: number;
  readonly commitNumber: number;
}

/** Judged within a life: whoever recovers begins with nothing. */
export const contiguous = invariant<ViewstampedReplication>()({
  name: 'Contiguous',
  says: 'Op-numbers have no gaps, nothing is committed beyond the log, and views and commit-numbers only rise.',
  source: 'Viewstamped Replication Revisited, section 4: the state at a replica',
  memory: () => new Map<string, Life>(),
  afterStep(lives, { id, volatile }) {
    const { epochNumber, viewNumber, commitNumber, log, logStart, status } = volatile;
    const last = log.at(-1);
    if (last !== undefined && last.opNumber !== opNumber(volatile)) {
      return `${id} has ${log.length} operations after ${logStart}, and the last one is ${last.opNumber}`;
    }
    if (commitNumber > opNumber(volatile)) {
      return `${id} has committed up to ${commitNumber}, and its log ends with ${opNumber(volatile)}`;
    }
    const before = lives.get(id);
    if (
      before?.epochNumber === epochNumber &&
      before.viewNumber === viewNumber &&
      before.commitNumber === commitNumber
    ) {
      return null;
    }
    lives.set(id, { epochNumber, viewNumber, commitNumber });
    if (before === undefined || status === 'recovering' || status === 'waiting') return null;
    if (epochNumber < before.epochNumber || (epochNumber === before.epochNumber && viewNumber < before.viewNumber)) {
      return `${id} goes back from view ${before.epochNumber}/${before.viewNumber} to ${epochNumber}/${viewNumber}`;
    }
    return commitNumber < before.commitNumber
      ? `${id} had committed up to ${before.commitNumber}, and now up to ${commitNumber}`
      : null;
  },
});

export const viewstampedReplicationInvariants: readonly Invariant<ViewstampedReplication>[] = [
  onePrimaryAView,
  stateMachineSafety,
  committedOperationsSurvive,
  oneLogAView,
  executedOnce,
  sameState,
  contiguous,
];
