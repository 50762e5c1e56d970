import { NOTHING } from './nothing.js';
import type { Micros } from './time.js';

declare const nodeIdBrand: unique symbol;
declare const requestRefBrand: unique symbol;

/** A node's name, such as `n1`. */
export type NodeId = string & { readonly [nodeIdBrand]: true };

export function nodeId(name: string): NodeId {
  return name as NodeId;
}

/**
 * What state, messages and arguments are made of: plain data that can be copied, hashed, compared and written down.
 * No functions, class instances, typed arrays, bigints, NaN, infinities or cycles.
 */
export type Plain =
  | null
  | undefined
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain }
  | ReadonlyMap<string | number, Plain>
  | ReadonlySet<string | number>;

/** Everything below is read-only: what arrives in a message belongs to nobody. */
export type DeepReadonly<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, DeepReadonly<V>>
    : T extends ReadonlySet<infer V>
      ? ReadonlySet<V>
      : T extends readonly unknown[]
        ? { readonly [I in keyof T]: DeepReadonly<T[I]> }
        : T extends object
          ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
          : T;

/**
 * The one interface that a protocol writes down; all other types are inferred from it. Every part may be left out.
 *
 * @example
 * interface Ping {
 *   options: { everyMs: number };
 *   volatile: { pongs: number };
 *   messages: { Ping: { n: number }; Pong: { n: number } };
 *   timers: { again: void };
 * }
 */
export interface Shape {
  /** Configuration, the same for a node's whole life. */
  options?: object;
  /** Survives a crash, as far as the disk really has it. */
  durable?: object;
  /** Rebuilt by `volatile()` at every start. */
  volatile?: object;
  /** Message bodies by type. */
  messages?: object;
  /** Timer payloads by name; `void` for none. */
  timers?: object;
  /** What clients may ask, by name. */
  requests?: object;
  /** Names of the planted bugs, a union of string literals. */
  bugs?: string;
}

type Part<P, K extends keyof Shape, Default> = P extends { [Key in K]: infer T } ? T : Default;

// An empty object type is meant: a protocol without this part has nothing there.
type Empty = Record<never, never>;

export type OptionsOf<P> = Part<P, 'options', Empty>;
export type DurableOf<P> = Part<P, 'durable', Empty>;
export type VolatileOf<P> = Part<P, 'volatile', Empty>;
export type BugOf<P> = Part<P, 'bugs', never> & string;
type MessagesOf<P> = Part<P, 'messages', Empty>;
type TimersOf<P> = Part<P, 'timers', Empty>;
type RequestsOf<P> = Part<P, 'requests', Empty>;

export type MessageType<P> = keyof MessagesOf<P> & string;
export type TimerName<P> = keyof TimersOf<P> & string;
export type RequestName<P> = keyof RequestsOf<P> & string;

/** A message as it is sent: its body with `type` added. */
export type MessageOfType<P, K extends MessageType<P>> = DeepReadonly<{ type: K } & MessagesOf<P>[K]>;
/** Any message of the protocol, a union discriminated on `type`. */
export type Message<P> = { [K in MessageType<P>]: MessageOfType<P, K> }[MessageType<P>];

type ArgsOf<P, K extends RequestName<P>> = RequestsOf<P>[K] extends { args: infer A } ? A : never;
type ResultOf<P, K extends RequestName<P>> = RequestsOf<P>[K] extends { result: infer R } ? R : never;

/** Names a client's request. Plain data: it can wait in a node's state, and travel in a message. */
export type RequestRef<P, K extends RequestName<P> = RequestName<P>> = string & {
  readonly [requestRefBrand]: { protocol: P; name: K };
};

/** Who repeats a request says so: the same client and number mean the same operation (Raft's client sessions). */
export interface Session {
  readonly client: string;
  /** Rising by one per operation of this client. */
  readonly sequence: number;
}

