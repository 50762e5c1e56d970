import type { Interner } from '../interner.js';
import type { Plain, Role } from '../protocol.js';
import type { Micros } from '../time.js';
import { ContentTape } from './content-tape.js';
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
/** A chunk holds so many events. */
const CHUNK_BITS = 10;
const CHUNK_EVENTS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_EVENTS - 1;
/** Words of an event: kind, place and name; node; peer; cause; message; the low half of its time; its detail. */
const WORDS = 7;
const KIND_BITS = 5;
const KIND_MASK = (1 << KIND_BITS) - 1;
const PLACE_BITS = 2;
const PLACE_MASK = (1 << PLACE_BITS) - 1;
const NAME_SHIFT = KIND_BITS + PLACE_BITS;

const TWO_TO_32 = 4_294_967_296;
const TWO_TO_MINUS_32 = 1 / TWO_TO_32;

/** A detail is a reason (the number of its text) or where the body is on the tape: no event has both. */
const IS_WHY = 1;

/** The detail of an event with a reason. */
export function why(reason: number): number {
  return (reason << 1) | IS_WHY;
}

/** The detail of an event whose body begins there on the tape; `NONE` if it is `NONE`. */
export function taped(at: number): number {
  return at === NONE ? NONE : at << 1;
}

/** The events of a run: 28 bytes each, in chunks that never move, and no object until somebody looks. */
export class TraceLog {
  private readonly chunks: Int32Array[] = [];
  private latest = new Int32Array(0);
  /** The time of what happens now: its low half; and what the high half has been, each from which event on. */
  private timeLow = 0;
  private timeHigh = 0;
  private readonly highs: { readonly from: number; readonly high: number }[] = [];
  /** Where the contents of messages are kept. */
  readonly tape = new ContentTape();
  /** Bodies that are not on the tape. */
  private readonly bodies = new Map<number, Plain>();
  private readonly details = new Map<number, { changes: readonly Change[]; role?: Role }>();
  /** Lanes of the digest after each event, where two runs are to be compared. */
  private readonly lanes: number[] = [];
  length = 0;

  constructor(
    private readonly endpointName: (index: number) => string,
    private readonly interner: Interner,
  ) {}

  /** What is added from now on happens at this time. */
  setTime(time: Micros): void {
    this.timeLow = time | 0;
    const high = Math.floor(time * TWO_TO_MINUS_32);
    if (high === this.timeHigh) return;
    this.timeHigh = high;
    this.highs.push({ from: this.length + 1, high });
  }

  /** Adds an event; its id is the new `length`. @param detail what `why` or `taped` gives, or `NONE` */
  add(
    kind: number,
    node: number,
    cause: number,
    peer: number,
    message: number,
    name: number,
    detail: number,
    place: number,
  ): void {
    const at = this.length++ & CHUNK_MASK;
    if (at === 0) this.chunks.push((this.latest = new Int32Array(CHUNK_EVENTS * WORDS)));
    const words = this.latest;
    const first = at * WORDS;
    words[first] = ((name + 1) << NAME_SHIFT) | ((place + 1) << KIND_BITS) | kind;
    words[first + 1] = node;
    words[first + 2] = peer;
    words[first + 3] = cause;
    words[first + 4] = message;
    words[first + 5] = this.timeLow;
    words[first + 6] = detail;
  }

  /** The body of the event that was added last, where it is not on the tape. */
  addBody(body: Plain): void {
    this.bodies.set(this.length, body);
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
    const chunk = this.chunks[(id - 1) >> CHUNK_BITS]!;
    const at = (id - 1) & CHUNK_MASK;
    const word = (i: number): number => chunk[at * WORDS + i]!;
    const [what, node, peer, message, detail] = [word(0), word(1), word(2), word(4), word(6)];
    const name = (what >>> NAME_SHIFT) - 1;
    const place = ((what >> KIND_BITS) & PLACE_MASK) - 1;
    const reason = detail !== NONE && (detail & IS_WHY) !== 0 ? detail >> 1 : NONE;
    const body = detail === NONE || reason !== NONE ? this.bodies.get(id) : this.tape.read(detail >> 1);
    return {
      id,
      time: this.highAt(id) * TWO_TO_32 + (word(5) >>> 0),
      kind: KINDS[what & KIND_MASK]!,
      node: node === NONE ? null : this.endpointName(node),
      cause: word(3),
      ...(peer === NONE ? {} : { peer: this.endpointName(peer) }),
      ...(message === NONE ? {} : { msg: message }),
      ...(name === NONE ? {} : { name: this.interner.text(name) }),
      ...(body === undefined ? {} : { body }),
      ...(reason === NONE ? {} : { why: this.interner.text(reason) }),
      ...(place === NONE ? {} : { place: PLACES[place]! }),
      ...this.details.get(id),
    };
  }

  /** The high half of an event's time: 0 in the first 71 minutes. */
  private highAt(id: number): number {
    let last = this.highs.length - 1;
    while (last >= 0 && this.highs[last]!.from > id) last--;
    return last < 0 ? 0 : this.highs[last]!.high;
  }

  *events(): Generator<TraceEvent> {
    for (let id = 1; id <= this.length; id++) yield this.event(id);
  }
}
