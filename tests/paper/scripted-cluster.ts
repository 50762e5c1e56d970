import {
  nodeId,
  type AnyProtocol,
  type BugOf,
  type Damage,
  type DurableOf,
  type Message,
  type MessageOfType,
  type MessageType,
  type Micros,
  type Node,
  type NodeId,
  type NodeView,
  type OptionsOf,
  type Plain,
  type Protocol,
  type Request,
  type RequestName,
  type RequestRef,
  type Role,
  type Session,
  type StartReason,
  type TimerName,
  type VolatileOf,
} from '../../engine/index.js';

export interface Sent<P> {
  readonly to: NodeId;
  readonly message: Message<P>;
}

export interface SetTimer {
  readonly name: string;
  readonly key: string | undefined;
  readonly after: Micros;
  readonly payload: Plain;
}

export interface Answer {
  readonly ref: string;
  readonly kind: 'reply' | 'fail' | 'redirect';
  readonly value: Plain;
}

export interface Mark {
  readonly name: string;
  readonly detail: Plain;
}

export interface Script<P> {
  /** Default `n1`. */
  readonly id?: string;
  /** Default `n1`, `n2`, `n3`. */
  readonly members?: readonly string[];
  /** Laid over the protocol's defaults. */
  readonly options?: Partial<OptionsOf<P>>;
  readonly bugs?: readonly BugOf<P>[];
  /** What is on the disk before the first start, laid over the protocol's own. */
  readonly durable?: Partial<DurableOf<P>>;
  /**
   * Draws in [0, 1) by label, used up in turn; the last one repeats. A label without any draws 0.5. As in the engine, a
   * `chance` of p is taken by draws of 1 − p and more.
   */
  readonly draws?: Readonly<Record<string, readonly number[]>>;
}

/**
 * A node without a simulation: a test plays the messages, timers and requests one by one to the protocol's handlers and
 * reads what came of it. Nothing happens by itself, and nothing by chance.
 *
 * As in the engine, what a handler sends is fixed (copied, frozen) when the handler has ended, and what it is given is
 * frozen.
 *
 * @example
 * const node = new ScriptedNode(raft, { id: 'n2' });
 * node.start();
 * node.deliver('n1', { type: 'RequestVote', term: 1, … });
 * expect(node.takeSent()).toEqual([{ to: 'n1', message: { type: 'Vote', … } }]);
 */
export class ScriptedNode<P extends object> {
  readonly id: NodeId;
  readonly members: readonly NodeId[];
  readonly options: OptionsOf<P>;
  durable: DurableOf<P>;
  volatile: VolatileOf<P>;
  /** Since the last `takeSent`, in order. */
  sent: Sent<P>[] = [];
  /** Running timers, by name, or `name/key`. */
  readonly timers = new Map<string, SetTimer>();
  readonly answers: Answer[] = [];
  readonly marks: Mark[] = [];
  /** Tokens that the protocol asked its disk to sync; answer them with `protocol.onDisk`. */
  readonly syncs: Plain[] = [];
  up = false;
  haltedBecause: string | null = null;
  /** What `monotonic()` and `wall()` say. */
  now: Micros = 0;
  /** What `rarely()` says. */
  rarely = false;
  private readonly bugs: ReadonlySet<string>;
  private readonly draws: Map<string, number[]>;
  private requests = 0;

  constructor(
    readonly protocol: Protocol<P>,
    script: Script<P> = {},
  ) {
    this.id = nodeId(script.id ?? 'n1');
    this.members = (script.members ?? ['n1', 'n2', 'n3']).map(nodeId);
    if (!this.members.includes(this.id)) throw new Error(`${this.id} is none of ${this.members.join(', ')}`);
    this.options = frozenCopy(Object.assign({}, protocol.options, script.options) as OptionsOf<P>);
    this.durable = Object.assign(protocol.durable() as object, script.durable) as DurableOf<P>;
    this.volatile = protocol.volatile();
    this.bugs = new Set(script.bugs);
    for (const bug of this.bugs) if (!(bug in protocol.bugs)) throw new Error(`${protocol.name} has no bug "${bug}"`);
    this.draws = new Map(Object.entries(script.draws ?? {}).map(([label, values]) => [label, [...values]]));
  }

  start(reason: StartReason = 'first', damage: readonly Damage[] = []): this {
    if (this.up) throw new Error(`${this.id} is up already`);
    this.up = true;
    this.haltedBecause = null;
    this.volatile = this.protocol.volatile();
    return this.step((node) => this.protocol.onStart?.(node, { reason, damage }));
  }

  /** Timers and volatile state are gone. What was sent before the crash stays in `sent`. */
  crash(): this {
    this.up = false;
    this.timers.clear();
    this.volatile = this.protocol.volatile();
    // The image on the disk shares nothing with what handlers held.
    this.durable = structuredClone(this.durable);
    return this;
  }

