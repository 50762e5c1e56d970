import { flip } from './disk.js';
import { PENDING } from './events.js';
import type { Kernel } from './kernel.js';
import { HELD, ODD } from './network.js';
import { STATUS } from './nodes.js';
import type { Plain } from './protocol.js';
import { KIND, NONE } from './trace/log.js';

const SENDING = 0;
const DELIVERY = 1;

/** In place of a connection's epoch: the receiver's checksum will notice the damage. */
const CHECKSUM = -1;
/** … It waits for its receiver's turn: what happens to the link from now on does not concern it. */
const ARRIVED = -2;

/** A message that stays on its link. */
interface Held {
  readonly from: number;
  readonly to: number;
  readonly type: number;
  readonly message: number;
  readonly cause: number;
  readonly epoch: number;
  readonly body: Plain;
}

/**
 * The path of a message. `transmit` notes that it was sent and asks the network what becomes of it: it is lost at once, held
 * on its link, or pending until it arrives. `arrive` judges it again and hands it to a node's handler or to a client.
 */
export class Messenger {
  private messages = 0;
  private held: Held[] = [];

  constructor(private readonly kernel: Kernel) {}

  /** Sends a message whose content is already fixed. @param taped where that is on the trace's tape, or `NONE` */
  transmit(from: number, to: number, type: number, body: Plain, taped: number, bytes: number, cause: number): void {
    const { kernel } = this;
    const { network, statistics } = kernel;
    const message = ++this.messages;
    const sent =
      taped === NONE && kernel.trace !== null
        ? kernel.record(KIND.send, from, cause, to, message, type, body, NONE, NONE)
        : kernel.recordMessage(KIND.send, from, cause, to, message, type, taped);
    statistics.sent++;
    statistics.bytes += bytes;
    const latency = network.offer(from, to, type, bytes, kernel.now);
    if (latency === ODD) {
      this.transmitOddly(from, to, type, message, sent, body);
      return;
    }
    const entry = kernel.pending.add(PENDING.deliver, to, from, type, message, sent, 0, body);
    kernel.queue.push(kernel.now + latency, entry);
  }

  /** The network loses, damages, holds or doubles it, or several of these, or it goes over a connection. */
  private transmitOddly(from: number, to: number, type: number, message: number, cause: number, body: Plain): void {
    const { kernel } = this;
    const { network, pending, queue } = kernel;
    if (network.lost !== null) {
      this.drop(from, to, message, type, cause, network.lost, SENDING);
      return;
    }
    const { arrival, secondArrival } = network;
    let { epoch } = network;
    let content = body;
    if (network.damage >= 0) {
      if (network.damageNoticed) epoch = CHECKSUM;
      else content = this.damaged(from, to, body, network.damage);
      kernel.record(KIND.corrupt, from, cause, to, message, type, content, NONE, NONE);
    }
    if (arrival === HELD) {
      this.held.push({ from, to, type, message, cause, epoch, body: content });
      return;
    }
    queue.push(arrival, pending.add(PENDING.deliver, to, from, type, message, cause, epoch, content));
    if (secondArrival >= 0) {
      kernel.record(KIND.duplicate, from, cause, to, message, type, undefined, NONE, NONE);
      queue.push(secondArrival, pending.add(PENDING.deliver, to, from, type, message, cause, epoch, content));
    }
  }

  /** Lets go of the messages that no rule holds any more. */
  releaseHeld(): void {
    const { network, pending, queue, now } = this.kernel;
    const held = this.held;
    this.held = [];
    network.beginReleases();
    for (const item of held) {
      const { to, from, type, message, cause, epoch, body } = item;
      const arrival = network.release(from, to, type, epoch, now);
      if (arrival === HELD) this.held.push(item);
      else queue.push(arrival, pending.add(PENDING.deliver, to, from, type, message, cause, epoch, body));
    }
  }

  /** A message has come to its receiver's door. */
  arrive(entry: number): void {
    const { pending, nodes, network } = this.kernel;
    const to = pending.nodeOf(entry);
    const plainly =
      to < nodes.count && nodes.isFree(to) && pending.epochOf(entry) === 0 && network.links.cuts.length === 0;
    if (plainly) this.deliver(entry, to);
    else this.arriveOddly(entry, to);
  }

