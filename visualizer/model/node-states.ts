import type { Change, Plain, Role, TraceEvent } from '../../engine/index.js';

/** Every so many events a whole image is kept, so that a jump replays at most that many. */
const CHECKPOINT_EVERY = 256;

export type NodeStatus = 'unstarted' | 'up' | 'down' | 'paused';

/** A node after an event. Never changed: images share what did not change. */
export interface NodeImage {
  readonly status: NodeStatus;
  readonly role: Role | null;
  /** `{durable, volatile}`; absent where the run was recorded without states. */
  readonly state: Plain;
}

export type ClusterImage = ReadonlyMap<string, NodeImage>;

const UNSTARTED: NodeImage = { status: 'unstarted', role: null, state: undefined };

/** Every node at every event, forwards and backwards. */
export class NodeStates {
  /** `#checkpoints[k]` is the image after the first `k * CHECKPOINT_EVERY` events. */
  readonly #checkpoints: ClusterImage[];
  #latest: { readonly after: number; readonly image: ClusterImage };

  constructor(
    private readonly events: readonly TraceEvent[],
    nodes: readonly string[],
  ) {
    const start: ClusterImage = new Map(nodes.map((node) => [node, UNSTARTED]));
    this.#checkpoints = [start];
    this.#latest = { after: 0, image: start };
  }

  /** @param at position of the last event that has happened; -1 before the first. */
  at(at: number): ClusterImage {
    const wanted = Math.max(0, Math.min(this.events.length, at + 1));
    let from = this.#nearest(wanted);
    if (this.#latest.after <= wanted && this.#latest.after > from.after) from = this.#latest;
    const image = this.#replay(from.after, from.image, wanted);
    this.#latest = { after: wanted, image };
    return image;
  }

  #nearest(wanted: number): { readonly after: number; readonly image: ClusterImage } {
    const slot = Math.min(Math.floor(wanted / CHECKPOINT_EVERY), this.#checkpoints.length - 1);
    return { after: slot * CHECKPOINT_EVERY, image: this.#checkpoints[slot] ?? new Map() };
  }

  #replay(from: number, start: ClusterImage, to: number): ClusterImage {
    if (from === to) return start;
    const image = new Map(start);
    for (let done = from; done < to; done += 1) {
      const event = this.events[done];
      if (event !== undefined) applyEvent(image, event);
      if ((done + 1) % CHECKPOINT_EVERY === 0 && this.#checkpoints.length * CHECKPOINT_EVERY === done + 1) {
        this.#checkpoints.push(new Map(image));
      }
    }
    return image;
  }
}

function applyEvent(image: Map<string, NodeImage>, event: TraceEvent): void {
  if (event.node === null) return;
  const before = image.get(event.node);
  if (before === undefined) return;
  const status = statusAfter(before.status, event);
  if (status === before.status && event.changes === undefined && event.role === undefined) return;
  let { state } = before;
  // What is not on the disk is gone with the power.
  if (status === 'down' && isState(state)) state = { durable: state['durable'] };
  for (const change of event.changes ?? []) state = applyChange(state, change, 0);
  image.set(event.node, { status, role: event.role ?? before.role, state });
}

function isState(state: Plain): state is { readonly [key: string]: Plain } {
  return typeof state === 'object' && state !== null && 'durable' in state;
}

export function statusAfter(before: NodeStatus, event: TraceEvent): NodeStatus {
  switch (event.kind) {
    case 'start':
    case 'resume':
      return 'up';
    case 'crash':
    case 'halt':
      return 'down';
    case 'pause':
      return 'paused';
    default:
      return before;
  }
}

/** A copy of `value` with one place changed; everything beside the path is shared. */
export function applyChange(value: Plain, change: Change, depth: number): Plain {
  const part = change.path[depth];
  if (part === undefined) return change.to;
  const last = depth === change.path.length - 1;
  const removed = last && change.to === undefined;
  if (value instanceof Set) {
    const copy = new Set(value as ReadonlySet<string | number>);
    if (removed) copy.delete(part);
    else copy.add(part);
    return copy;
  }
  if (value instanceof Map) {
    const copy = new Map(value as ReadonlyMap<string | number, Plain>);
    if (removed) copy.delete(part);
    else copy.set(part, applyChange(copy.get(part), change, depth + 1));
    return copy;
  }
  if (Array.isArray(value)) {
    const copy = [...(value as readonly Plain[])];
    // Elements go from the end, so that a removed index means that the array got shorter.
    if (removed) copy.length = Math.min(copy.length, Number(part));
    else copy[Number(part)] = applyChange(copy[Number(part)], change, depth + 1);
    return copy;
  }
  const copy: Record<string, Plain> = { ...(value as Record<string, Plain> | null | undefined) };
  if (removed) delete copy[String(part)];
  else copy[String(part)] = applyChange(copy[String(part)], change, depth + 1);
  return copy;
}

/** What is at a path, or `undefined`. */
export function valueAt(value: Plain, path: readonly (string | number)[]): Plain {
  let here: Plain = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    if (here instanceof Set) here = here.has(part) ? part : undefined;
    else if (here instanceof Map) here = here.get(part) as Plain;
    else here = (here as { readonly [key: string]: Plain })[String(part)];
  }
  return here;
}
