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

/** Pending events in columns. The queue holds their indices. */
export class PendingEvents {
  kind = new Uint8Array(FIRST_CAPACITY);
  node = new Int32Array(FIRST_CAPACITY);
  peer = new Int32Array(FIRST_CAPACITY);
  /** Message type, or timer slot. */
  type = new Int32Array(FIRST_CAPACITY);
  message = new Int32Array(FIRST_CAPACITY);
  cause = new Int32Array(FIRST_CAPACITY);
  /** A connection's epoch, or a node's incarnation. */
  epoch = new Int32Array(FIRST_CAPACITY);
  readonly body: unknown[] = [];
  /** Free places, linked through `type`. */
  private free = -1;
  private used = 0;

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
    this.cause[at] = cause;
    this.epoch[at] = epoch;
    return at;
  }

  release(at: number): void {
    this.body[at] = undefined;
    this.type[at] = this.free;
    this.free = at;
  }

  private grow(): void {
    // By half, so that a million messages in flight stay near what they need.
    const capacity = Math.ceil(this.kind.length * 1.5);
    const kind = new Uint8Array(capacity);
    kind.set(this.kind);
    this.kind = kind;
    this.node = enlarge(this.node, capacity);
    this.peer = enlarge(this.peer, capacity);
    this.type = enlarge(this.type, capacity);
    this.message = enlarge(this.message, capacity);
    this.cause = enlarge(this.cause, capacity);
    this.epoch = enlarge(this.epoch, capacity);
  }
}

function enlarge(old: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const enlarged = new Int32Array(capacity);
  enlarged.set(old);
  return enlarged;
}
