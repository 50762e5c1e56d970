import { Choices } from './choices.js';
import { Clocks } from './clock.js';
import type { SimulationConfig } from './config.js';
import { ContentCopier } from './content-copier.js';
import { Digest } from './digest.js';
import { InternalError } from './errors.js';
import { PENDING, PendingEvents } from './events.js';
import type { Interner } from './interner.js';
import { Messenger } from './messenger.js';
import type { NetworkOptions } from './links.js';
import { Network } from './network.js';
import type { NodeTable } from './nodes.js';
import { ContentWalker, deepFreeze, locateProblem } from './plain.js';
import type { NodeId, Plain } from './protocol.js';
import { EventQueue } from './queue.js';
import type { AnyHandler } from './runtime.js';
import { StepRunner } from './step-runner.js';
import type { StepHost } from './step.js';
import type { Micros } from './time.js';
import { NodeTimers } from './node-timers.js';
import { KIND, KINDS, NONE, taped as tapedAt, TraceLog, why as whyOf } from './trace/log.js';
import type { Violation } from './trace/record.js';

/** What the parts around the kernel do when something happens in it. */
export interface KernelHooks {
  /** A step has ended: its effects are under way. */
  afterStep(node: number, event: number): void;
  /** A message has reached a client. */
  toClient(client: number, type: string, body: Plain, from: number, event: number): void;
  /** A step changed durable state, or asked for a sync; the lifecycle drives the disk. */
  needSync(node: number): void;
  halted(node: number, reason: string, event: number): void;
}

/** Is told of every event, where a fault waits for one. */
type Watcher = (kind: number, node: number, peer: number, name: number, event: number) => void;

/** What an observer is told of: what concerns more than one message or timer. */
const OBSERVED: ReadonlySet<number> = new Set(
  (['start', 'crash', 'halt', 'pause', 'resume', 'invoke', 'ok', 'fail', 'info', 'mark', 'fault'] as const).map(
    (kind) => KIND[kind],
  ),
);

/** Totals that a summary shows. */
export interface Statistics {
  steps: number;
  sent: number;
  delivered: number;
  dropped: number;
  bytes: number;
  syncs: number;
}

/**
 * The deterministic heart: pending events, the present instant, steps of nodes, messages between them. Who crashes, what
 * clients ask and what is forbidden is decided around it.
 */
export class Kernel implements StepHost {
  private readonly instant = new Float64Array(1);
  /** Events so far; the id of the last one. */
  events = 0;
  readonly choices: Choices;
  readonly network: Network;
  readonly clocks: Clocks;
  readonly timers: NodeTimers;
  readonly queue = new EventQueue();
  readonly pending: PendingEvents;
  readonly digest = new Digest();
  readonly trace: TraceLog | null;
  readonly marks = new Map<string, number>();
  readonly notUnderstood = new Map<string, number>();
  readonly violations: Violation[] = [];
  readonly statistics: Statistics = { steps: 0, sent: 0, delivered: 0, dropped: 0, bytes: 0, syncs: 0 };
  /** Set when the run is to end after this event. */
  stopping = false;
  /** An observer asked for that. */
  stopped = false;
  hooks: KernelHooks | null = null;
  readonly recorded: boolean;

  readonly walker: ContentWalker | ContentCopier;
  readonly messenger: Messenger;
  /** The event whose step is under way. */
  current = 0;

  readonly steps: StepRunner;
  private readonly compare: boolean;
  private watcher: Watcher | null = null;
  /** Is somebody told of events: a watcher, an observer, a comparison? */
  private heard: boolean;

  constructor(
    readonly config: SimulationConfig,
    readonly nodes: NodeTable,
    readonly clientNames: readonly string[],
    readonly types: Interner,
    readonly timerNames: Interner,
    network: NetworkOptions,
  ) {
    this.choices = new Choices(config.seed, config.choices);
    // What a step changed can only be told where states are values.
    this.recorded = config.speed === 'recorded' || config.trace === 'states';
    this.compare = config.compare === true;
    this.trace =
      (config.trace ?? 'off') === 'off' && !this.compare ? null : new TraceLog((i) => this.endpointName(i), types);
    this.walker =
      config.digest === 'header'
        ? new ContentCopier()
        : new ContentWalker(
            this.digest,
            this.recorded || config.disk !== undefined,
            this.trace?.tape ?? null,
            this.recorded,
          );
    this.heard = this.compare || config.observer !== undefined;
    const nameOf = (index: number): string => this.endpointName(index);
    this.network = new Network(network, this.choices, nameOf, (type) => types.text(type));
    this.clocks = new Clocks(nodes.count, config.clocks ?? {}, this.choices, nameOf);
    this.timers = new NodeTimers(this);
    // Events are hashed with the numbers of their names; so the names are hashed, each once.
    for (let i = 0; i < types.size; i++) this.digest.text(types.text(i));
    types.onNew = (text) => this.digest.text(text);
    this.pending = new PendingEvents(this.trace !== null);
    this.messenger = new Messenger(this);
    this.steps = new StepRunner(this);
  }

