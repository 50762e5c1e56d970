import { ProtocolFault } from './errors.js';
import type { Kernel } from './kernel.js';
import type { Plain } from './protocol.js';
import { EFFECT, type StepNode } from './step.js';
import { NONE } from './trace/log.js';

/** What the content of an effect is called where it is no plain data, by kind. */
const CONTENT_WORDS = [
  'message',
  'message',
  'timer payload',
  'reply',
  'reason',
  'redirection',
  'sync token',
  'reason',
  '',
] as const;

/** Does what a step asked for, in the order in which it asked, once it has ended. */
export class StepEffects {
  private readonly clientIndices = new Map<string, number>();

  constructor(
    private readonly kernel: Kernel,
    private readonly step: StepNode,
  ) {
    kernel.clientNames.forEach((name, i) => this.clientIndices.set(name, i));
  }

  wordFor(effect: number): string {
    return CONTENT_WORDS[this.step.kind[effect]!]!;
  }

  /** … of a node with a perfect disk. */
  perform(node: number, event: number, count: number): void {
    const halted = this.all(node, event, count, false);
    if (halted !== null) this.kernel.hooks!.halted(node, halted, event);
  }

  /** … of a node with a disk: what it sends may have to wait for a sync. */
  performOnDisk(node: number, event: number, count: number, durableChanged: boolean): void {
    const { kernel } = this;
    const disk = kernel.nodes.disks[node]!;
    if (count === 0 && !durableChanged) return;
    if (durableChanged) {
      disk.disk.write(kernel.nodes.durables[node] as never);
      disk.written++;
    }
    const drives = kernel.nodes.runtimes[node]!.drivesDisk;
    const waits = !drives && kernel.config.disk!.syncBeforeSend !== false && disk.synced < disk.written;
    if (waits) disk.held.push({ write: disk.written, event, sends: [] });
    const halted = this.all(node, event, count, waits);
    if (!drives && disk.synced < disk.written) kernel.hooks!.needSync(node);
    if (halted !== null) kernel.hooks!.halted(node, halted, event);
  }

  /** @returns the reason when the node halts; what it asked for after that is not done. */
  private all(node: number, event: number, count: number, waits: boolean): string | null {
    const { step } = this;
    const { messenger } = this.kernel;
    for (let i = 0; i < count; i++) {
      const body = step.body[i] as Plain;
      step.body[i] = undefined;
      const kind = step.kind[i]!;
      if (kind === EFFECT.send && !waits)
        messenger.transmit(node, step.to[i]!, step.type[i]!, body, step.taped[i]!, step.bytes[i]!, event);
      else if (kind === EFFECT.halt) return body as string;
      else this.other(node, event, i, body, waits);
    }
    return null;
  }

  private other(node: number, event: number, i: number, body: Plain, waits: boolean): void {
    const { step, kernel } = this;
    switch (step.kind[i]) {
      case EFFECT.send:
        this.send(node, step.to[i]!, step.type[i]!, body, step.taped[i]!, step.bytes[i]!, event, waits);
        return;
      case EFFECT.broadcast: {
        for (const peer of kernel.nodes.peersOf(node)) {
          this.send(node, kernel.nodes.index(peer), step.type[i]!, body, step.taped[i]!, step.bytes[i]!, event, waits);
        }
        return;
      }
      case EFFECT.timer:
        kernel.setTimer(node, step.more[i]!, step.number[i]!, body, step.text[i]);
        return;
      case EFFECT.cancel:
        kernel.cancelTimer(node, step.more[i]!, step.text[i]);
        return;
      case EFFECT.sync:
        this.requestSync(node, body, event);
        return;
      default:
        this.answer(node, event, i, body, waits);
    }
  }

  /** What a step sends waits until the disk has what the step made durable. */
  private send(
    from: number,
    to: number,
    type: number,
    body: Plain,
    taped: number,
    bytes: number,
    event: number,
    waits: boolean,
  ): void {
    const { kernel } = this;
    if (waits) kernel.nodes.disks[from]!.held.at(-1)!.sends.push({ to, type, body, taped, bytes });
    else kernel.messenger.transmit(from, to, type, body, taped, bytes, event);
  }

  private requestSync(node: number, token: Plain, event: number): void {
    const { kernel } = this;
    const disk = kernel.nodes.disks[node];
    if (disk !== undefined) {
      disk.tokens.push(token);
      kernel.hooks!.needSync(node);
      return;
    }
    // Without a configured disk everything is synced at once, and the answer comes in the next step.
    const incarnation = kernel.nodes.incarnation[node];
    kernel.call(kernel.now, event, (cause) => {
      if (kernel.nodes.incarnation[node] === incarnation) kernel.diskAnswers(node, 'synced', token, undefined, cause);
    });
  }

  private answer(node: number, event: number, i: number, body: Plain, waits: boolean): void {
    const { step, kernel } = this;
    const ref = step.text[i]!;
    const client = this.clientOf(ref);
    if (client < 0) {
      throw new ProtocolFault(
        'known-requests',
        `${kernel.endpointName(node)} answers the request ${JSON.stringify(ref)}, which no client made`,
      );
    }
    const kind = step.kind[i]!;
    const type = kind === EFFECT.reply ? 'reply:ok' : kind === EFFECT.fail ? 'reply:fail' : 'reply:redirect';
    const content =
      kind === EFFECT.reply ? { ref, result: body } : kind === EFFECT.fail ? { ref, reason: body } : { ref, to: body };
    kernel.digest.text(ref);
    const bytes = step.bytes[i]! + ref.length;
    this.send(node, kernel.nodes.count + client, kernel.types.index(type), content, NONE, bytes, event, waits);
  }

  /** The client that made a request (`c3#17.1` is c3's), or -1. */
  private clientOf(ref: string): number {
    const end = ref.indexOf('#');
    return end < 0 ? -1 : (this.clientIndices.get(ref.slice(0, end)) ?? -1);
  }
}