  restart(damage: readonly Damage[] = []): this {
    return this.start('restart', damage);
  }

  deliver(from: string, message: Message<P>): this {
    const handlers = this.protocol.onMessage as unknown as Record<
      string,
      (node: Node<P>, message: unknown, from: NodeId) => unknown
    >;
    const handler = found(handlers[message.type], `message ${message.type}`);
    return this.step((node) => handler(node, frozenCopy(message), nodeId(from)));
  }

  /** Fires a timer that is running. */
  fire(name: TimerName<P>, key?: string): this {
    const timer = found(this.timers.get(timerId(name, key)), `running timer ${timerId(name, key)} at ${this.id}`);
    this.timers.delete(timerId(name, key));
    const handlers = this.protocol.onTimer as unknown as Record<
      string,
      (node: Node<P>, payload: Plain, key?: string) => unknown
    >;
    return this.step((node) => handlers[name]!(node, timer.payload, timer.key));
  }

  /** @returns the request's reference, by which `answerTo` finds the answer. */
  request<K extends RequestName<P>>(
    name: K,
    args: Request<P, K>['args'],
    session: Session | null = null,
  ): RequestRef<P, K> {
    const ref = `${this.id}/request-${++this.requests}` as RequestRef<P, K>;
    const handlers = this.protocol.onRequest as unknown as Record<string, (node: Node<P>, request: unknown) => unknown>;
    this.step((node) => handlers[name]!(node, frozenCopy({ ref, name, args, session })));
    return ref;
  }

  /** The first answer, which is the one that counts. */
  answerTo(ref: string): Answer | undefined {
    return this.answers.find((answer) => answer.ref === ref);
  }

  /** What was sent since the last call. */
  takeSent(): readonly Sent<P>[] {
    const sent = this.sent;
    this.sent = [];
    return sent;
  }

  sentOfType<K extends MessageType<P>>(type: K): { to: NodeId; message: MessageOfType<P, K> }[] {
    return this.sent.filter((sent) => sent.message.type === type) as { to: NodeId; message: MessageOfType<P, K> }[];
  }

  marked(name: string): number {
    return this.marks.filter((mark) => mark.name === name).length;
  }

  hasTimer(name: TimerName<P>, key?: string): boolean {
    return this.timers.has(timerId(name, key));
  }

  view(): NodeView<P> {
    const { id, members, up } = this;
    return {
      id,
      members,
      up,
      ...frozenCopy({ options: this.options, durable: this.durable, synced: this.durable, volatile: this.volatile }),
    } as NodeView<P>;
  }

  role(): Role | undefined {
    return this.protocol.role?.(this.view());
  }

  /** Runs a handler and fixes what it sent. */
  step(handler: (node: Node<P>) => unknown): this {
    if (!this.up) throw new Error(`${this.id} is not up`);
    const before = this.sent.length;
    handler(this.node());
    this.sent = this.sent.map((sent, i) => (i < before ? sent : frozenCopy(sent)));
    return this;
  }

  private unit(label: string): number {
    const values = this.draws.get(label);
    if (values === undefined || values.length === 0) return 0.5;
    return values.length === 1 ? values[0]! : values.shift()!;
  }

  private node(): Node<P> {
    const answer = (kind: Answer['kind']) => (ref: string, value: unknown) => {
      this.answers.push(frozenCopy({ ref, kind, value: value as Plain }));
    };
    const integer = (label: string, min: number, max: number) => min + Math.floor(this.unit(label) * (max - min + 1));
    const peers = this.members.filter((member) => member !== this.id);
    const send = (to: NodeId, message: Message<P>): void => void this.sent.push({ to, message });
    const node = {
      id: this.id,
      members: this.members,
      peers,
      options: this.options,
      durable: this.durable,
      volatile: this.volatile,
      send,
      broadcast: (message: Message<P>) => peers.forEach((peer) => send(peer, message)),
      setTimer: (name: string, after: Micros, payload?: Plain, key?: string) => {
        if (!Number.isSafeInteger(after) || after < 0) throw new Error(`timer ${name} after ${after} µs`);
        this.timers.set(timerId(name, key), frozenCopy({ name, key, after, payload }));
      },
      cancelTimer: (name: string, key?: string) => void this.timers.delete(timerId(name, key)),
      reply: answer('reply'),
      fail: answer('fail'),
      redirect: answer('redirect'),
      sync: (token?: Plain) => void this.syncs.push(token),
      monotonic: () => this.now,
      wall: () => this.now,
      random: {
        integer,
        chance: (label: string, probability: number) => this.unit(label) >= 1 - probability,
        pick: <T>(label: string, items: readonly T[]) => items[integer(label, 0, items.length - 1)]!,
        unit: (label: string) => this.unit(label),
      },
      rarely: () => this.rarely,
      mark: (name: string, detail?: Plain) => void this.marks.push({ name, detail: structuredClone(detail) }),
      halt: (reason: string) => {
        this.haltedBecause = reason;
        this.up = false;
      },
      bug: (name: string) => this.bugs.has(name),
    };
    return node as unknown as Node<P>;
  }
}

