import { asProtocolFault, ProtocolFault } from './errors.js';
import type { Kernel } from './kernel.js';
import type { AnyProtocol, Invariant, World } from './protocol.js';
import { NONE } from './trace/log.js';

interface Checked {
  readonly invariant: Invariant<object>;
  readonly memory: unknown;
  /** Is it the one that notes, for all that share its memory? */
  readonly notes: boolean;
  broken: boolean;
}

function remembering(invariants: readonly Invariant<object>[]): Checked[] {
  const shared = new Map<unknown, unknown>();
  return invariants.map((invariant) => {
    const note: unknown = Reflect.get(invariant, 'note');
    const notes = note !== undefined && !shared.has(note);
    if (note !== undefined && !notes) return { invariant, memory: shared.get(note), notes, broken: false };
    const memory = invariant.memory();
    if (notes) shared.set(note, memory);
    return { invariant, memory, notes, broken: false };
  });
}

/** Checks a protocol's invariants as the run goes. Each is told once. */
export class Invariants {
  /** Is there anything to check? */
  readonly any: boolean;
  private readonly all: Checked[];

  constructor(
    protocol: AnyProtocol,
    private readonly kernel: Kernel,
    private readonly world: World<object>,
  ) {
    const invariants = (protocol.invariants ?? []) as readonly Invariant<object>[];
    this.all = remembering(invariants);
    this.any = this.all.length > 0;
  }

  afterStep(node: number, event: number): void {
    // A node that stopped in its step has no volatile state to look at; what it made durable shows when it starts again.
    if (!this.kernel.nodes.isUp(node)) return;
    const view = this.kernel.nodes.view(node);
    const { all, world } = this;
    for (let i = 0; i < all.length; i++) {
      const checked = all[i]!;
      if (checked.broken && !checked.notes) continue;
      let message: string | null | undefined;
      try {
        if (checked.notes) checked.invariant.note!(checked.memory, view, world);
        if (checked.broken) continue;
        message = checked.invariant.afterStep(checked.memory, view, world);
      } catch (error) {
        this.threw(checked, node, event, error);
        continue;
      }
      if (typeof message === 'string') this.broke(checked, node, event, message);
    }
  }

  atEnd(): void {
    for (const checked of this.all) {
      if (checked.broken) continue;
      let message: string | null | undefined;
      try {
        message = checked.invariant.atEnd?.(checked.memory, this.world);
      } catch (error) {
        this.threw(checked, NONE, this.kernel.events, error);
        continue;
      }
      if (typeof message === 'string') this.broke(checked, NONE, this.kernel.events, message);
    }
  }

  private threw(checked: Checked, node: number, event: number, error: unknown): void {
    const fault = asProtocolFault(error, `the invariant "${checked.invariant.name}"`);
    if (!(fault instanceof ProtocolFault)) throw fault;
    checked.broken = true;
    this.kernel.violate(fault.property, fault.message, node, event);
  }

  private broke(checked: Checked, node: number, event: number, message: string): void {
    checked.broken = true;
    this.kernel.violate(checked.invariant.name, message, node, event);
  }
}