export interface Request<P, K extends RequestName<P>> {
  readonly ref: RequestRef<P, K>;
  readonly name: K;
  readonly args: DeepReadonly<ArgsOf<P, K>>;
  /** Set when the client retries with an idempotency key. */
  readonly session: Session | null;
}

/** Labelled draws. The label says what is decided; the same label on the same node is one stream. */
export interface Random {
  /** An integer in [min, max]. */
  integer(label: string, min: number, max: number): number;
  /** True with this probability. */
  chance(label: string, probability: number): boolean;
  /** One of the items, evenly. */
  pick<T>(label: string, items: readonly T[]): T;
  /** A number in [0, 1). */
  unit(label: string): number;
}

/** Something on the disk that a checksum shows to be wrong, or that cannot be read. */
export interface Damage {
  readonly field: string;
  /** The element, where the field is an array and one element is damaged. */
  readonly index?: number;
  readonly kind: 'torn' | 'corrupt' | 'misdirected' | 'unreadable';
}

export type StartReason = 'first' | 'restart' | 'upgrade';

/** Why a node starts, and what its disk looked like. */
export interface Start {
  readonly reason: StartReason;
  /** Empty unless the disk's checksums found something. */
  readonly damage: readonly Damage[];
}

type TimerArguments<T> = [T] extends [void]
  ? [payload?: undefined, key?: string]
  : [payload: DeepReadonly<T>, key?: string];

/** What a handler sees of the node that it runs on. Valid during the handler only. */
export interface Node<P = Shape> {
  readonly id: NodeId;
  /** The configuration that this node was started with, itself included, in a fixed order. */
  readonly members: readonly NodeId[];
  /** `members` without this node. */
  readonly peers: readonly NodeId[];
  readonly options: DeepReadonly<OptionsOf<P>>;
  /** Change it in place. */
  readonly durable: DurableOf<P>;
  /** Change it in place. */
  readonly volatile: VolatileOf<P>;

  /** Sends when the step has ended and its durable changes are synced. */
  send(to: NodeId, message: Message<P>): void;
  /** Sends to every peer, in the order of `peers`. */
  broadcast(message: Message<P>): void;

  /** (Re)starts the timer of this name (and key, where several may run): it fires once, after this long on this node's clock. */
  setTimer<K extends TimerName<P>>(name: K, after: Micros, ...rest: TimerArguments<TimersOf<P>[K]>): void;
  cancelTimer(name: TimerName<P>, key?: string): void;

  /** Answers a client's request. A second answer to the same request is ignored, as the client has gone on. */
  reply<K extends RequestName<P>>(ref: RequestRef<P, K>, result: DeepReadonly<ResultOf<P, K>>): void;
  /** Tells the client that the request surely had no effect, and never will. */
  fail(ref: RequestRef<P>, reason: string): void;
  /** Tells the client to ask another node (or any other, when unknown). The request surely had no effect here. */
  redirect(ref: RequestRef<P>, to: NodeId | null): void;

  /** Asks the disk to sync what `durable` holds now; `onDisk.synced` answers. Only in protocols that have `onDisk`. */
  sync(token?: Plain): void;

  /** This node's monotonic clock, which drifts but never jumps, in microseconds since it started to run. */
  monotonic(): Micros;
  /** This node's wall clock, which may be wrong and may jump, even to before 0. */
  wall(): Micros;

  readonly random: Random;
  /** False nearly always; marks a branch that fuzzing should take more often than nature would. */
  rarely(label: string): boolean;
  /** Says that something worth counting happened here: shown in the story, counted per run and campaign. */
  mark(name: string, detail?: Plain): void;
  /** Stops this node as if it had crashed: the fail-stop answer to a state that must not be acted on. */
  halt(reason: string): void;
  /** Is this planted bug switched on? */
  bug(name: BugOf<P>): boolean;
}

