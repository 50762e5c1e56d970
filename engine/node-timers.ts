import { ProtocolFault } from './errors.js';
import { PENDING } from './events.js';
import type { Kernel } from './kernel.js';
import type { Plain } from './protocol.js';
import type { Micros } from './time.js';
import { Timers } from './timers.js';
import { KIND, NONE } from './trace/log.js';

/** What nodes ask of their timers, each on its own clock, and what happens when one is due. */
export class NodeTimers {
  private readonly timers: Timers;
  /** By timer name: the number of the same text among the types. */
  private readonly types: number[] = [];

  constructor(private readonly kernel: Kernel) {
    this.timers = new Timers(kernel.nodes.count, kernel.timerNames.size);
  }

  set(node: number, name: string, after: Micros, payload: Plain, key: string | undefined): void {
    const { kernel } = this;
    const slot = this.slot(node, name, key);
    const due = Math.min(kernel.now + kernel.clocks.trueDelay(node, after), Number.MAX_SAFE_INTEGER);
    if (this.timers.set(slot, due, payload, kernel.current)) this.push(slot, node, due);
  }

  cancel(node: number, name: string, key: string | undefined): void {
    const slot = this.slot(node, name, key);
    this.timers.cancel(slot);
    // A key may never come back: one that waits for nothing is forgotten.
    if (key !== undefined) this.timers.forget(slot);
  }

  /** The node crashed: none of its timers will fire. */
  cancelAll(node: number): void {
    this.timers.cancelAll(node);
  }

  /** Moves a node's running timers when its clock changes its pace: each keeps what is left of it on the node's clock. */
  rescale(node: number, oldPpm: number): void {
    const { now, clocks } = this.kernel;
    const ratio = (1e6 + oldPpm) / (1e6 + clocks.driftOf(node));
    for (const { slot, due } of [...this.timers.running(node)]) {
      // It has popped and waits for its node, which is paused or busy.
      if (due <= now) continue;
      const moved = now + Math.ceil((due - now) * ratio);
      if (this.timers.move(slot, moved)) this.push(slot, node, moved);
    }
  }

  /** A timer's entry in the queue has come up. */
  popped(entry: number, node: number): void {
    const { kernel, timers } = this;
    const slot = kernel.pending.subjectOf(entry);
    // A frozen machine's timers do not fire; they will as soon as it goes on.
    if (kernel.defer(node, entry)) return;
    kernel.pending.release(entry);
    const outcome = timers.popped(slot, entry, kernel.now);
    if (outcome === 'ignore') return;
    if (outcome !== 'fire') {
      this.push(slot, node, outcome);
      return;
    }
    const name = timers.name[slot]!;
    const key = timers.key(slot);
    const cause = timers.cause[slot]!;
    const payload = timers.takePayload(slot);
    timers.forget(slot);
    const type = (this.types[name] ??= kernel.types.index(kernel.timerNames.text(name)));
    const event = kernel.record(KIND.timer, node, cause, NONE, NONE, type, key, NONE, NONE);
    // A timer may have the name of a message: below zero, it is a timer's.
    kernel.run(node, event, kernel.nodes.runtimes[node]!.onTimer[name]!, payload, key, ~type);
  }

  private slot(node: number, name: string, key: string | undefined): number {
    const { kernel } = this;
    const index = kernel.timerNames.index(name);
    if (kernel.nodes.runtimes[node]!.onTimer[index] === undefined) {
      throw new ProtocolFault(
        'known-timers',
        `${kernel.endpointName(node)} sets the timer ${JSON.stringify(name)}, which has no handler`,
      );
    }
    return this.timers.slot(node, index, key);
  }

  private push(slot: number, node: number, due: Micros): void {
    const { pending, queue } = this.kernel;
    const entry = pending.add(PENDING.timer, node, NONE, slot, NONE, 0, 0, undefined);
    this.timers.pushed(slot, due, entry);
    queue.push(due, entry);
  }
}
