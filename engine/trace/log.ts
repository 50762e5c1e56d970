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
/** Words of an event: kind and place, node, peer, cause, message, name, why, where its body is on the tape. */
const WORDS = 8;
const KIND_BITS = 8;
const KIND_MASK = (1 << KIND_BITS) - 1;

interface Chunk {
  readonly times: Float64Array;
  readonly words: Int32Array;
}

function emptyChunk(): Chunk {
  return { times: new Float64Array(CHUNK_EVENTS), words: new Int32Array(CHUNK_EVENTS * WORDS) };
}

/** The events of a run: some 40 bytes each, in chunks that never move, and no object until somebody looks. */
export class TraceLog {
  private readonly chunks: Chunk[] = [];
  private latest = emptyChunk();
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

  /** Adds an event; its id is the new `length`. Its body is on the tape from `taped` on, unless that is `NONE`. */
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
    taped = NONE,
  ): void {
    const at = this.length & CHUNK_MASK;
    if (at === 0) this.chunks.push((this.latest = emptyChunk()));
    const { times, words } = this.latest;
    const first = at * WORDS;
    times[at] = time;
    words[first] = ((place + 1) << KIND_BITS) | kind;
    words[first + 1] = node;
    words[first + 2] = peer;
    words[first + 3] = cause;
    words[first + 4] = message;
    words[first + 5] = name;
    words[first + 6] = why;
    words[first + 7] = taped;
    this.length++;
    if (taped === NONE && body !== undefined) this.bodies.set(this.length, body);
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
    const word = (i: number): number => chunk.words[at * WORDS + i]!;
    const [node, peer, message, name, why] = [word(1), word(2), word(4), word(5), word(6)];
    const place = (word(0) >> KIND_BITS) - 1;
    const taped = word(7);
    const body = taped === NONE ? this.bodies.get(id) : this.tape.read(taped);
    return {
      id,
      time: chunk.times[at]!,
      kind: KINDS[word(0) & KIND_MASK]!,
      node: node === NONE ? null : this.endpointName(node),
      cause: word(3),
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
}
