import { asProtocolFault, ProtocolFault } from './errors.js';
import type { Kernel } from './kernel.js';
import type { AnyProtocol, Invariant, World } from './protocol.js';
import { NONE } from './trace/log.js';

interface Checked {
  readonly invariant: Invariant<object>;
  readonly memory: unknown;
  broken: boolean;
}

/** Checks a protocol's invariants as the run goes. Each is told once. */
export class Invariants {
  private readonly all: Checked[];

  constructor(
    protocol: AnyProtocol,
    private readonly kernel: Kernel,
    private readonly world: World<object>,
  ) {
    const invariants = (protocol.invariants ?? []) as readonly Invariant<object>[];
    this.all = invariants.map((invariant) => ({ invariant, memory: invariant.memory(), broken: false }));
  }

  afterStep(node: number, event: number): void {
    if (this.all.length === 0) return;
    const view = this.kernel.nodes.view(node);
    // A node that stopped in its step has no volatile state to look at; what it made durable shows when it starts again.
    if (!view.up) return;
    for (const checked of this.all) {
      if (checked.broken) continue;
      this.judge(checked, node, event, () => checked.invariant.afterStep(checked.memory, view, this.world));
    }
  }

  atEnd(): void {
    for (const checked of this.all) {
      if (checked.broken) continue;
      this.judge(checked, NONE, this.kernel.events, () => checked.invariant.atEnd?.(checked.memory, this.world));
    }
  }

  private judge(checked: Checked, node: number, event: number, ask: () => string | null | undefined): void {
    const { name } = checked.invariant;
    let message: string | null | undefined;
    try {
      message = ask();
    } catch (error) {
      const fault = asProtocolFault(error, `the invariant "${name}"`);
      if (!(fault instanceof ProtocolFault)) throw fault;
      checked.broken = true;
      this.kernel.violate(fault.property, fault.message, node, event);
      return;
    }
    if (typeof message !== 'string') return;
    checked.broken = true;
    this.kernel.violate(name, message, node, event);
  }
}