/**
 * Several scripted nodes and the messages between them, which wait until the test delivers or drops them. The protocol's
 * invariants watch every step that goes through the cluster: `violations` holds what they said.
 */
export class ScriptedCluster<P extends object> {
  readonly nodes: ReadonlyMap<string, ScriptedNode<P>>;
  /** On their way, oldest first. */
  pending: { readonly from: NodeId; readonly to: NodeId; readonly message: Message<P> }[] = [];
  readonly violations: string[] = [];
  now: Micros = 0;
  private readonly watched: readonly { readonly name: string; readonly memory: unknown; readonly notes: boolean }[];

  constructor(
    readonly protocol: Protocol<P>,
    members: readonly string[],
    script: Omit<Script<P>, 'id' | 'members'> = {},
  ) {
    this.nodes = new Map(members.map((id) => [id, new ScriptedNode(protocol, { ...script, id, members })]));
    const shared = new Map<unknown, unknown>();
    this.watched = (protocol.invariants ?? []).map((invariant) => {
      const note: unknown = Reflect.get(invariant, 'note');
      const notes = note !== undefined && !shared.has(note);
      const memory = note === undefined || notes ? invariant.memory() : shared.get(note);
      shared.set(note, memory);
      return { name: invariant.name, memory, notes };
    });
    for (const id of members) this.do(id, (node) => node.start());
  }

  node(id: string): ScriptedNode<P> {
    return found(this.nodes.get(id), `node ${id}`);
  }

  /** Does something with a node that makes it step, such as `fire`, `restart` or `request`. */
  do<T>(id: string, act: (node: ScriptedNode<P>) => T): T {
    const node = this.node(id);
    node.now = this.now;
    const result = act(node);
    for (const { to, message } of node.takeSent()) this.pending.push({ from: node.id, to, message });
    this.watch(id);
    return result;
  }

  /** Delivers the oldest message that fits. What is sent to a node that is down is lost. */
  deliver(fits: { type?: MessageType<P>; from?: string; to?: string } = {}): this {
    const { from, to, message } = this.take(fits);
    if (this.node(to).up) this.do(to, (node) => node.deliver(from, message));
    return this;
  }

  /** Loses the oldest message that fits. */
  drop(fits: { type?: MessageType<P>; from?: string; to?: string } = {}): this {
    this.take(fits);
    return this;
  }

  /** Delivers whatever is on its way, oldest first, and what follows from it. */
  deliverAll(stepsMax = 1000): this {
    for (let steps = 0; this.pending.length > 0; steps++) {
      if (steps === stepsMax) throw new Error(`messages still flow after ${stepsMax} deliveries`);
      this.deliver();
    }
    return this;
  }

  crash(id: string): this {
    this.node(id).crash();
    return this;
  }

  /** Lets `atEnd` of every invariant look at how it ended. */
  end(): readonly string[] {
    this.watch(null);
    return this.violations;
  }

  private take(fits: { type?: string; from?: string; to?: string }): { from: NodeId; to: NodeId; message: Message<P> } {
    const at = this.pending.findIndex(
      ({ from, to, message }) =>
        (fits.type ?? message.type) === message.type && (fits.from ?? from) === from && (fits.to ?? to) === to,
    );
    const flowing = this.pending.map(({ from, to, message }) => `${from}>${to} ${message.type}`).join(', ');
    const taken = found(this.pending[at], `message ${JSON.stringify(fits)} on its way, only [${flowing}]`);
    this.pending.splice(at, 1);
    return taken;
  }

  private watch(id: string | null): void {
    const views = [...this.nodes.values()].map((node) => node.view());
    const byId = new Map(views.map((view) => [view.id, view]));
    const world = { now: this.now, nodes: views, node: (wanted: NodeId) => byId.get(wanted) };
    this.watched.forEach(({ name, memory, notes }, i) => {
      const invariant = (this.protocol as AnyProtocol).invariants![i]!;
      const view = id === null ? null : byId.get(nodeId(id))!;
      if (view !== null && notes) invariant.note?.(memory, view, world);
      const said = view === null ? invariant.atEnd?.(memory, world) : invariant.afterStep(memory, view, world);
      if (typeof said === 'string') this.violations.push(`${name}: ${said}`);
    });
  }
}

function timerId(name: string, key?: string): string {
  return key === undefined ? name : `${name}/${key}`;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`);
  return value;
}

/** Plain data, copied and frozen all the way down. */
function frozenCopy<T>(value: T): T {
  return freeze(structuredClone(value));
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) for (const item of value.values()) freeze(item);
  else for (const item of Object.values(value)) freeze(item);
  return Object.freeze(value);
}
