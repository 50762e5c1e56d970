/** What waits in the queue. */
export const PENDING = {
  deliver: 0,
  timer: 1,
  /** A node that was busy can go on. */
  wake: 2,
  sync: 3,
  /** Something of the engine's own, in `body`: a client's or a fault's next step. */
  call: 4,
} as const;

const FIRST_CAPACITY = 256;
const GROWTH_BY_HALF_MAX = 1 << 16;

/** Pending events in columns. The queue holds their indices. */
export class PendingEvents {
  kind = new Uint8Array(FIRST_CAPACITY);
  node = new Int32Array(FIRST_CAPACITY);
  peer = new Int32Array(FIRST_CAPACITY);
  /** Message type, or timer slot. */
  type = new Int32Array(FIRST_CAPACITY);
  message = new Int32Array(FIRST_CAPACITY);
  private cause: Int32Array | null;
  /** A connection's epoch, or a node's incarnation. A column only once one is not 0: with perfect disks and datagrams none is. */
  private epoch: Int32Array | null = null;
  readonly body: unknown[] = [];
  /** Free places, linked through `type`. */
  private free = -1;
  private used = 0;

  /** @param causes are causes kept? Only a trace shows them. */
  constructor(causes: boolean) {
    this.cause = causes ? new Int32Array(FIRST_CAPACITY) : null;
  }

  causeOf(at: number): number {
    return this.cause === null ? 0 : this.cause[at]!;
  }

  epochOf(at: number): number {
    return this.epoch === null ? 0 : this.epoch[at]!;
  }

  add(
    kind: number,
    node: number,
    peer: number,
    type: number,
    message: number,
    cause: number,
    epoch: number,
    body: unknown,
  ): number {
    let at = this.free;
    if (at >= 0) {
      this.free = this.type[at]!;
      this.body[at] = body;
    } else {
      at = this.used++;
      if (at === this.kind.length) this.grow();
      this.body.push(body);
    }
    this.kind[at] = kind;
    this.node[at] = node;
    this.peer[at] = peer;
    this.type[at] = type;
    this.message[at] = message;
    if (this.cause !== null) this.cause[at] = cause;
    if (this.epoch !== null) this.epoch[at] = epoch;
    else if (epoch !== 0) (this.epoch = new Int32Array(this.kind.length))[at] = epoch;
    return at;
  }

  release(at: number): void {
    this.body[at] = undefined;
    this.type[at] = this.free;
    this.free = at;
  }

  private grow(): void {
    // In small steps where there are many, so that a million messages in flight stay near what they need.
    const capacity = Math.ceil(this.kind.length * (this.kind.length < GROWTH_BY_HALF_MAX ? 1.5 : 1.125));
    const kind = new Uint8Array(capacity);
    kind.set(this.kind);
    this.kind = kind;
    this.node = enlarge(this.node, capacity);
    this.peer = enlarge(this.peer, capacity);
    this.type = enlarge(this.type, capacity);
    this.message = enlarge(this.message, capacity);
    if (this.cause !== null) this.cause = enlarge(this.cause, capacity);
    if (this.epoch !== null) this.epoch = enlarge(this.epoch, capacity);
  }
}

function enlarge(old: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const enlarged = new Int32Array(capacity);
  enlarged.set(old);
  return enlarged;
}
