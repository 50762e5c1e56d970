import { compileDistribution, type Distribution, type Sampler } from './distribution.js';
import type { DiskConfig, Durable } from './disk.js';
import { Disk } from './disk.js';
import { PENDING } from './events.js';
import type { Kernel } from './kernel.js';
import type { Connection } from './connections.js';
import { HELD_UP, STATUS, type DiskState, type NodeTable } from './nodes.js';
import { asProtocolFault } from './errors.js';
import type { AnyProtocol, NodeId, Plain, Start, StartReason } from './protocol.js';
import type { AnyHandler, Runtime } from './runtime.js';
import { US_PER_MS, type Micros } from './time.js';
import { KIND, NONE } from './trace/log.js';

const NOTICE: Micros = US_PER_MS;
const FIRST: Start = { reason: 'first', damage: [] };

/** The life of nodes: they start, crash, restart, freeze, are slow, leave; and their disks sync. */
export class Lifecycle {
  /** Does some node take its time? Then `stepped` is to be called after every step. */
  slows = false;
  private readonly nodes: NodeTable;
  private readonly processing = new Map<number, { readonly sampler: Sampler; readonly label: string }>();
  private readonly syncLatency: Sampler | null;
  private readonly slowSyncs = new Map<number, Sampler>();
  private readonly diskStreams = new Map<string, ReturnType<Kernel['choices']['stream']>>();

  constructor(
    private readonly kernel: Kernel,
    private readonly disk: DiskConfig | undefined,
    private readonly notice: Micros = NOTICE,
  ) {
    this.nodes = kernel.nodes;
    this.syncLatency = disk?.syncLatency === undefined ? null : compileDistribution(disk.syncLatency);
    kernel.network.links.connections.supervisor = {
      up: (index) => this.isRunning(index),
      refused: (connection) => this.tellReset(connection, kernel.events),
      gaveUp: (connection) => {
        this.tellReset(connection, kernel.events);
        kernel.call(kernel.now + this.notice, kernel.events, (cause) => this.connectionsChanged(cause));
      },
    };
  }

  /** Starts all nodes but these, together: each is up before any of them acts. */
  startAll(standby: ReadonlySet<string>): void {
    const { nodes, kernel } = this;
    const events = new Int32Array(nodes.count);
    for (let i = 0; i < nodes.count; i++) if (!standby.has(nodes.ids[i]!)) events[i] = this.boot(i, FIRST, 0);
    for (let i = 0; i < nodes.count && !kernel.stopping; i++) {
      // One that was struck meanwhile has had its end.
      if (events[i] !== 0 && nodes.isUp(i) && nodes.incarnation[i] === 0) this.begin(i, events[i]!, FIRST);
    }
  }

  /** Starts a node that does not run, unless it has left for good. */
  start(node: number, reason: StartReason, cause: number): void {
    const { nodes } = this;
    if (nodes.isUp(node) || nodes.status[node] === STATUS.left) return;
    const { disk } = nodes.disks[node] ?? {};
    const recovered = disk?.recover();
    if (recovered !== undefined) nodes.durables[node] = recovered.durable;
    const start: Start = { reason, damage: recovered?.damage ?? [] };
    this.begin(node, this.boot(node, start, cause), start);
  }

  /** A node joins that has not run yet, or comes back although it had left. */
  join(node: number, cause: number): void {
    const { nodes } = this;
    if (nodes.status[node] === STATUS.left) nodes.status[node] = STATUS.down;
    this.start(node, nodes.status[node] === STATUS.unborn ? 'first' : 'restart', cause);
  }

  /** The node is up, but has not acted yet. */
  private boot(node: number, { reason, damage }: Start, cause: number): number {
    const { nodes, kernel } = this;
    const { protocol } = nodes.runtimes[node]!;
    if (nodes.durables[node] === undefined) {
      nodes.durables[node] = made(protocol, 'durable');
      if (this.disk !== undefined) nodes.disks[node] = emptyDisk(nodes.durables[node] as Durable);
    }
    nodes.volatiles[node] = made(protocol, 'volatile');
    nodes.status[node] = STATUS.up;
    kernel.forgetRole(node);
    const why = kernel.types.index(reason);
    const body = damage.length === 0 ? undefined : (damage as unknown as Plain);
    const event = kernel.record(KIND.start, node, cause, NONE, NONE, NONE, body, why, NONE);
    this.connectionsChanged(event);
    return event;
  }