  /** It may be for a client, the receiver may be down or held up, something may have happened to the message or its link. */
  private arriveOddly(entry: number, to: number): void {
    const { kernel } = this;
    const { pending, nodes } = kernel;
    const lost = this.verdictAtDelivery(pending.peerOf(entry), to, pending.epochOf(entry));
    if (lost !== null) {
      this.dropArrived(entry, lost);
    } else if (to >= nodes.count) {
      this.deliverToClient(entry, to);
    } else if (kernel.defer(to, entry)) {
      pending.setEpoch(entry, ARRIVED);
    } else {
      this.deliver(entry, to);
    }
  }

  private deliver(entry: number, to: number): void {
    const { kernel } = this;
    const { nodes, pending } = kernel;
    const type = pending.subjectOf(entry);
    const handler = nodes.runtimes[to]!.onMessage[type];
    if (handler === undefined) {
      const name = kernel.types.text(type);
      kernel.notUnderstood.set(name, (kernel.notUnderstood.get(name) ?? 0) + 1);
      this.dropArrived(entry, 'unknown type');
      return;
    }
    const from = pending.peerOf(entry);
    const body = pending.body[entry];
    const event = this.recordArrival(entry, from, to, type);
    kernel.steps.run(to, event, handler, body, from < nodes.count ? nodes.ids[from] : undefined, type);
  }

  private recordArrival(entry: number, from: number, to: number, type: number): number {
    const { kernel } = this;
    const { pending } = kernel;
    const cause = pending.causeOf(entry);
    const message = pending.messageOf(entry);
    pending.release(entry);
    kernel.statistics.delivered++;
    return kernel.recordMessage(KIND.deliver, to, cause, from, message, type, NONE);
  }

  private dropArrived(entry: number, why: string): void {
    const { pending } = this.kernel;
    const [from, to, message] = [pending.peerOf(entry), pending.nodeOf(entry), pending.messageOf(entry)];
    const [type, cause] = [pending.subjectOf(entry), pending.causeOf(entry)];
    pending.release(entry);
    this.drop(from, to, message, type, cause, why, DELIVERY);
  }

  private deliverToClient(entry: number, to: number): void {
    const { kernel } = this;
    const { pending, nodes } = kernel;
    const type = pending.subjectOf(entry);
    const from = pending.peerOf(entry);
    const body = pending.body[entry] as Plain;
    const event = this.recordArrival(entry, from, to, type);
    kernel.hooks!.toClient(to - nodes.count, kernel.types.text(type), body, from, event);
  }

  private verdictAtDelivery(from: number, to: number, epoch: number): string | null {
    const { nodes, network } = this.kernel;
    if (to < nodes.count && nodes.status[to] !== STATUS.up) return 'receiver is down';
    if (epoch === CHECKSUM) return 'checksum';
    if (epoch === ARRIVED) return null;
    return network.verdictAtDelivery(from, to, epoch);
  }

  private drop(
    from: number,
    to: number,
    message: number,
    type: number,
    cause: number,
    why: string,
    place: number,
  ): void {
    const { kernel } = this;
    kernel.statistics.dropped++;
    const at = place === SENDING ? from : to;
    const other = place === SENDING ? to : from;
    kernel.record(KIND.drop, at, cause, other, message, type, undefined, kernel.types.index(why), place);
  }

  /** A content as it arrives: something in it has changed. What the engine itself adds to a message does not. */
  private damaged(from: number, to: number, body: Plain, choice: number): Plain {
    const changed = this.flipped(from, to, body, choice);
    this.kernel.copy(changed, () => 'a damaged message');
    return changed;
  }

  private flipped(from: number, to: number, body: Plain, choice: number): Plain {
    const fields = body as Readonly<Record<string, Plain>>;
    const { count } = this.kernel.nodes;
    if (from >= count) return { ...fields, args: flip(fields['args'], choice) };
    if (to >= count) return 'result' in fields ? { ...fields, result: flip(fields['result'], choice) } : body;
    const { type, ...content } = fields;
    return { type, ...(flip(content, choice) as Readonly<Record<string, Plain>>) };
  }
}
