import type { Disk } from './disk.js';
import { asProtocolFault, UsageError } from './errors.js';
import type { NodeId, NodeView, Plain, Role, World } from './protocol.js';
import type { Runtime } from './runtime.js';
import type { Micros } from './time.js';

export const STATUS = { unborn: 0, up: 1, down: 2, left: 3 } as const;
/** Why a node takes nothing up: it is frozen, or it is slow and busy for a moment. Bits, as it may be both. */
export const HELD_UP = { paused: 1, busy: 2 } as const;

/** A deferred event of a node that is paused or busy: an index into the pending events. */
export type Inbox = number[];

/** A message that a step sends, as `Messenger.transmit` takes it. */
interface HeldSend {
  readonly to: number;
  readonly type: number;
  readonly body: Plain;
  readonly taped: number;
  readonly bytes: number;
}

/** What waits for a disk: everything that a step wanted to send, until so many writes are synced. */
export interface HeldOutbox {
  readonly write: number;
  readonly event: number;
  readonly sends: HeldSend[];
}

/** What a node with a disk has beside its state. */
export interface DiskState {
  readonly disk: Disk;
  written: number;
  synced: number;
  /** The write that the sync under way covers. */
  covering: number;
  held: HeldOutbox[];
  /** Tokens of explicit syncs, waiting and under way. */
  tokens: Plain[];
  coveredTokens: Plain[];
}

/** All nodes in columns. Clients have indices after them. */
export class NodeTable {
  readonly count: number;
  readonly status: Uint8Array;
  readonly paused: Uint8Array;
  /** Raised at every crash: what an earlier life left pending does not reach a later one. */
  readonly incarnation: Int32Array;
  // As long as they get: an array that grows leaves room for half as many again.
  readonly durables: object[];
  readonly volatiles: object[];
  readonly runtimes: Runtime[];
  readonly options: object[];
  readonly members: (readonly NodeId[])[];
  readonly disks: (DiskState | undefined)[] = [];
  readonly inboxes: (Inbox | undefined)[] = [];
  private readonly peers: (readonly NodeId[] | undefined)[] = [];
  private readonly views: (NodeView<object> | undefined)[] = [];
  private readonly indices = new Map<string, number>();
  private latest = 0;

  constructor(readonly ids: readonly NodeId[]) {
    this.count = ids.length;
    this.durables = new Array<object>(this.count);
    this.volatiles = new Array<object>(this.count);
    this.runtimes = new Array<Runtime>(this.count);
    this.options = new Array<object>(this.count);
    this.members = new Array<readonly NodeId[]>(this.count);
    this.status = new Uint8Array(this.count);
    this.paused = new Uint8Array(this.count);
    this.incarnation = new Int32Array(this.count);
    for (let i = 0; i < this.count; i++) {
      if (this.indices.has(ids[i]!))
        throw new UsageError('duplicate-node', `two nodes are named ${JSON.stringify(ids[i])}`);
      this.indices.set(ids[i]!, i);
    }
  }

  /** -1 for what is no node. */
  index(id: string): number {
    // Whoever speaks to all goes through them in order; whoever answers one speaks to the same again.
    const { ids, latest } = this;
    if (ids[latest] === id) return latest;
    const next = latest + 1 < this.count ? latest + 1 : 0;
    if (ids[next] === id) return (this.latest = next);
    const index = this.indices.get(id);
    if (index === undefined) return -1;
    return (this.latest = index);
  }

  isUp(index: number): boolean {
    return this.status[index] === STATUS.up;
  }

  /** Is it up, and nothing holds it up? Then what comes is handled at once. */
  isFree(index: number): boolean {
    return this.status[index] === STATUS.up && this.paused[index] === 0;
  }

  isPaused(index: number): boolean {
    return (this.paused[index]! & HELD_UP.paused) !== 0;
  }

  peersOf(index: number): readonly NodeId[] {
    return (this.peers[index] ??= this.members[index]!.filter((id) => id !== this.ids[index]));
  }

  setMembers(index: number, members: readonly NodeId[]): void {
    this.members[index] = members;
    this.peers[index] = undefined;
  }

  /** The node from outside. One lasting object a node, which always shows the present. */
  view(index: number): NodeView<object> {
    return (this.views[index] ??= new TableView(this, index));
  }

  role(index: number): Role | undefined {
    if (!this.isUp(index)) return undefined;
    const { protocol } = this.runtimes[index]!;
    try {
      return protocol.role?.(this.view(index));
    } catch (error) {
      throw asProtocolFault(error, `${protocol.name}'s role of ${this.ids[index]}`);
    }
  }
}

class TableView implements NodeView<object> {
  constructor(
    private readonly table: NodeTable,
    private readonly index: number,
  ) {}
  get id(): NodeId {
    return this.table.ids[this.index]!;
  }
  get members(): readonly NodeId[] {
    return this.table.members[this.index]!;
  }
  get options(): object {
    return this.table.options[this.index]!;
  }
  get durable(): object {
    return this.table.durables[this.index]!;
  }
  get synced(): object {
    return this.table.disks[this.index]?.disk.synced ?? this.durable;
  }
  get volatile(): object {
    return this.table.volatiles[this.index]!;
  }
  get up(): boolean {
    return this.table.isUp(this.index);
  }
}

/** The nodes that have ever run, as invariants see them. */
export class TableWorld implements World<object> {
  constructor(
    private readonly table: NodeTable,
    private readonly clock: () => Micros,
  ) {}
  get now(): Micros {
    return this.clock();
  }
  get nodes(): readonly NodeView<object>[] {
    const views: NodeView<object>[] = [];
    for (let i = 0; i < this.table.count; i++)
      if (this.table.status[i] !== STATUS.unborn) views.push(this.table.view(i));
    return views;
  }
  node(id: NodeId): NodeView<object> | undefined {
    const index = this.table.index(id);
    return index < 0 || this.table.status[index] === STATUS.unborn ? undefined : this.table.view(index);
  }
}
