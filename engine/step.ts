import { toInteger, type Choices, type Stream } from './choices.js';
import { ProtocolFault } from './errors.js';
import type { Node, NodeId, Plain, Random, RequestRef } from './protocol.js';
import type { Micros } from './time.js';

/** What a handler wants done when its step has ended, in the order in which it asked. */
export const EFFECT = {
  send: 0,
  broadcast: 1,
  timer: 2,
  reply: 3,
  fail: 4,
  redirect: 5,
  sync: 6,
  halt: 7,
  cancel: 8,
} as const;

/** What the facade needs of the simulation at once, while a handler runs. */
export interface StepHost {
  readonly choices: Choices;
  endpointName(index: number): string;
  /** The index of a node, or -1. */
  nodeIndex(id: string): number;
  monotonic(node: number): Micros;
  wall(node: number): Micros;
  setTimer(node: number, name: string, after: Micros, payload: Plain, key: string | undefined): void;
  cancelTimer(node: number, name: string, key: string | undefined): void;
  mark(node: number, name: string, detail: Plain): void;
  peersOf(node: number): readonly NodeId[];
  membersOf(node: number): readonly NodeId[];
  isBug(node: number, name: string): boolean;
}

/**
 * The one `Node` that handlers see, pointed at whoever steps. It only collects: the simulation acts when the step has ended.
 * One for all nodes, as only one ever steps: a million nodes need no million facades.
 */
export class StepNode implements Node<object> {
  /** -1 when no step is under way: then every call is a handler that did not end when it should have. */
  index = -1;
  id = '' as NodeId;
  options: object = {};
  durable: object = {};
  volatile: object = {};
  readonly random: Random;

  /** Effects of this step, in columns. */
  effects = 0;
  /** How many of them are timers: what is asked of timers after them must wait, too. */
  timersWaiting = 0;
  readonly kind: number[] = [];
  readonly to: number[] = [];
  readonly body: unknown[] = [];
  /** A message's type, once its content is fixed. */
  readonly type: number[] = [];
  /** A request's reference, a timer's key, a reason. */
  readonly text: (string | undefined)[] = [];
  /** A timer's name, a redirection's target. */
  readonly more: (string | null)[] = [];
  readonly number: number[] = [];
  /** Where the content is on the trace's tape, once it is fixed, or `NONE`. */
  readonly taped: number[] = [];
  /** Size of the content, once it is fixed. */
  readonly bytes: number[] = [];

  constructor(private readonly host: StepHost) {
    this.random = new NodeRandom(this, host);
  }

  get members(): readonly NodeId[] {
    this.check();
    return this.host.membersOf(this.index);
  }

  get peers(): readonly NodeId[] {
    this.check();
    return this.host.peersOf(this.index);
  }

  send(to: NodeId, message: { readonly type: string }): void {
    this.check();
    const index = this.host.nodeIndex(to);
    if (index < 0) {
      throw new ProtocolFault(
        'known-receivers',
        `${this.id} sends ${String(message?.type)} to ${JSON.stringify(to)}, which is no node`,
      );
    }
    const at = this.effects++;
    this.kind[at] = EFFECT.send;
    this.to[at] = index;
    this.body[at] = message;
  }

  broadcast(message: { readonly type: string }): void {
    this.check();
    this.add(EFFECT.broadcast, 0, message, undefined, null, 0);
  }

  setTimer(name: string, after: Micros, payload?: unknown, key?: string): void {
    this.check();
    if (!(after >= 0 && after <= Number.MAX_SAFE_INTEGER)) {
      throw new ProtocolFault('timers', `${this.id} sets timer ${name} to ${after} µs (a number ≥ 0 was expected)`);
    }
    // Without a payload there is nothing that could still change until the step ends.
    if (payload === undefined && this.timersWaiting === 0) {
      this.host.setTimer(this.index, name, Math.round(after), undefined, key);
    } else {
      this.timersWaiting++;
      this.add(EFFECT.timer, 0, payload, key, name, Math.round(after));
    }
  }

