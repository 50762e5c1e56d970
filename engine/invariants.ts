import type { Kernel } from './kernel.js';
import type { AnyProtocol, Invariant, World } from './protocol.js';
import { NONE } from './trace/log.js';

/** Checks a protocol's invariants as the run goes. Each is told once. */
export class Invariants {
  private readonly all: { readonly invariant: Invariant<object>; readonly memory: unknown; broken: boolean }[];

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
    for (const checked of this.all) {
      if (checked.broken) continue;
      const message = checked.invariant.afterStep(checked.memory, view, this.world);
      if (typeof message !== 'string') continue;
      checked.broken = true;
      this.kernel.violate(checked.invariant.name, message, node, event);
    }
  }

  atEnd(): void {
    for (const checked of this.all) {
      if (checked.broken) continue;
      const message = checked.invariant.atEnd?.(checked.memory, this.world);
      if (typeof message !== 'string') continue;
      checked.broken = true;
      this.kernel.violate(checked.invariant.name, message, NONE, this.kernel.events);
    }
  }
}
