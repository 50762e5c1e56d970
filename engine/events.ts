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

/** Words of an event: its kind and what it is about, its node, its peer, its message. */
const WORDS = 4;
const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

const NO_PLACE = -1;

/** Pending events: a few numbers each, side by side in memory, and a body. The queue holds their indices. */
export class PendingEvents {
  readonly body: unknown[] = [];
  private words = new Int32Array(FIRST_CAPACITY * WORDS);
  private cause: Int32Array | null;
  /** Only once one is not 0: with perfect disks and datagrams none is. */
  private epoch: Int32Array | null = null;
  private capacity = FIRST_CAPACITY;
  /** Free places, linked through their first word. */
  private free = NO_PLACE;
  private used = 0;

  /** @param causes are causes kept? Only a trace shows them. */
  constructor(causes: boolean) {
    this.cause = causes ? new Int32Array(FIRST_CAPACITY) : null;
  }

  kindOf(at: number): number {
    return this.words[at * WORDS]! & KIND_MASK;
  }

  /** A message's type, or a timer's slot. */
  subjectOf(at: number): number {
    return this.words[at * WORDS]! >> KIND_BITS;
  }

  nodeOf(at: number): number {
    return this.words[at * WORDS + 1]!;
  }

  peerOf(at: number): number {
    return this.words[at * WORDS + 2]!;
  }

  messageOf(at: number): number {
    return this.words[at * WORDS + 3]!;
  }

  /** The event that brought it about; 0 where causes are not kept. */
  causeOf(at: number): number {
    return this.cause === null ? 0 : this.cause[at]!;
  }

  /** A connection's epoch, or a node's incarnation. */
  epochOf(at: number): number {
    return this.epoch === null ? 0 : this.epoch[at]!;
  }

  add(
    kind: number,
    node: number,
    peer: number,
    subject: number,
    message: number,
    cause: number,
    epoch: number,
    body: unknown,
  ): number {
    let at = this.free;
    if (at < 0) at = this.room();
    const words = this.words;
    this.free = words[at * WORDS]!;
    this.body[at] = body;
    const first = at * WORDS;
    words[first] = (subject << KIND_BITS) | kind;
    words[first + 1] = node;
    words[first + 2] = peer;
    words[first + 3] = message;
    if (this.cause !== null) this.cause[at] = cause;
    if (this.epoch !== null || epoch !== 0) this.setEpoch(at, epoch);
    return at;
  }

  setEpoch(at: number, epoch: number): void {
    (this.epoch ??= new Int32Array(this.capacity))[at] = epoch;
  }

  release(at: number): void {
    this.body[at] = undefined;
    this.words[at * WORDS] = this.free;
    this.free = at;
  }

  /** A place that was never used. */
  private room(): number {
    const at = this.used++;
    if (at === this.capacity) this.grow();
    this.body.push(undefined);
    this.words[at * WORDS] = NO_PLACE;
    return at;
  }

  private grow(): void {
    // In small steps where there are many, so that a million messages in flight stay near what they need.
    const capacity = Math.ceil(this.capacity * (this.capacity < GROWTH_BY_HALF_MAX ? 1.5 : 1.125));
    this.capacity = capacity;
    this.words = enlarge(this.words, capacity * WORDS);
    if (this.cause !== null) this.cause = enlarge(this.cause, capacity);
    if (this.epoch !== null) this.epoch = enlarge(this.epoch, capacity);
  }
}

function enlarge(old: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const enlarged = new Int32Array(capacity);
  enlarged.set(old);
  return enlarged;
}