  cancelTimer(name: string, key?: string): void {
    this.check();
    if (this.timersWaiting === 0) this.host.cancelTimer(this.index, name, key);
    else this.add(EFFECT.cancel, 0, undefined, key, name, 0);
  }

  reply(ref: string, result: unknown): void {
    this.check();
    this.add(EFFECT.reply, 0, result, ref, null, 0);
  }

  fail(ref: string, reason: string): void {
    this.check();
    this.add(EFFECT.fail, 0, reason, ref, null, 0);
  }

  redirect(ref: RequestRef<object>, to: NodeId | null): void {
    this.check();
    this.add(EFFECT.redirect, 0, to, ref, null, 0);
  }

  sync(token?: Plain): void {
    this.check();
    this.add(EFFECT.sync, 0, token, undefined, null, 0);
  }

  halt(reason: string): void {
    this.check();
    this.add(EFFECT.halt, 0, reason, undefined, null, 0);
  }

  monotonic(): Micros {
    this.check();
    return this.host.monotonic(this.index);
  }

  wall(): Micros {
    this.check();
    return this.host.wall(this.index);
  }

  rarely(label: string): boolean {
    return this.random.unit(`rarely ${label}`) >= 1 - this.host.choices.rarely;
  }

  mark(name: string, detail?: Plain): void {
    this.check();
    this.host.mark(this.index, name, detail);
  }

  bug(name: string): boolean {
    this.check();
    return this.host.isBug(this.index, name);
  }

  private add(
    kind: number,
    to: number,
    body: unknown,
    text: string | undefined,
    more: string | null,
    value: number,
  ): void {
    const at = this.effects++;
    this.kind[at] = kind;
    this.to[at] = to;
    this.body[at] = body;
    this.text[at] = text;
    this.more[at] = more;
    this.number[at] = value;
  }

  private check(): void {
    if (this.index < 0) {
      throw new ProtocolFault(
        'no-waiting',
        `a handler used its node after it had returned: handlers run to their end at once`,
      );
    }
  }
}

const DULL_NO = 0;
const DULL_MIDDLE = 0.5;

/** A node's labelled draws: one stream per node and label. */
class NodeRandom implements Random {
  private readonly streams: (Map<string, Stream> | undefined)[] = [];

  constructor(
    private readonly node: StepNode,
    private readonly host: StepHost,
  ) {}

  integer(label: string, min: number, max: number): number {
    if (!(Number.isSafeInteger(min) && Number.isSafeInteger(max) && min <= max)) {
      throw new ProtocolFault(
        'random',
        `${this.node.id} draws "${label}" from ${min} to ${max} (integers with min ≤ max were expected)`,
      );
    }
    return toInteger(this.draw(label, DULL_MIDDLE), min, max);
  }

  chance(label: string, probability: number): boolean {
    // The dull end is 0, so that what is likely to be shrunk away is "it happened".
    return this.draw(label, DULL_NO) >= 1 - probability;
  }

  pick<T>(label: string, items: readonly T[]): T {
    if (items.length === 0) throw new ProtocolFault('random', `${this.node.id} picks "${label}" from an empty list`);
    return items[toInteger(this.draw(label, DULL_NO), 0, items.length - 1)]!;
  }

  unit(label: string): number {
    return this.draw(label, DULL_NO);
  }

  private draw(label: string, dull: number): number {
    const index = this.node.index;
    if (index < 0) throw new ProtocolFault('no-waiting', `a handler drew "${label}" after it had returned`);
    const own = (this.streams[index] ??= new Map());
    let stream = own.get(label);
    if (stream === undefined) own.set(label, (stream = this.host.choices.stream(`node.${label}`, this.node.id, dull)));
    return this.host.choices.draw(stream);
  }
}
