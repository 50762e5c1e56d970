import { enableMapSet, Immer, type Draft } from 'immer';
import { Choices } from './choices.js';
import { Clocks } from './clock.js';
import type { SimulationConfig } from './config.js';
import { ContentCopier } from './content-copier.js';
import { Digest } from './digest.js';
import { flip } from './disk.js';
import { asProtocolFault, InternalError, ProtocolFault } from './errors.js';
import { PENDING, PendingEvents } from './events.js';
import type { Interner } from './interner.js';
import { HELD, Network, type NetworkOptions } from './network.js';
import { STATUS, type NodeTable } from './nodes.js';
import { ContentWalker, deepFreeze, locateProblem } from './plain.js';
import type { NodeId, Plain, Role } from './protocol.js';
import { EventQueue } from './queue.js';
import { REQUEST_PREFIX, type AnyHandler } from './runtime.js';
import { EFFECT, StepNode, type StepHost } from './step.js';
import type { Micros } from './time.js';
import { Timers } from './timers.js';
import { changesBetween } from './trace/changes.js';
import { KIND, NONE, TraceLog } from './trace/log.js';
import type { Violation } from './trace/record.js';

enableMapSet();

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

const SENDING = 0;
const DELIVERY = 1;

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
  now: Micros = 0;
  /** Events so far; the id of the last one. */
  events = 0;
  readonly choices: Choices;
  readonly network: Network;
  readonly clocks: Clocks;
  readonly timers: Timers;
  readonly queue = new EventQueue();
  readonly pending = new PendingEvents();
  readonly digest = new Digest();
  readonly trace: TraceLog | null;
  readonly marks = new Map<string, number>();
  readonly violations: Violation[] = [];
  readonly statistics: Statistics = { steps: 0, sent: 0, delivered: 0, dropped: 0, bytes: 0, syncs: 0 };
  /** Set when the run is to end after this event. */
  stopping = false;
  /** Told of every event, where a fault waits for one. */
  watcher: ((kind: number, node: number, peer: number, name: number, event: number) => void) | null = null;
  hooks: KernelHooks | null = null;
  readonly recorded: boolean;

  private readonly walker: ContentWalker | ContentCopier;
  private readonly step = new StepNode(this);
  private readonly immer = new Immer({ autoFreeze: false });
  private draft: Draft<{ durable: object; volatile: object }> | null = null;
  /** Durable states are immutable values wherever a disk may lose them. */
  private readonly draftDurable: boolean;
  private readonly statesLevel: boolean;
  private readonly compare: boolean;
  private messages = 0;
  private current = 0;
  private readonly roles: (Role | undefined)[] = [];
  private readonly clientIndices = new Map<string, number>();
  /** Nodes whose next step is their start: the trace then holds their whole state. */
  private readonly fresh = new Set<number>();
  private held: Held[] = [];
  private readonly progress: Int32Array | undefined;
  private readonly announced = new Set<number>();
  /** The last steps' nodes and handlers, to tell what a livelock consists of. */
  private readonly recent = new Int32Array(RECENT * 2);

  constructor(
    private readonly config: SimulationConfig,
    readonly nodes: NodeTable,
    readonly clientNames: readonly string[],
    readonly types: Interner,
    readonly timerNames: Interner,
    network: NetworkOptions,
  ) {
    this.choices = new Choices(config.seed, config.choices);
    // What a step changed can only be told where states are values.
    this.recorded = config.speed === 'recorded' || config.trace === 'states';
    this.draftDurable = config.disk !== undefined;
    this.statesLevel = config.trace === 'states';
    this.compare = config.compare === true;
    this.trace =
      (config.trace ?? 'off') === 'off' && !this.compare ? null : new TraceLog((i) => this.endpointName(i), types);
    this.walker = config.digest === 'header' ? new ContentCopier() : new ContentWalker(this.digest);
    const nameOf = (index: number): string => this.endpointName(index);
    this.network = new Network(network, this.choices, nameOf, (type) => types.text(type));
    this.clocks = new Clocks(nodes.count, config.clocks ?? {}, this.choices, nameOf);
    this.timers = new Timers(nodes.count, timerNames.size);
    this.progress = config.host?.progress;
    // Events are hashed with the numbers of their names; so the names are hashed, each once.
    for (let i = 0; i < types.size; i++) this.digest.text(types.text(i));
    types.onNew = (text) => this.digest.text(text);
    clientNames.forEach((name, i) => this.clientIndices.set(name, i));
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
    const copy =
      detail === undefined ? undefined : this.copy(detail, () => `${this.endpointName(node)}'s mark ${name}`);
    this.record(KIND.mark, node, this.current, NONE, NONE, this.types.index(name), copy, NONE, NONE);
  }

  setTimer(node: number, name: string, after: Micros, payload: Plain, key: string | undefined): void {
    const slot = this.timerSlot(node, name, key);
    const due = Math.min(this.now + this.clocks.trueDelay(node, after, this.now), Number.MAX_SAFE_INTEGER);
    if (this.timers.set(slot, due, payload, this.current)) this.pushTimer(slot, node, due);
  }

  cancelTimer(node: number, name: string, key: string | undefined): void {
    const slot = this.timerSlot(node, name, key);
    this.timers.cancel(slot);
    // A key may never come back: one that waits for nothing is forgotten.
    if (key !== undefined) this.timers.forget(slot);
  }

  private timerSlot(node: number, name: string, key: string | undefined): number {
    const index = this.timerNames.index(name);
    if (this.nodes.runtimes[node]!.onTimer[index] === undefined) {
      throw new ProtocolFault(
        'known-timers',
        `${this.endpointName(node)} sets the timer ${JSON.stringify(name)}, which has no handler`,
      );
    }
    return this.timers.slot(node, index, key);
  }

  /** Moves a node's running timers when its clock changes its pace: each keeps what is left of it on the node's clock. */
  rescaleTimers(node: number, oldPpm: number): void {
    const ratio = (1e6 + oldPpm) / (1e6 + this.clocks.driftOf(node));
    for (const { slot, due } of [...this.timers.running(node)]) {
      // It has popped and waits for its node, which is paused or busy.
      if (due <= this.now) continue;
      const moved = this.now + Math.ceil((due - this.now) * ratio);
      if (this.timers.move(slot, moved)) this.pushTimer(slot, node, moved);
    }
  }

  private pushTimer(slot: number, node: number, due: Micros): void {
    const entry = this.pending.add(PENDING.timer, node, NONE, slot, NONE, 0, 0, undefined);
    this.timers.pushed(slot, due, entry);
    this.queue.push(due, entry);
  }

  // Events.

  /** Adds an event to the digest and the trace, and tells the watcher. */
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
  ): number {
    const id = ++this.events;
    const digest = this.digest;
    digest.word(Math.imul(node, 32) + kind);
    digest.word(Math.imul(peer, 0x10000) ^ name);
    if (message !== NONE) digest.word(message);
    if (why !== NONE) digest.word(why);
    if (this.trace !== null) {
      this.trace.add(this.now, kind, node, cause, peer, message, name, body, why, place);
      if (this.compare) this.trace.addLanes(...digest.lanes);
    }
    if (this.watcher !== null) this.watcher(kind, node, peer, name, id);
    return id;
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

  // Messages.

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

  /** Sends a message whose content is already fixed. */
  transmit(from: number, to: number, type: number, body: Plain, bytes: number, cause: number): void {
    const message = ++this.messages;
    const sent = this.record(KIND.send, from, cause, to, message, type, body, NONE, NONE);
    this.statistics.sent++;
    this.statistics.bytes += bytes;
    const network = this.network;
    const lost = network.offer(from, to, type, bytes, this.now);
    if (lost !== null) {
      this.drop(from, to, message, type, sent, lost, SENDING);
      return;
    }
    let content = body;
    let epoch = network.epoch;
    if (network.damage >= 0) {
      content = network.damageNoticed ? body : this.damaged(from, to, body, network.damage);
      if (network.damageNoticed) epoch = CHECKSUM;
      else this.copy(content, () => 'a damaged message');
      this.record(KIND.corrupt, from, sent, to, message, type, content, NONE, NONE);
    }
    if (network.arrival === HELD) {
      this.held.push({ from, to, type, message, cause: sent, epoch, body: content });
      return;
    }
    const pending = this.pending;
    this.queue.push(network.arrival, pending.add(PENDING.deliver, to, from, type, message, sent, epoch, content));
    if (network.secondArrival >= 0) {
      const second = network.secondArrival;
      this.record(KIND.duplicate, from, sent, to, message, type, undefined, NONE, NONE);
      this.queue.push(second, pending.add(PENDING.deliver, to, from, type, message, sent, epoch, content));
    }
  }

  /** A content as it arrives: something in it has changed. What the engine itself adds to a message does not. */
  private damaged(from: number, to: number, body: Plain, choice: number): Plain {
    const fields = body as Readonly<Record<string, Plain>>;
    const { count } = this.nodes;
    if (from >= count) return { ...fields, args: flip(fields['args'], choice) };
    if (to >= count) return 'result' in fields ? { ...fields, result: flip(fields['result'], choice) } : body;
    const { type, ...content } = fields;
    return { type, ...(flip(content, choice) as Readonly<Record<string, Plain>>) };
  }

  /** Lets go of the messages that no rule holds any more. */
  releaseHeld(): void {
    const held = this.held;
    this.held = [];
    this.network.beginReleases();
    for (const item of held) {
      const { to, from, type, message, cause, epoch, body } = item;
      const arrival = this.network.release(from, to, type, this.now);
      if (arrival === HELD) this.held.push(item);
      else this.queue.push(arrival, this.pending.add(PENDING.deliver, to, from, type, message, cause, epoch, body));
    }
  }

  private drop(
    from: number,
    to: number,
    message: number,
    type: number,
    cause: number,
    why: string,
    place: number,
  ): void {
    this.statistics.dropped++;
    const at = place === SENDING ? from : to;
    const other = place === SENDING ? to : from;
    this.record(KIND.drop, at, cause, other, message, type, undefined, this.types.index(why), place);
  }

  // Steps.

  /** Handles one pending event that is due now. `deferred` events have waited in an inbox. */
  dispatch(entry: number): void {
    const pending = this.pending;
    const node = pending.node[entry]!;
    const kind = pending.kind[entry]!;
    if (kind === PENDING.deliver) {
      const peer = pending.peer[entry]!;
      const lost = this.verdictAtDelivery(node, peer, pending.epoch[entry]!);
      if (lost !== null) {
        this.drop(peer, node, pending.message[entry]!, pending.type[entry]!, pending.cause[entry]!, lost, DELIVERY);
        pending.release(entry);
      } else if (node >= this.nodes.count || !this.defer(node, entry)) {
        this.deliver(entry, node, peer);
      }
    } else if (kind === PENDING.timer) {
      this.timerPopped(entry, node);
    } else if (kind === PENDING.call) {
      const action = pending.body[entry] as (event: number) => void;
      const cause = pending.cause[entry]!;
      pending.release(entry);
      action(cause);
    } else {
      throw new InternalError(`kind ${kind} in dispatch`);
    }
  }

  private verdictAtDelivery(node: number, peer: number, epoch: number): string | null {
    if (node < this.nodes.count && this.nodes.status[node] !== STATUS.up) return 'receiver is down';
    if (epoch === CHECKSUM) return 'checksum';
    return this.network.verdictAtDelivery(peer, node, epoch);
  }

  /** A paused or busy node's events wait in its inbox. */
  private defer(node: number, entry: number): boolean {
    if (this.nodes.paused[node] === 0) return false;
    (this.nodes.inboxes[node] ??= []).push(entry);
    return true;
  }

  private deliver(entry: number, node: number, peer: number): void {
    const pending = this.pending;
    const type = pending.type[entry]!;
    const body = pending.body[entry] as Plain;
    const message = pending.message[entry]!;
    const cause = pending.cause[entry]!;
    pending.release(entry);
    if (node >= this.nodes.count) {
      const event = this.record(KIND.deliver, node, cause, peer, message, type, undefined, NONE, NONE);
      this.statistics.delivered++;
      this.hooks!.toClient(node - this.nodes.count, this.types.text(type), body, peer, event);
      return;
    }
    const handler = this.nodes.runtimes[node]!.onMessage[type];
    if (handler === undefined) {
      this.drop(peer, node, message, type, cause, 'unknown type', DELIVERY);
      return;
    }
    const event = this.record(KIND.deliver, node, cause, peer, message, type, undefined, NONE, NONE);
    this.statistics.delivered++;
    this.run(node, event, handler, body, peer < this.nodes.count ? this.nodes.ids[peer] : undefined, type);
  }

  private timerPopped(entry: number, node: number): void {
    const slot = this.pending.type[entry]!;
    // A frozen machine's timers do not fire; they will as soon as it goes on.
    if (this.defer(node, entry)) return;
    this.pending.release(entry);
    const outcome = this.timers.popped(slot, entry, this.now);
    if (outcome === 'ignore') return;
    if (outcome !== 'fire') {
      this.pushTimer(slot, node, outcome);
      return;
    }
    const name = this.timers.name[slot]!;
    const key = this.timers.key(slot);
    const cause = this.timers.cause[slot]!;
    const payload = this.timers.takePayload(slot);
    this.timers.forget(slot);
    const nameIndex = this.types.index(this.timerNames.text(name));
    const event = this.record(KIND.timer, node, cause, NONE, NONE, nameIndex, key, NONE, NONE);
    // A timer may have the name of a message: below zero, it is a timer's.
    this.run(node, event, this.nodes.runtimes[node]!.onTimer[name]!, payload, key, ~nameIndex);
  }

  /** One step: a handler runs to its end at one instant; then what it wanted is done. */
  run(node: number, event: number, handler: AnyHandler, first: unknown, second: unknown, name: number): void {
    const at = (this.statistics.steps++ % RECENT) * 2;
    this.recent[at] = node;
    this.recent[at + 1] = name;
    this.current = event;
    const progress = this.progress;
    if (progress !== undefined) this.tellProgress(progress, node, name);
    this.begin(node);
    try {
      const returned = handler(this.step, first, second);
      if (returned !== undefined) this.refuseReturned(returned, node, name);
      this.end(node, event);
    } catch (error) {
      this.abandon(node, event);
      this.handlerThrew(error, node, event, name);
    }
    this.current = 0;
    if (progress !== undefined) progress[1] = 0;
    // Outside the net: what the hooks throw is none of the protocol's.
    this.hooks!.afterStep(node, event);
  }

  /** For whoever watches from another thread whether a handler ever ends. */
  private tellProgress(progress: Int32Array, node: number, name: number): void {
    const key = 1 + node * 4_096 + (name % 4_096);
    if (!this.announced.has(key)) {
      this.announced.add(key);
      this.config.host?.announce?.(key, this.handlerName(node, name));
    }
    progress[0] = this.statistics.steps;
    progress[1] = key;
  }

  private begin(node: number): void {
    const step = this.step;
    const nodes = this.nodes;
    step.index = node;
    step.id = nodes.ids[node]!;
    step.options = nodes.options[node]!;
    step.effects = 0;
    step.timersWaiting = 0;
    if (this.recorded) {
      const draft = this.immer.createDraft({ durable: nodes.durables[node]!, volatile: nodes.volatiles[node]! });
      this.draft = draft;
      step.durable = draft.durable;
      step.volatile = draft.volatile;
    } else {
      step.durable = this.draftDurable
        ? (this.immer.createDraft(nodes.durables[node]!) as object)
        : nodes.durables[node]!;
      step.volatile = nodes.volatiles[node]!;
    }
  }

  private end(node: number, event: number): void {
    const step = this.step;
    const effects = step.effects;
    this.fixContents(node, effects);
    const durableBefore = this.nodes.durables[node]!;
    const volatileBefore = this.nodes.volatiles[node]!;
    this.finish(node);
    step.index = -1;
    if (this.statesLevel) this.traceStates(node, event, durableBefore, volatileBefore);
    const changed = this.draftDurable && this.nodes.durables[node] !== durableBefore;
    if (effects > 0 || changed) this.perform(node, event, effects, changed);
  }

  /** Copies everything that leaves the node, so that it shares no memory with a state. */
  private fixContents(node: number, effects: number): void {
    const { body, kind } = this.step;
    for (let i = 0; i < effects; i++) {
      const content = body[i];
      this.step.bytes[i] = 0;
      if (content === undefined) continue;
      this.walker.bytes = 0;
      try {
        const copy = this.walker.copy(content);
        body[i] = this.recorded ? deepFreeze(copy) : copy;
      } catch (problem) {
        throw locateProblem(problem, content, `${this.endpointName(node)}'s ${EFFECT_WORDS[kind[i]!]!}`);
      }
      this.step.bytes[i] = this.walker.bytes;
    }
  }

  private finish(node: number): void {
    const { draft } = this;
    this.draft = null;
    if (draft !== null) {
      const state = this.immer.finishDraft(draft) as { durable: object; volatile: object };
      this.nodes.durables[node] = state.durable;
      this.nodes.volatiles[node] = state.volatile;
    } else if (this.draftDurable && !this.recorded) {
      this.nodes.durables[node] = this.immer.finishDraft(this.step.durable as Draft<object>);
    }
  }

  private traceStates(node: number, event: number, durable: object, volatile: object): void {
    const { durables, volatiles } = this.nodes;
    // What a node starts with (the protocol's initial state, or what its disk gave back) follows from no earlier change.
    const changes = this.fresh.delete(node)
      ? [
          { path: ['durable'], to: durables[node] as Plain },
          { path: ['volatile'], to: volatiles[node] as Plain },
        ]
      : [
          ...changesBetween(durable as Plain, durables[node] as Plain, ['durable']),
          ...changesBetween(volatile as Plain, volatiles[node] as Plain, ['volatile']),
        ];
    const role = this.nodes.role(node);
    const before = this.roles[node];
    const roleChanged = role !== undefined && (before?.name !== role.name || before.term !== role.term);
    if (roleChanged) this.roles[node] = role;
    if (changes.length > 0 || roleChanged) this.trace!.detail(event, changes, roleChanged ? role : undefined);
  }

  /** The node has no state any more (it crashed), or a new one (it starts): the next change is told from there. */
  forgetRole(node: number): void {
    this.roles[node] = undefined;
    if (this.statesLevel) this.fresh.add(node);
  }

  private perform(node: number, event: number, effects: number, durableChanged: boolean): void {
    const disk = this.nodes.disks[node];
    if (disk !== undefined && durableChanged) {
      disk.disk.write(this.nodes.durables[node] as never);
      disk.written++;
    }
    const drives = this.nodes.runtimes[node]!.drivesDisk;
    const waits =
      disk !== undefined && !drives && this.config.disk!.syncBeforeSend !== false && disk.synced < disk.written;
    if (waits) disk.held.push({ write: disk.written, event, sends: [] });
    let halted: string | null = null;
    for (let i = 0; i < effects && halted === null; i++) halted = this.effect(node, event, i, waits);
    if (disk !== undefined && !drives && disk.synced < disk.written) this.hooks!.needSync(node);
    if (halted !== null) this.hooks!.halted(node, halted, event);
  }

  /** @returns the reason when the node halts. */
  private effect(node: number, event: number, i: number, waits: boolean): string | null {
    const step = this.step;
    const body = step.body[i] as Plain;
    step.body[i] = undefined;
    switch (step.kind[i]) {
      case EFFECT.send:
        this.sendOrHold(node, step.to[i]!, this.typeOf(body, node), body, step.bytes[i]!, event, waits);
        return null;
      case EFFECT.broadcast: {
        const type = this.typeOf(body, node);
        const bytes = step.bytes[i]!;
        for (const peer of this.nodes.peersOf(node)) {
          this.sendOrHold(node, this.nodes.index(peer), type, body, bytes, event, waits);
        }
        return null;
      }
      case EFFECT.timer:
        this.setTimer(node, step.more[i]!, step.number[i]!, body, step.text[i]);
        return null;
      case EFFECT.cancel:
        this.cancelTimer(node, step.more[i]!, step.text[i]);
        return null;
      case EFFECT.sync:
        this.requestSync(node, body, event);
        return null;
      case EFFECT.halt:
        return body as string;
      default:
        this.answer(node, event, i, body, waits);
        return null;
    }
  }

  private requestSync(node: number, token: Plain, event: number): void {
    const disk = this.nodes.disks[node];
    if (disk !== undefined) {
      disk.tokens.push(token);
      this.hooks!.needSync(node);
      return;
    }
    // Without a configured disk everything is synced at once, and the answer comes in the next step.
    const incarnation = this.nodes.incarnation[node];
    this.call(this.now, event, (cause) => {
      if (this.nodes.incarnation[node] === incarnation) this.diskAnswers(node, 'synced', token, undefined, cause);
    });
  }

  private answer(node: number, event: number, i: number, body: Plain, waits: boolean): void {
    const step = this.step;
    const ref = step.text[i]!;
    const client = this.clientOf(ref);
    if (client < 0) {
      throw new ProtocolFault(
        'known-requests',
        `${this.endpointName(node)} answers the request ${JSON.stringify(ref)}, which no client made`,
      );
    }
    const kind = step.kind[i]!;
    const type = kind === EFFECT.reply ? 'reply:ok' : kind === EFFECT.fail ? 'reply:fail' : 'reply:redirect';
    const content =
      kind === EFFECT.reply ? { ref, result: body } : kind === EFFECT.fail ? { ref, reason: body } : { ref, to: body };
    this.digest.text(ref);
    const bytes = step.bytes[i]! + ref.length;
    this.sendOrHold(node, this.nodes.count + client, this.types.index(type), content, bytes, event, waits);
  }

  /** The client that made a request (`c3#17.1` is c3's), or -1. */
  private clientOf(ref: string): number {
    const end = ref.indexOf('#');
    return end < 0 ? -1 : (this.clientIndices.get(ref.slice(0, end)) ?? -1);
  }

  private sendOrHold(
    from: number,
    to: number,
    type: number,
    body: Plain,
    bytes: number,
    event: number,
    waits: boolean,
  ): void {
    if (waits) this.nodes.disks[from]!.held.at(-1)!.sends.push({ to, type, body, bytes });
    else this.transmit(from, to, type, body, bytes, event);
  }

  private typeOf(body: Plain, node: number): number {
    const type = (body as { readonly type?: unknown } | null)?.type;
    if (typeof type !== 'string') {
      throw new ProtocolFault(
        'typed-messages',
        `${this.endpointName(node)} sends a message without a type: ${JSON.stringify(body)}`,
      );
    }
    return this.types.index(type);
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

  private refuseReturned(returned: unknown, node: number, name: number): never {
    const isPromise = typeof (returned as { then?: unknown } | null)?.then === 'function';
    // Whatever becomes of it later is none of this run's any more.
    if (isPromise) (returned as PromiseLike<unknown>).then(nothing, nothing);
    const what = isPromise ? 'a promise' : 'a value';
    throw new ProtocolFault(
      'no-waiting',
      `${this.handlerName(node, name)} returned ${what}: handlers run to their end and return nothing`,
    );
  }

  private handlerThrew(error: unknown, node: number, event: number, name: number): void {
    const handler = this.handlerName(node, name);
    const fault = asProtocolFault(error, handler);
    if (!(fault instanceof ProtocolFault)) throw fault;
    const where = fault === error ? ` (in ${handler})` : '';
    this.violate(fault.property, `${fault.message}${where}`, node, event);
  }

  /** A handler's name for people: `n2's onMessage.Vote`. */
  handlerName(node: number, name: number): string {
    const { protocol } = this.nodes.runtimes[node]!;
    const text = this.types.text(name < 0 ? ~name : name);
    let title = text;
    if (name < 0) title = `onTimer.${text}`;
    else if (Object.hasOwn(protocol.onMessage, text)) title = `onMessage.${text}`;
    else if (text.startsWith(REQUEST_PREFIX)) title = `onRequest.${text.slice(REQUEST_PREFIX.length)}`;
    return `${protocol.name}'s ${title} at ${this.endpointName(node)}`;
  }

  /** Names of the handlers that ran last, oldest first. */
  recentHandlers(): string[] {
    const steps = this.statistics.steps;
    const names: string[] = [];
    for (let i = Math.max(0, steps - RECENT); i < steps; i++) {
      const at = (i % RECENT) * 2;
      names.push(this.handlerName(this.recent[at]!, this.recent[at + 1]!));
    }
    return names;
  }

  /** A handler threw: what it asked for is forgotten; what it had changed stays, as it must at the direct speed. */
  private abandon(node: number, event: number): void {
    if (this.step.index < 0) return;
    this.step.index = -1;
    const durableBefore = this.nodes.durables[node]!;
    const volatileBefore = this.nodes.volatiles[node]!;
    try {
      this.finish(node);
      if (this.statesLevel) this.traceStates(node, event, durableBefore, volatileBefore);
    } catch {
      // Whoever broke the state so that it cannot be finished has already been told of one fault.
    }
  }
}

/** A message that stays on its link. */
interface Held {
  readonly from: number;
  readonly to: number;
  readonly type: number;
  readonly message: number;
  readonly cause: number;
  readonly epoch: number;
  readonly body: Plain;
}

function nothing(): void {
  // For what nobody waits for.
}

/** In place of a connection's epoch: the receiver's checksum will notice the damage. */
const CHECKSUM = -1;

/** How many steps back a livelock's cycle is looked for. */
const RECENT = 64;

const EFFECT_WORDS = [
  'message',
  'message',
  'timer payload',
  'reply',
  'reason',
  'redirection',
  'sync token',
  'reason',
  '',
] as const;