  private begin(node: number, event: number, start: Start): void {
    const { nodes, kernel } = this;
    const handler = (nodes.runtimes[node]!.protocol.onStart ?? nothing) as AnyHandler;
    kernel.run(node, event, handler, start, undefined, kernel.types.index('onStart'));
  }

  /** Volatile state, timers and whatever waited for the disk are gone; the disk decides what else is. */
  crash(node: number, cause: number, kind: 'crash' | 'halt', why?: string): void {
    const { nodes, kernel } = this;
    if (!nodes.isUp(node)) return;
    const state = nodes.disks[node];
    let lost = 0;
    if (state !== undefined) {
      lost = state.disk.crash(this.disk!, this.draw(node));
      nodes.disks[node] = { ...emptyDisk({}), disk: state.disk };
      // What is left of the node is what lies on its disk.
      nodes.durables[node] = state.disk.content;
    }
    nodes.status[node] = STATUS.down;
    nodes.incarnation[node]!++;
    nodes.paused[node] = 0;
    nodes.volatiles[node] = {};
    kernel.timers.cancelAll(node);
    this.dropInbox(node);
    const reason = why === undefined ? NONE : kernel.types.index(why);
    const event = kernel.record(KIND[kind], node, cause, NONE, NONE, NONE, lost === 0 ? undefined : lost, reason, NONE);
    this.connectionsChanged(event);
  }

  /** Nothing of what a node had synced is left: it comes back as if new. */
  wipe(node: number, cause: number): void {
    const { nodes, kernel } = this;
    const fresh = made(nodes.runtimes[node]!.protocol, 'durable') as Durable;
    nodes.durables[node] = fresh;
    nodes.disks[node]?.disk.wipe(fresh);
    kernel.record(KIND.disk, node, cause, NONE, NONE, kernel.types.index('wiped'), undefined, NONE, NONE);
  }

  pause(node: number, cause: number): void {
    if (!this.nodes.isUp(node) || this.nodes.isPaused(node)) return;
    this.nodes.paused[node]! |= HELD_UP.paused;
    this.kernel.record(KIND.pause, node, cause, NONE, NONE, NONE, undefined, NONE, NONE);
  }

  resume(node: number, cause: number): void {
    if (!this.nodes.isPaused(node)) return;
    this.nodes.paused[node]! &= ~HELD_UP.paused;
    this.kernel.record(KIND.resume, node, cause, NONE, NONE, NONE, undefined, NONE, NONE);
    this.drain(node);
  }

  /** From now on each of the node's handlers takes this long; null ends it. */
  setProcessing(node: number, distribution: Distribution | null): void {
    if (distribution === null) this.processing.delete(node);
    else this.processing.set(node, { sampler: compileDistribution(distribution), label: 'node.processing' });
    this.slows = this.processing.size > 0;
  }

  setSlowSync(node: number, distribution: Distribution | null): void {
    if (distribution === null) this.slowSyncs.delete(node);
    else this.slowSyncs.set(node, compileDistribution(distribution));
  }

  /** Leaves for good. */
  leave(node: number, cause: number): void {
    this.crash(node, cause, 'halt', 'stopped');
    this.nodes.status[node] = STATUS.left;
  }

  /** Restarts with other options, or another version. */
  upgrade(node: number, runtime: Runtime | null, options: object | null, cause: number): void {
    const wasUp = this.nodes.isUp(node);
    this.crash(node, cause, 'crash', 'upgrade');
    if (runtime !== null) this.nodes.runtimes[node] = runtime;
    const { protocol } = this.nodes.runtimes[node]!;
    // What the version knows and its predecessor did not takes its default.
    this.nodes.options[node] = { ...(protocol.options as object), ...this.nodes.options[node], ...options };
    if (wasUp) this.start(node, 'upgrade', cause);
  }

  /** To be called after every step: a slow node is then busy for a while. */
  stepped(node: number, event: number): void {
    const slow = this.processing.get(node);
    if (slow === undefined || !this.nodes.isUp(node)) return;
    this.nodes.paused[node]! |= HELD_UP.busy;
    const takes = slow.sampler.sample(this.draw(node)(slow.label, slow.sampler.dull));
    this.push(PENDING.wake, node, event, this.kernel.now + takes);
  }