/** A node as an invariant, a role or a page sees it: from outside, read-only. */
export interface NodeView<P = Shape> {
  readonly id: NodeId;
  readonly members: readonly NodeId[];
  readonly options: DeepReadonly<OptionsOf<P>>;
  readonly durable: DeepReadonly<DurableOf<P>>;
  /** `durable` as far as the disk has called it synced. The rest is known to nobody else yet, and a crash may take it. */
  readonly synced: DeepReadonly<DurableOf<P>>;
  readonly volatile: DeepReadonly<VolatileOf<P>>;
  readonly up: boolean;
}

/** Every node, for invariants that compare them. */
export interface World<P = Shape> {
  readonly now: Micros;
  readonly nodes: readonly NodeView<P>[];
  node(id: NodeId): NodeView<P> | undefined;
}

/** What may be returned where nothing is: keeps `async` out and lets `return helper()` in. */
export type Nothing = void | undefined;

/**
 * A property that holds at every moment of every run. A fold: it keeps a memory of its own (the run's ghost history) and
 * is called with the node that just stepped, so that it costs what changed and not what there is.
 */
export interface Invariant<P, Memory = unknown> {
  readonly name: string;
  /** One sentence for people. */
  readonly says: string;
  /** Paper and section. */
  readonly source?: string;
  memory(): Memory;
  /**
   * Takes in what a step has changed, before anybody judges it. Invariants of a protocol that have the very same function
   * here share one memory, and it is called once a step for all of them.
   */
  note?(memory: Memory, node: NodeView<P>, world: World<P>): void;
  /**
   * Called with the node that stepped, unless it stopped in that step.
   *
   * @returns a sentence that names the nodes and values that break it, or nothing.
   */
  afterStep(memory: Memory, node: NodeView<P>, world: World<P>): string | null | undefined;
  /** Called once when the run has ended. */
  atEnd?(memory: Memory, world: World<P>): string | null | undefined;
}

/** Lets an invariant's memory be inferred: `invariant<Raft>()({ … })`. */
export function invariant<P>(): <Memory>(definition: Invariant<P, Memory>) => Invariant<P> {
  return (definition) => definition as unknown as Invariant<P>;
}

/** A published mistake, switched on by name. */
export interface PlantedBug {
  /** What is changed, in one sentence. */
  readonly summary: string;
  /** The property that breaks: an invariant's name, or a consistency level such as `linearizable`. */
  readonly property: string;
  /** Where it was reported. */
  readonly source: string;
  /** A scenario of the catalogue that shows it. */
  readonly scenario: string;
}

/** What a node is doing, for pictures, selectors (`whom: leader`) and the story of a run. */
export interface Role {
  readonly name: string;
  /** Term, view, epoch or ballot, where the protocol has one. */
  readonly term?: number | string;
}

// A part that the shape has is required, and one that it has not must stay empty.
type When<Condition, Key extends string, T, Absent = Record<string, never>> = Condition extends true
  ? { readonly [K in Key]: T }
  : { readonly [K in Key]?: Absent };
type HasKeys<T> = [keyof T] extends [never] ? false : true;
type HasBugs<P> = [BugOf<P>] extends [never] ? false : true;

export type MessageHandlers<P> = {
  readonly [K in MessageType<P>]: (node: Node<P>, message: MessageOfType<P, K>, from: NodeId) => Nothing;
};
export type TimerHandlers<P> = {
  readonly [K in TimerName<P>]: (
    node: Node<P>,
    payload: DeepReadonly<TimersOf<P>[K]>,
    key: string | undefined,
  ) => Nothing;
};
export type RequestHandlers<P> = {
  readonly [K in RequestName<P>]: (node: Node<P>, request: Request<P, K>) => Nothing;
};

/** Answers from a disk that the protocol drives itself: sends then no longer wait for a sync. */
export interface DiskHandlers<P> {
  synced(node: Node<P>, token: Plain): Nothing;
  /** The disk refused: nothing of what was to be synced is safe. */
  failed(node: Node<P>, token: Plain, error: 'full' | 'io'): Nothing;
}