  /** The present instant. */
  get now(): Micros {
    return this.instant[0]!;
  }

  // What the facade asks for while a handler runs.

  endpointName(index: number): string {
    return index < this.nodes.count ? this.nodes.ids[index]! : this.clientNames[index - this.nodes.count]!;
  }

  nodeIndex(id: string): number {
    return this.nodes.index(id);
  }

  monotonic(node: number): Micros {
    return this.clocks.monotonic(node, this.now);
  }

  wall(node: number): Micros {
    return this.clocks.wall(node, this.now);
  }

  membersOf(node: number): readonly NodeId[] {
    return this.nodes.members[node]!;
  }

  peersOf(node: number): readonly NodeId[] {
    return this.nodes.peersOf(node);
  }

  isBug(node: number, name: string): boolean {
    return this.config.bug === name && Object.hasOwn(this.nodes.runtimes[node]!.protocol.bugs, name);
  }

  mark(node: number, name: string, detail: Plain): void {
    this.marks.set(name, (this.marks.get(name) ?? 0) + 1);
    const taped = detail === undefined ? NONE : (this.walker.tape?.length ?? NONE);
    const copy =
      detail === undefined ? undefined : this.copy(detail, () => `${this.endpointName(node)}'s mark ${name}`);
    this.record(KIND.mark, node, this.current, NONE, NONE, this.types.index(name), copy, NONE, NONE, taped);
  }

  setTimer(node: number, name: string, after: Micros, payload: Plain, key: string | undefined): void {
    this.timers.set(node, name, after, payload, key);
  }

  cancelTimer(node: number, name: string, key: string | undefined): void {
    this.timers.cancel(node, name, key);
  }

  // Events.

  /** The next instant at which something happens. */
  advance(to: Micros): void {
    this.instant[0] = to;
    this.digest.integer(to);
    if (this.trace !== null) this.trace.setTime(to);
  }

  /** Nothing more happens until then. */
  rest(until: Micros): void {
    this.instant[0] = until;
    if (this.trace !== null) this.trace.setTime(until);
  }

  /** Has somebody told of every event. */
  watch(watcher: Watcher): void {
    this.watcher = watcher;
    this.heard = true;
  }

  /** Adds an event to the digest and the trace, and tells the watcher. @param taped where its body is on the trace's tape */
  record(
    kind: number,
    node: number,
    cause: number,
    peer: number,
    message: number,
    name: number,
    body: Plain,
    why: number,
    place: number,
    taped = NONE,
  ): number {
    const id = ++this.events;
    // Each part has its own multiplier, so that no two that differ a little can stand for one another.
    this.digest.pair(
      ((node << 5) | kind) ^ Math.imul(name + 1, 0x9e3779b1),
      peer ^ Math.imul(message + 1, 0x85ebca6b) ^ Math.imul(why + 1, 0xc2b2ae35),
    );
    if (this.trace !== null) {
      this.trace.add(kind, node, cause, peer, message, name, why === NONE ? tapedAt(taped) : whyOf(why), place);
      if (body !== undefined && taped === NONE) this.trace.addBody(body);
    }
    if (this.heard) this.tell(id, kind, node, peer, name, body);
    return id;
  }

  /** As `record`, in short: a message is sent, with a body that is on the tape, or arrives at its receiver's handler. */
  recordMessage(
    kind: number,
    node: number,
    cause: number,
    peer: number,
    message: number,
    name: number,
    taped: number,
  ): number {
    const id = ++this.events;
    this.digest.pair(((node << 5) | kind) ^ Math.imul(name + 1, 0x9e3779b1), peer ^ Math.imul(message + 1, 0x85ebca6b));
    if (this.trace !== null) this.trace.add(kind, node, cause, peer, message, name, tapedAt(taped), NONE);
    if (this.heard) this.tell(id, kind, node, peer, name, undefined);
    return id;
  }

  private tell(id: number, kind: number, node: number, peer: number, name: number, body: Plain): void {
    if (this.compare) this.trace!.addLanes(...this.digest.lanes);
    if (this.watcher !== null) this.watcher(kind, node, peer, name, id);
    if (this.config.observer !== undefined && OBSERVED.has(kind)) this.observe(id, kind, node, name, body);
  }