  /** A busy node can go on. */
  wake(node: number, incarnation: number): void {
    if (this.nodes.incarnation[node] !== incarnation) return;
    this.nodes.paused[node]! &= ~HELD_UP.busy;
    this.drain(node);
  }

  /** Begins to sync what is not yet synced, unless a sync is under way. */
  needSync(node: number, cause: number): void {
    const state = this.nodes.disks[node];
    if (state === undefined || state.disk.syncing || !this.nodes.isUp(node)) return;
    if (!state.disk.dirty && state.tokens.length === 0) return;
    if (state.disk.full) {
      this.refuseSync(node, state, cause);
      return;
    }
    state.disk.beginSync();
    state.covering = state.written;
    state.coveredTokens = state.tokens;
    state.tokens = [];
    const sampler = this.slowSyncs.get(node) ?? this.syncLatency;
    const takes = sampler === null ? 0 : sampler.sample(this.draw(node)('disk.sync', sampler.dull));
    this.push(PENDING.sync, node, cause, this.kernel.now + takes);
  }

  /** The sync under way has ended: what waited for it goes out. */
  synced(node: number, incarnation: number, cause: number): void {
    const { nodes, kernel } = this;
    if (nodes.incarnation[node] !== incarnation || !nodes.isUp(node)) return;
    const state = nodes.disks[node]!;
    const lying = this.disk!.lyingSync ?? 0;
    const lies = lying > 0 && this.draw(node)('disk.lie', 0.999_999) < lying;
    state.disk.endSync(lies);
    state.synced = state.covering;
    kernel.statistics.syncs++;
    const event = kernel.record(KIND.sync, node, cause, NONE, NONE, NONE, undefined, NONE, NONE);
    const ready = state.held.filter((outbox) => outbox.write <= state.synced);
    state.held = state.held.filter((outbox) => outbox.write > state.synced);
    if (ready.length > 0) {
      kernel.inTurn(node, event, () => {
        for (const outbox of ready) {
          for (const { to, type, body, taped, bytes } of outbox.sends)
            kernel.messenger.transmit(node, to, type, body, taped, bytes, outbox.event);
        }
      });
    }
    const tokens = state.coveredTokens;
    state.coveredTokens = [];
    for (const token of tokens) kernel.diskAnswers(node, 'synced', token, undefined, event);
    if (nodes.disks[node] !== state) return;
    if (state.held.length > 0 || state.tokens.length > 0 || this.owes(node, state)) this.needSync(node, event);
  }

  /** A disk fault on a node: see `Disk.spoil`. */
  spoil(
    node: number,
    how: 'corrupt' | 'misdirected' | 'unreadable',
    noticed: boolean,
    cause: number,
    field?: string,
  ): boolean {
    const { kernel } = this;
    const state = this.nodes.disks[node];
    if (state === undefined) return false;
    const what = state.disk.spoil(how, noticed, this.draw(node), field);
    if (!this.nodes.isUp(node)) this.nodes.durables[node] = state.disk.content;
    const why = kernel.types.index(what ?? 'nothing there to damage');
    kernel.record(KIND.disk, node, cause, NONE, NONE, kernel.types.index(how), undefined, why, NONE);
    return what !== null;
  }

  setFull(node: number, full: boolean, cause: number): void {
    const state = this.nodes.disks[node];
    if (state === undefined) return;
    state.disk.full = full;
    const name = this.kernel.types.index(full ? 'full' : 'has room again');
    this.kernel.record(KIND.disk, node, cause, NONE, NONE, name, undefined, NONE, NONE);
  }

  /** After a crash, a start, a cut or a heal: connections break or are made again, and both ends hear of it. */
  connectionsChanged(cause: number): void {
    this.kernel.network.links.connections.update(
      (connection) => this.tellReset(connection, cause),
      (connection) => {
        // In this time both ends have heard of the reset: what is sent on the new connection cannot be taken for the old.
        this.kernel.call(this.kernel.now + this.notice, cause, () => this.open(connection, cause));
      },
    );
  }

  private open(connection: Connection, cause: number): void {
    if (!this.kernel.network.links.connections.open(connection)) return;
    const { a, b } = connection;
    this.kernel.inTurn(a, cause, (at) => this.connectionEvent(a, b, 'open', at));
    this.kernel.inTurn(b, cause, (at) => this.connectionEvent(b, a, 'open', at));
  }

