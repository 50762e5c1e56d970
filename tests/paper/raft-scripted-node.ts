import {
  nodeId,
  type DeepReadonly,
  type Message,
  type Micros,
  type Node,
  type NodeId,
  type Plain,
  type RequestName,
  type RequestRef,
  type Session,
  type TimerName,
} from '../../engine/index.js';
import { raft, type Entry, type Raft, type RaftOptions, type RaftDurable } from '../../protocols/raft/protocol.js';
import type { RaftBug } from '../../protocols/raft/bugs.js';
import type { NodeView } from '../../engine/index.js';

export interface Sent {
  readonly to: string;
  readonly message: Message<Raft>;
}

type MessageNamed<T extends Message<Raft>['type']> = Extract<Message<Raft>, { type: T }>;

/**
 * One Raft node and nothing around it: handlers are called by hand, and what they ask for is written down. Time stands
 * still unless a test moves it, and chance takes the lower end.
 */
export class ScriptedNode implements Node<Raft> {
  readonly id: NodeId;
  readonly members: readonly NodeId[];
  readonly options: RaftOptions;
  durable = raft.durable();
  volatile = raft.volatile();
  sent: Sent[] = [];
  replies: { ref: string; result: unknown }[] = [];
  failures: { ref: string; reason: string }[] = [];
  redirects: { ref: string; to: string | null }[] = [];
  timers = new Map<string, Micros>();
  marks: { name: string; detail: Plain }[] = [];
  halted: string | null = null;
  now: Micros = 0;
  private readonly bugs: ReadonlySet<string>;
  private requests = 0;

  constructor(setup: { id?: string; members?: readonly string[]; options?: Partial<RaftOptions>; bug?: RaftBug } = {}) {
    const members = setup.members ?? ['n1', 'n2', 'n3', 'n4', 'n5'];
    this.id = nodeId(setup.id ?? 'n1');
    this.members = members.map(nodeId);
    this.options = { ...raft.options, ...setup.options };
    this.bugs = new Set(setup.bug === undefined ? [] : [setup.bug]);
  }

  get peers(): readonly NodeId[] {
    return this.members.filter((member) => member !== this.id);
  }

  // -- What a test does --

  start(
    reason: 'first' | 'restart' = 'first',
    damage: Parameters<NonNullable<typeof raft.onStart>>[1]['damage'] = [],
  ): this {
    raft.onStart?.(this, { reason, damage });
    return this;
  }

  /** The volatile half is gone, the durable one is what it was. */
  crashAndRestart(): void {
    this.volatile = raft.volatile();
    this.timers.clear();
    this.sent = [];
    this.start('restart');
  }

  receive(from: string, message: Message<Raft>): void {
    // Messages are read-only to handlers: a frozen copy shows who forgets that.
    const body = freeze(structuredClone(message));
    const handler = raft.onMessage[message.type] as (node: Node<Raft>, message: Message<Raft>, from: NodeId) => void;
    handler(this, body, nodeId(from));
  }

  fire(timer: TimerName<Raft>): void {
    const after = this.timers.get(timer);
    if (after === undefined) throw new Error(`${this.id} has no ${timer} timer`);
    this.timers.delete(timer);
    this.now = Math.max(this.now, after);
    raft.onTimer[timer](this, undefined, undefined);
  }

  request(name: RequestName<Raft>, args: object, session: Session | null = null): string {
    this.requests += 1;
    const ref = `r${this.requests}`;
    const handler = raft.onRequest[name] as unknown as (node: Node<Raft>, request: object) => void;
    handler(this, { ref, name, args, session });
    return ref;
  }

  /** Empties the outbox. */
  take(): Sent[] {
    const sent = this.sent;
    this.sent = [];
    return sent;
  }

  /** Empties the outbox and returns what was of this type. */
  takeAll<T extends Message<Raft>['type']>(type: T): (MessageNamed<T> & { readonly to: string })[] {
    return this.take()
      .filter(({ message }) => message.type === type)
      .map(({ to, message }) => ({ ...(message as MessageNamed<T>), to }));
  }

  /** Empties the outbox, which must hold exactly one message. */
  takeOne<T extends Message<Raft>['type']>(type: T): MessageNamed<T> & { readonly to: string } {
    const sent = this.take();
    const [only] = sent;
    if (only === undefined || sent.length !== 1 || only.message.type !== type) {
      throw new Error(`expected one ${type}, found ${JSON.stringify(sent)}`);
    }
    return { ...(only.message as MessageNamed<T>), to: only.to };
  }