interface ProtocolCore<P> {
  readonly name: string;
  /** Paper, authors, year. */
  readonly source: string;
  /** One sentence for lists. */
  readonly summary: string;
  /** `datagram` (the default) or `connection`: in order, a prefix is delivered, a reset is notified. */
  readonly transport?: 'datagram' | 'connection';
  onStart?(node: Node<P>, start: Start): Nothing;
  onDisk?: DiskHandlers<P>;
  /** The connection to this peer was lost, or made again. Only with `transport: 'connection'`. */
  onConnection?: { reset?(node: Node<P>, peer: NodeId): Nothing; open?(node: Node<P>, peer: NodeId): Nothing };
  role?(node: NodeView<P>): Role;
  /** Every name that `role` gives. Where it is said, a scenario that names another one is refused. */
  readonly roles?: readonly string[];
  /**
   * Has a node that lost what it had synced (a wiped or damaged disk) got all of it back from the others? Where this is not
   * given, such a loss lasts for ever, and a plan that must stay survivable counts it for ever. Of a protocol without durable
   * state: has it got its state back since it started?
   */
  recovered?(node: NodeView<P>, world: World<P>): boolean;
  readonly invariants?: readonly Invariant<P>[];
}

/** What `defineProtocol` takes; which parts are required follows from the shape. */
export type Definition<P> = ProtocolCore<P> &
  When<HasKeys<OptionsOf<P>>, 'options', OptionsOf<P>> &
  When<HasKeys<DurableOf<P>>, 'durable', () => DurableOf<P>, () => Record<string, never>> &
  When<HasKeys<VolatileOf<P>>, 'volatile', () => VolatileOf<P>, () => Record<string, never>> &
  When<HasKeys<MessagesOf<P>>, 'onMessage', MessageHandlers<P>> &
  When<HasKeys<TimersOf<P>>, 'onTimer', TimerHandlers<P>> &
  When<HasKeys<RequestsOf<P>>, 'onRequest', RequestHandlers<P>> &
  When<HasBugs<P>, 'bugs', { readonly [K in BugOf<P>]: PlantedBug }>;

/** A protocol: `options` are the defaults that a scenario may override. */
export interface Protocol<P = Shape> extends ProtocolCore<P> {
  readonly options: OptionsOf<P>;
  durable(): DurableOf<P>;
  volatile(): VolatileOf<P>;
  readonly onMessage: MessageHandlers<P>;
  readonly onTimer: TimerHandlers<P>;
  readonly onRequest: RequestHandlers<P>;
  readonly bugs: Readonly<Record<string, PlantedBug>>;
}

/** Any protocol, its shape forgotten: what the engine runs. */
// The engine stores protocols of every shape side by side; handlers are contravariant in it, so only `any` fits them all.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyProtocol = Protocol<any>;

/**
 * Declares a protocol.
 *
 * @example
 * const ping = defineProtocol<Ping>({ name: 'ping', … });
 */
export function defineProtocol<P extends object>(definition: Definition<P>): Protocol<P> {
  // Definition<P> is conditional in P, which TypeScript cannot resolve here: the defaults are filled in untyped.
  const given = definition as unknown as Partial<Protocol<P>> & ProtocolCore<P>;
  return Object.freeze({
    ...given,
    options: given.options ?? ({} as OptionsOf<P>),
    durable: given.durable ?? (() => NOTHING as DurableOf<P>),
    volatile: given.volatile ?? (() => NOTHING as VolatileOf<P>),
    onMessage: given.onMessage ?? ({} as MessageHandlers<P>),
    onTimer: given.onTimer ?? ({} as TimerHandlers<P>),
    onRequest: given.onRequest ?? ({} as RequestHandlers<P>),
    bugs: given.bugs ?? {},
  });
}
