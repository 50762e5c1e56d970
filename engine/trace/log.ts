import type { Interner } from '../interner.js';
import type { Plain, Role } from '../protocol.js';
import type { Micros } from '../time.js';
import type { Change, TraceEvent, TraceKind } from './record.js';

/** Kinds by number, as the columns and the digest hold them. Append only: digests depend on the order. */
export const KINDS = [
  'start',
  'crash',
  'halt',
  'pause',
  'resume',
  'send',
  'duplicate',
  'corrupt',
  'deliver',
  'drop',
  'timer',
  'sync',
  'disk',
  'connection',
  'invoke',
  'ok',
  'fail',
  'info',
  'mark',
  'fault',
  'violation',
] as const satisfies readonly TraceKind[];

export const KIND = Object.fromEntries(KINDS.map((kind, i) => [kind, i])) as Readonly<Record<TraceKind, number>>;

/** No endpoint, message or name. */
export const NONE = -1;

const PLACES = ['sending', 'delivery'] as const;
const FIRST_CAPACITY = 1024;

/** The events of a run in columns: some 40 bytes each, and no object until somebody looks. */
export class TraceLog {
  private capacity = FIRST_CAPACITY;
  private times = new Float64Array(FIRST_CAPACITY);
  private kinds = new Uint8Array(FIRST_CAPACITY);
  private places = new Int8Array(FIRST_CAPACITY);
  private nodes = new Int32Array(FIRST_CAPACITY);
  private peers = new Int32Array(FIRST_CAPACITY);
  private causes = new Int32Array(FIRST_CAPACITY);
  private messages = new Int32Array(FIRST_CAPACITY);
  private names = new Int32Array(FIRST_CAPACITY);
  private whys = new Int32Array(FIRST_CAPACITY);
  private readonly bodies: Plain[] = [];
  private readonly details = new Map<number, { changes: readonly Change[]; role?: Role }>();
  /** Lanes of the digest after each event, where two runs are to be compared. */
  private readonly lanes: number[] = [];
  length = 0;

  constructor(
    private readonly endpointName: (index: number) => string,
    private readonly interner: Interner,
  ) {}

  /** Adds an event; its id is the new `length`. */
  add(
    time: Micros,
    kind: number,
    node: number,
    cause: number,
    peer: number,
    message: number,
    name: number,
    body: Plain,
    why: number,
    place: number,
  ): void {
    const at = this.length;
    if (at === this.capacity) this.grow();
    this.times[at] = time;
    this.kinds[at] = kind;
    this.nodes[at] = node;
    this.causes[at] = cause;
    this.peers[at] = peer;
    this.messages[at] = message;
    this.names[at] = name;
    this.whys[at] = why;
    this.places[at] = place;
    this.bodies.push(body);
    this.length = at + 1;
  }

  detail(id: number, changes: readonly Change[], role?: Role): void {
    this.details.set(id, role === undefined ? { changes } : { changes, role });
  }

  addLanes(high: number, low: number): void {
    this.lanes.push(high, low);
  }

  /** The first event after which the digests of two runs differ; null when one is all there is of the other. */
  firstDifference(other: TraceLog): number | null {
    const length = Math.min(this.length, other.length);
    for (let i = 0; i < length * 2; i++) if (this.lanes[i] !== other.lanes[i]) return (i >> 1) + 1;
    return this.length === other.length ? null : length + 1;
  }

  /** The event with this id, from 1. */
  event(id: number): TraceEvent {
    const at = id - 1;
    const node = this.nodes[at]!;
    const peer = this.peers[at]!;
    const message = this.messages[at]!;
    const name = this.names[at]!;
    const why = this.whys[at]!;
    const place = this.places[at]!;
    const body = this.bodies[at];
    return {
      id,
      time: this.times[at]!,
      kind: KINDS[this.kinds[at]!]!,
      node: node === NONE ? null : this.endpointName(node),
      cause: this.causes[at]!,
      ...(peer === NONE ? {} : { peer: this.endpointName(peer) }),
      ...(message === NONE ? {} : { msg: message }),
      ...(name === NONE ? {} : { name: this.interner.text(name) }),
      ...(body === undefined ? {} : { body }),
      ...(why === NONE ? {} : { why: this.interner.text(why) }),
      ...(place === NONE ? {} : { place: PLACES[place]! }),
      ...this.details.get(id),
    };
  }

  *events(): Generator<TraceEvent> {
    for (let id = 1; id <= this.length; id++) yield this.event(id);
  }

  private grow(): void {
    this.capacity *= 2;
    this.times = enlarge(this.times, new Float64Array(this.capacity));
    this.kinds = enlarge(this.kinds, new Uint8Array(this.capacity));
    this.places = enlarge(this.places, new Int8Array(this.capacity));
    this.nodes = enlarge(this.nodes, new Int32Array(this.capacity));
    this.peers = enlarge(this.peers, new Int32Array(this.capacity));
    this.causes = enlarge(this.causes, new Int32Array(this.capacity));
    this.messages = enlarge(this.messages, new Int32Array(this.capacity));
    this.names = enlarge(this.names, new Int32Array(this.capacity));
    this.whys = enlarge(this.whys, new Int32Array(this.capacity));
  }
}

function enlarge<T extends Float64Array | Int32Array | Uint8Array | Int8Array>(old: T, enlarged: T): T {
  enlarged.set(old as never);
  return enlarged;
}