  private observe(id: number, kind: number, node: number, name: number, body: Plain): void {
    const stop = this.config.observer!({
      id,
      time: this.now,
      kind: KINDS[kind]!,
      node: node === NONE ? null : this.endpointName(node),
      ...(name === NONE ? {} : { name: this.types.text(name) }),
      ...(body === undefined ? {} : { body }),
    });
    if (stop === 'stop') this.stopping = this.stopped = true;
  }

  /** Something of the engine's own, at a later time. */
  call(at: Micros, cause: number, action: (event: number) => void): void {
    this.queue.push(at, this.pending.add(PENDING.call, NONE, NONE, NONE, NONE, cause, 0, action));
  }

  violate(property: string, message: string, node: number, event: number): void {
    const id = this.record(
      KIND.violation,
      node,
      event,
      NONE,
      NONE,
      this.types.index(property),
      undefined,
      this.types.index(message),
      NONE,
    );
    this.violations.push({
      property,
      message,
      time: this.now,
      ...(node === NONE ? {} : { node: this.endpointName(node) }),
      event: id,
    });
    if (this.config.continueAfterViolation !== true) this.stopping = true;
  }

  // Contents.

  /** Copies and hashes a content. `what` names it when it is no plain data. */
  copy(value: unknown, what: () => string): Plain {
    try {
      const copy = this.walker.copy(value);
      return this.recorded ? deepFreeze(copy) : copy;
    } catch (problem) {
      throw locateProblem(problem, value, what());
    }
  }

  hashState(value: unknown, what: () => string): void {
    try {
      this.walker.hash(value);
    } catch (problem) {
      throw locateProblem(problem, value, what());
    }
  }

  // Messages.

  releaseHeld(): void {
    this.messenger.releaseHeld();
  }

  // Steps.

  /** Handles one pending event that is due now. `deferred` events have waited in an inbox. */
  dispatch(entry: number): void {
    const pending = this.pending;
    const kind = pending.kindOf(entry);
    if (kind === PENDING.deliver) {
      this.messenger.arrive(entry);
    } else if (kind === PENDING.timer) {
      this.timers.popped(entry, pending.nodeOf(entry));
    } else if (kind === PENDING.call) {
      const action = pending.body[entry] as (event: number) => void;
      const cause = pending.causeOf(entry);
      pending.release(entry);
      action(cause);
    } else {
      throw new InternalError(`kind ${kind} in dispatch`);
    }
  }

  /** A paused or busy node's events wait in its inbox. */
  defer(node: number, entry: number): boolean {
    if (this.nodes.paused[node] === 0) return false;
    (this.nodes.inboxes[node] ??= []).push(entry);
    return true;
  }

  /** One step of a node: `StepRunner` does it. */
  run(node: number, event: number, handler: AnyHandler, first: unknown, second: unknown, name: number): void {
    this.steps.run(node, event, handler, first, second, name);
  }

  /** The node has no state any more, or a new one: what it shows of itself begins anew. */
  forgetRole(node: number): void {
    this.steps.forgetRole(node);
  }

  /** Names of the handlers that ran last, oldest first. */
  recentHandlers(): string[] {
    return this.steps.handlers.last();
  }

  /** Runs `action` now; on a node that is paused or busy, when its turn comes, unless the node crashes before that. */
  inTurn(node: number, cause: number, action: (cause: number) => void): void {
    if (this.nodes.paused[node] === 0) {
      action(cause);
      return;
    }
    const incarnation = this.nodes.incarnation[node];
    const late = (at: number): void => {
      if (this.nodes.incarnation[node] === incarnation) this.inTurn(node, at, action);
    };
    this.defer(node, this.pending.add(PENDING.call, node, NONE, NONE, NONE, cause, 0, late));
  }

  /** Tells a protocol that drives its disk how a sync went. */
  diskAnswers(node: number, how: 'synced' | 'failed', token: Plain, error: string | undefined, cause: number): void {
    this.inTurn(node, cause, (at) => this.diskAnswered(node, how, token, error, at));
  }

  private diskAnswered(node: number, how: string, token: Plain, error: string | undefined, cause: number): void {
    if (!this.nodes.isUp(node)) return;
    const handlers = this.nodes.runtimes[node]!.protocol.onDisk;
    if (handlers === undefined) return;
    const name = this.types.index(`onDisk.${how}`);
    const event = this.record(KIND.sync, node, cause, NONE, NONE, name, undefined, NONE, NONE);
    this.run(node, event, handlers[how as 'synced'] as AnyHandler, token, error, name);
  }
}