  private isRunning(index: number): boolean {
    return index >= this.nodes.count || this.nodes.isUp(index);
  }

  /** Both ends hear of it a little later, unless they are down or in another life by then: that life never had it. */
  private tellReset(connection: Connection, cause: number): void {
    const { kernel, nodes } = this;
    const ends = [
      [connection.a, connection.b],
      [connection.b, connection.a],
    ] as const;
    const lives = ends.map(([node]) => (nodes.isUp(node) ? nodes.incarnation[node] : -1));
    const { epoch } = connection;
    kernel.call(kernel.now + this.notice, cause, () => {
      ends.forEach(([node, peer], i) => {
        if (nodes.incarnation[node] !== lives[i]) return;
        kernel.inTurn(node, cause, (at) => {
          kernel.network.links.connections.heard(connection, node, epoch);
          this.connectionEvent(node, peer, 'reset', at);
        });
      });
    });
  }

  private connectionEvent(node: number, peer: number, what: 'reset' | 'open', cause: number): void {
    const { kernel, nodes } = this;
    if (!nodes.isUp(node)) return;
    const name = kernel.types.index(what);
    const event = kernel.record(KIND.connection, node, cause, peer, NONE, name, undefined, NONE, NONE);
    const handler = nodes.runtimes[node]!.protocol.onConnection?.[what] as AnyHandler | undefined;
    if (handler === undefined) return;
    kernel.run(node, event, handler, nodes.ids[peer] as NodeId, undefined, kernel.types.index(`onConnection.${what}`));
  }

  /** A full disk: a protocol that drives it hears of it; any other stops, as it can keep no promise any more. */
  private refuseSync(node: number, state: DiskState, cause: number): void {
    const tokens = state.tokens;
    state.tokens = [];
    if (this.nodes.runtimes[node]!.drivesDisk) {
      for (const token of tokens) this.kernel.diskAnswers(node, 'failed', token, 'full', cause);
    } else {
      this.crash(node, cause, 'halt', 'the disk is full');
    }
  }

  /** Are there writes that nobody has asked to sync yet, though they must be? */
  private owes(node: number, state: DiskState): boolean {
    return !this.nodes.runtimes[node]!.drivesDisk && state.synced < state.written;
  }

  /** Handles what waited, until the node is paused or busy again. */
  private drain(node: number): void {
    // Looked up anew each time: a node that crashes on the way has no inbox any more.
    while (this.nodes.paused[node] === 0 && !this.kernel.stopping) {
      const entry = this.nodes.inboxes[node]?.shift();
      if (entry === undefined) return;
      this.kernel.dispatch(entry);
    }
  }

  private dropInbox(node: number): void {
    const inbox = this.nodes.inboxes[node];
    if (inbox === undefined) return;
    this.nodes.inboxes[node] = undefined;
    // The node is down by now, so each is dropped with that reason.
    for (const entry of inbox) this.kernel.dispatch(entry);
  }

  private push(kind: number, node: number, cause: number, at: Micros): void {
    const { kernel } = this;
    const entry = kernel.pending.add(kind, node, NONE, NONE, NONE, cause, this.nodes.incarnation[node]!, undefined);
    kernel.queue.push(at, entry);
  }

  private draw(node: number): (label: string, dull: number) => number {
    return (label, dull) => {
      const key = `${node} ${label}`;
      let stream = this.diskStreams.get(key);
      if (stream === undefined) {
        stream = this.kernel.choices.stream(label, this.nodes.ids[node]!, dull);
        this.diskStreams.set(key, stream);
      }
      return this.kernel.choices.draw(stream);
    };
  }
}

/** A state as the protocol makes it. */
function made(protocol: AnyProtocol, half: 'durable' | 'volatile'): object {
  try {
    return protocol[half]() as object;
  } catch (error) {
    throw asProtocolFault(error, `${protocol.name}'s ${half}()`);
  }
}

function emptyDisk(durable: Durable): DiskState {
  return { disk: new Disk(durable), written: 0, synced: 0, covering: 0, held: [], tokens: [], coveredTokens: [] };
}

function nothing(): void {
  // A protocol without onStart.
}