  marked(name: string): number {
    return this.marks.filter((mark) => mark.name === name).length;
  }

  terms(): number[] {
    return this.durable.log.map((entry) => entry.term);
  }

  /** Follower of nobody in this term, with a log of these terms: `with(3, [1, 1, 2])`. */
  with(term: number, terms: readonly number[]): this {
    this.durable.currentTerm = term;
    this.durable.log = entries(1, terms);
    return this;
  }

  /** Wins an election for the next term: time-out, and every second member's vote. */
  lead(): this {
    this.timers.set('election', this.now + 1_000_000);
    this.fire('election');
    this.sent = [];
    for (const voter of this.peers.slice(0, Math.floor(this.members.length / 2))) {
      this.receive(voter, { type: 'RequestVoteReply', term: this.durable.currentTerm, voteGranted: true });
    }
    if (this.volatile.role !== 'leader') throw new Error(`${this.id} did not become leader`);
    return this;
  }

  /** The follower answers that its log equals the leader's up to `matchIndex`. */
  acknowledge(from: string, matchIndex: number, round = this.volatile.round, sentAt = this.now): void {
    const term = this.durable.currentTerm;
    this.receive(from, {
      type: 'AppendEntriesReply',
      term,
      success: true,
      matchIndex,
      conflictIndex: 0,
      conflictTerm: null,
      round,
      sentAt,
    });
  }

  refuse(from: string, conflictIndex: number, conflictTerm: number | null): void {
    const term = this.durable.currentTerm;
    this.receive(from, {
      type: 'AppendEntriesReply',
      term,
      success: false,
      matchIndex: 0,
      conflictIndex,
      conflictTerm,
      round: this.volatile.round,
      sentAt: this.now,
    });
  }

  view(): NodeView<Raft> {
    const { id, members, options, durable, volatile } = this;
    return { id, members, options, durable, synced: durable, volatile, up: this.halted === null } as NodeView<Raft>;
  }

  // -- What the handlers see --

  send(to: NodeId, message: Message<Raft>): void {
    this.sent.push({ to, message: structuredClone(message) });
  }

  broadcast(message: Message<Raft>): void {
    for (const peer of this.peers) this.send(peer, message);
  }

  setTimer(name: string, after: Micros, ..._rest: unknown[]): void {
    this.timers.set(name, this.now + after);
  }

  cancelTimer(name: string): void {
    this.timers.delete(name);
  }

  reply(ref: RequestRef<Raft>, result: unknown): void {
    this.replies.push({ ref, result });
  }

  fail(ref: RequestRef<Raft>, reason: string): void {
    this.failures.push({ ref, reason });
  }

  redirect(ref: RequestRef<Raft>, to: NodeId | null): void {
    this.redirects.push({ ref, to });
  }

  sync(): void {
    throw new Error('Raft leaves its disk to the engine');
  }

  monotonic(): Micros {
    return this.now;
  }

  wall(): Micros {
    throw new Error('Raft needs no wall clock');
  }

  readonly random = {
    integer: (_label: string, min: number): number => min,
    chance: (): boolean => false,
    pick: <T>(_label: string, items: readonly T[]): T => items[0] as T,
    unit: (): number => 0,
  };

  rarely(): boolean {
    return false;
  }

  mark(name: string, detail?: Plain): void {
    this.marks.push({ name, detail });
  }

  halt(reason: string): void {
    this.halted = reason;
  }

  bug(name: RaftBug): boolean {
    return this.bugs.has(name);
  }
}

export type DurableView = DeepReadonly<RaftDurable>;

/** Entries of these terms from this index on; each writes its index to x. */
export function entries(from: number, terms: readonly number[]): Entry[] {
  return terms.map((term, place) => entry(from + place, term));
}

export function entry(index: number, term: number): Entry {
  return { index, term, command: { op: 'write', key: 'x', value: index }, session: null };
}

/** An AppendEntries of `leader`'s term with entries of these terms after prevLogIndex. */
export function append(
  term: number,
  previous: readonly [index: number, term: number],
  terms: readonly number[] = [],
  leaderCommit = 0,
): Extract<Message<Raft>, { type: 'AppendEntries' }> {
  const [prevLogIndex, prevLogTerm] = previous;
  return {
    type: 'AppendEntries',
    term,
    prevLogIndex,
    prevLogTerm,
    entries: entries(prevLogIndex + 1, terms),
    leaderCommit,
    round: 0,
    sentAt: 0,
  };
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
