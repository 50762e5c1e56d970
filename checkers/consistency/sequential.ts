import type { Operation } from '../history/operation.js';
import { counts, isPure, type AnyModel } from '../models/model.js';
import { canonical } from '../values.js';
import type { ProcessId } from '../../engine/history.js';

/** What a search for one order of all operations came to. */
export type Outcome =
  | { readonly verdict: 'ok'; readonly order: readonly number[] }
  | { readonly verdict: 'violation' }
  | { readonly verdict: 'undecided'; readonly exhausted: 'steps' | 'memory' | 'stopped' };

export interface SequentialOptions {
  readonly steps: number;
  readonly memoryBytes: number;
  readonly shouldStop?: (() => boolean) | undefined;
  /** For an operation's `id`: the ids of those that surely come before it. */
  readonly after?: ReadonlyMap<number, readonly number[]> | undefined;
}

interface Frame {
  readonly options: readonly { readonly process: number; readonly next: unknown }[];
  tried: number;
}

const ENTRY_BYTES = 100;
const ASKED_EVERY = 4_096;

/**
 * Is there one order of all operations that keeps the order of each client and that the model could do? By search over
 * (how far each client is, state of each key), which is NP-complete in general (Gibbons and Korach, 1997); never the same
 * configuration twice. Operations are tried in the order of their calls, so that a linearizable history is settled at once.
 */
export function sequentialOrder(model: AnyModel, all: readonly Operation[], options: SequentialOptions): Outcome {
  return new SequentialSearch(model, all, options).run();
}

class SequentialSearch {
  private readonly clients: Operation[][] = [];
  private readonly at: number[] = [];
  private readonly states = new Map<string, unknown>();
  private readonly dead = new Set<string>();
  private readonly done = new Set<number>();
  private readonly order: number[] = [];
  private readonly stateNames = new Map<string, number>();
  private readonly keyOf = new Map<Operation, string>();
  private bytes = 0;
  private steps = 0;
  private missing = 0;

  constructor(
    private readonly model: AnyModel,
    all: readonly Operation[],
    private readonly options: SequentialOptions,
  ) {
    const index = new Map<ProcessId, number>();
    for (const operation of all) {
      if (!counts(model, operation) || (operation.outcome === 'unknown' && isPure(model, operation))) continue;
      let client = index.get(operation.process);
      if (client === undefined) {
        client = index.size;
        index.set(operation.process, client);
        this.clients.push([]);
        this.at.push(0);
      }
      (this.clients[client] as Operation[]).push(operation);
      this.keyOf.set(operation, canonical(operation.key));
      if (operation.outcome !== 'unknown') this.missing++;
    }
  }

  run(): Outcome {
    const frames: Frame[] = [this.frame()];
    for (;;) {
      if (this.missing === 0) return { verdict: 'ok', order: this.order };
      if (++this.steps > this.options.steps) return { verdict: 'undecided', exhausted: 'steps' };
      if (this.bytes > this.options.memoryBytes) return { verdict: 'undecided', exhausted: 'memory' };
      if (this.steps % ASKED_EVERY === 0 && this.options.shouldStop?.() === true)
        return { verdict: 'undecided', exhausted: 'stopped' };
      const frame = frames.at(-1) as Frame;
      const option = frame.options[frame.tried++];
      if (option === undefined) {
        frames.pop();
        if (frames.length === 0) return { verdict: 'violation' };
        // Only what led nowhere is remembered: what is on the way cannot come again, as every step takes an operation.
        if ((frames.at(-1) as Frame).options.length > 1) this.remember();
        this.undo(frames.at(-1) as Frame);
        continue;
      }
      this.take(option.process, option.next);
      // Where there was no choice, there is nothing to come back to.
      const open = frame.options.length === 1 || this.dead.size === 0 || !this.dead.has(this.configuration());
      if (open) frames.push(this.frame());
      else this.undo(frame);
    }
  }

  /** What may come next: a pure operation that fits alone, as it changes nothing and only sets its client free. */
  private frame(): Frame {
    const options: { process: number; next: unknown; call: number }[] = [];
    for (let process = 0; process < this.clients.length; process++) {
      const operation = (this.clients[process] as Operation[])[this.at[process] as number];
      if (operation === undefined || !this.free(operation)) continue;
      const states = this.model.rule(operation.f)?.step(this.state(operation), operation) ?? [];
      if (states.length > 0 && isPure(this.model, operation)) {
        return { options: [{ process, next: this.state(operation) }], tried: 0 };
      }
      for (const next of states) options.push({ process, next, call: operation.call });
    }
    options.sort((a, b) => a.call - b.call);
    return { options, tried: 0 };
  }

  private free(operation: Operation): boolean {
    return (this.options.after?.get(operation.id) ?? []).every((id) => this.done.has(id));
  }

  private state(operation: Operation): unknown {
    const key = this.keyOf.get(operation) as string;
    if (!this.states.has(key)) this.states.set(key, this.model.init());
    return this.states.get(key);
  }

  private readonly undoStates: unknown[] = [];

  private take(process: number, next: unknown): void {
    const operation = (this.clients[process] as Operation[])[this.at[process] as number] as Operation;
    this.undoStates.push(this.state(operation));
    this.states.set(this.keyOf.get(operation) as string, next);
    this.at[process]!++;
    this.order.push(operation.id);
    this.done.add(operation.id);
    if (operation.outcome !== 'unknown') this.missing--;
  }

  /** Takes back the option that a frame tried last. */
  private undo(frame: Frame): void {
    const { process } = frame.options[frame.tried - 1] as { process: number };
    const operation = (this.clients[process] as Operation[])[--this.at[process]!] as Operation;
    this.states.set(this.keyOf.get(operation) as string, this.undoStates.pop());
    this.order.pop();
    this.done.delete(operation.id);
    if (operation.outcome !== 'unknown') this.missing++;
  }

  private configuration(): string {
    const parts = [...this.states].map(([key, state]) => `${key}=${this.nameOf(state)}`);
    return `${this.at.join()}|${parts.sort((a, b) => (a < b ? -1 : 1)).join()}`;
  }

  private remember(): void {
    const name = this.configuration();
    this.dead.add(name);
    this.bytes += 2 * name.length + ENTRY_BYTES;
  }

  private nameOf(state: unknown): number {
    const text = canonical(this.model.identity?.(state) ?? state);
    let name = this.stateNames.get(text);
    if (name === undefined) {
      name = this.stateNames.size;
      this.stateNames.set(text, name);
      this.bytes += 2 * text.length + ENTRY_BYTES;
    }
    return name;
  }
}
