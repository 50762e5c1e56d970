import { enableMapSet, Immer, type Draft } from 'immer';
import { asProtocolFault, ProtocolFault } from './errors.js';
import { HandlerLog } from './handler-log.js';
import type { Kernel } from './kernel.js';
import { NOTHING } from './nothing.js';
import { deepFreeze, locateProblem } from './plain.js';
import type { Plain, Role } from './protocol.js';
import { setDrafting } from './read-only.js';
import type { AnyHandler } from './runtime.js';
import { StepEffects } from './step-effects.js';
import { EFFECT, StepNode } from './step.js';
import { NONE } from './trace/log.js';
import { StateChanges } from './trace/changes.js';

enableMapSet();

/**
 * One step: a handler runs to its end at one instant, on a draft of its node's state at the recorded speed and on the state
 * itself at the direct one. What it sent is fixed by a copy as the step ends; then it is done.
 */
export class StepRunner {
  readonly handlers: HandlerLog;
  private readonly step: StepNode;
  private readonly effects: StepEffects;
  private readonly immer = new Immer({ autoFreeze: false });
  private draft: Draft<{ durable: object; volatile: object }> | null = null;
  /** Durable states are immutable values wherever a disk may lose them. */
  private readonly draftDurable: boolean;
  private readonly drafts: boolean;
  private readonly statesLevel: boolean;
  private readonly roles: (Role | undefined)[] = [];
  private readonly changes = new StateChanges();
  /** Nodes whose next step is their start: the trace then holds their whole state. */
  private readonly fresh = new Set<number>();

  constructor(private readonly kernel: Kernel) {
    const { config } = kernel;
    this.draftDurable = config.disk !== undefined;
    this.drafts = this.draftDurable || kernel.recorded;
    this.statesLevel = config.trace === 'states';
    this.handlers = new HandlerLog(kernel.nodes, kernel.types, config.host);
    this.step = new StepNode(kernel);
    this.effects = new StepEffects(kernel, this.step);
  }

  /** @param name the number of the handler's name, as `HandlerLog` takes it. */
  run(node: number, event: number, handler: AnyHandler, first: unknown, second: unknown, name: number): void {
    const { kernel, handlers } = this;
    kernel.statistics.steps++;
    kernel.current = event;
    handlers.began(node, name);
    this.begin(node);
    try {
      const returned = handler(this.step, first, second);
      if (returned !== undefined) this.refuseReturned(returned, node, name);
      this.end(node, event);
    } catch (error) {
      this.abandon(node, event);
      this.handlerThrew(error, node, event, name);
    }
    kernel.current = 0;
    // Outside the net: what the hooks throw is none of the protocol's.
    kernel.hooks!.afterStep(node, event);
    // After the invariants, which may loop for ever just as well.
    handlers.ended();
  }

  private begin(node: number): void {
    const { step } = this;
    const { nodes } = this.kernel;
    step.index = node;
    step.id = nodes.ids[node]!;
    step.options = nodes.options[node]!;
    step.effects = 0;
    step.timersWaiting = 0;
    step.durable = nodes.durables[node]!;
    step.volatile = nodes.volatiles[node]!;
    if (this.drafts) this.beginDrafts();
  }

  private beginDrafts(): void {
    const { step } = this;
    setDrafting(true);
    const { durable, volatile } = step;
    if (this.kernel.recorded) {
      const draft = this.immer.createDraft({ durable, volatile });
      this.draft = draft;
      step.durable = durable === NOTHING ? durable : draft.durable;
      step.volatile = volatile === NOTHING ? volatile : draft.volatile;
    } else if (durable !== NOTHING) {
      step.durable = this.immer.createDraft(durable) as object;
    }
  }

  private end(node: number, event: number): void {
    const { step } = this;
    const count = step.effects;
    if (count === 1 && !this.drafts && step.kind[0] === EFFECT.send) {
      this.sendOnly(node, event);
      return;
    }
    if (count > 0) this.fixContents(node, count);
    if (this.drafts) {
      this.endDrafts(node, event, count);
      return;
    }
    step.index = -1;
    if (count > 0) this.effects.perform(node, event, count);
  }

  /** The commonest end of a step: one message, which so need not be put down in columns. */
  private sendOnly(node: number, event: number): void {
    const { step } = this;
    const { walker, messenger } = this.kernel;
    const message = step.body[0];
    step.body[0] = undefined;
    walker.bytes = 0;
    const taped = walker.tape === null ? NONE : walker.tape.length;
    const type = this.typeOf(message, node);
    let body: Plain;
    try {
      body = walker.copy(message, type);
    } catch (problem) {
      throw locateProblem(problem, message, `${this.kernel.endpointName(node)}'s message`);
    }
    step.index = -1;
    messenger.transmit(node, step.to[0]!, type, body, taped, walker.bytes, event);
  }

  private endDrafts(node: number, event: number, count: number): void {
    const { step } = this;
    const { nodes } = this.kernel;
    const durableBefore = nodes.durables[node]!;
    const volatileBefore = nodes.volatiles[node]!;
    this.finish(node);
    step.index = -1;
    if (this.statesLevel) this.traceStates(node, event, durableBefore, volatileBefore);
    const changed = this.draftDurable && nodes.durables[node] !== durableBefore;
    if (this.draftDurable) this.effects.performOnDisk(node, event, count, changed);
    else if (count > 0) this.effects.perform(node, event, count);
  }

  /** Copies everything that leaves the node, so that it shares no memory with a state. What is sent to several, once. */
  private fixContents(node: number, count: number): void {
    const { kind, body, type, taped, bytes } = this.step;
    const { walker, recorded } = this.kernel;
    let latest: unknown;
    let i = 0;
    try {
      for (; i < count; i++) {
        const content = body[i];
        if (content !== undefined && content === latest && kind[i] === EFFECT.send && kind[i - 1] === EFFECT.send) {
          body[i] = body[i - 1];
          type[i] = type[i - 1]!;
          taped[i] = taped[i - 1]!;
          bytes[i] = bytes[i - 1]!;
          continue;
        }
        latest = content;
        walker.bytes = 0;
        taped[i] = walker.tape === null ? NONE : walker.tape.length;
        const number = kind[i]! <= EFFECT.broadcast ? this.typeOf(content, node) : NONE;
        type[i] = number;
        if (content !== undefined) {
          const copy = walker.copy(content, number);
          body[i] = recorded ? deepFreeze(copy) : copy;
        }
        bytes[i] = walker.bytes;
      }
    } catch (problem) {
      throw locateProblem(problem, body[i], `${this.kernel.endpointName(node)}'s ${this.effects.wordFor(i)}`);
    }
  }

  private typeOf(message: unknown, node: number): number {
    const type = (message as { readonly type?: unknown } | null)?.type;
    if (typeof type === 'string') return this.kernel.types.index(type);
    throw new ProtocolFault(
      'typed-messages',
      `${this.kernel.endpointName(node)} sends a message without a type: ${JSON.stringify(message)}`,
    );
  }

  private finish(node: number): void {
    const { draft } = this;
    const { nodes } = this.kernel;
    this.draft = null;
    setDrafting(false);
    if (draft !== null) {
      const state = this.immer.finishDraft(draft) as { durable: object; volatile: object };
      nodes.durables[node] = state.durable;
      nodes.volatiles[node] = state.volatile;
    } else if (this.draftDurable && !this.kernel.recorded && this.step.durable !== NOTHING) {
      nodes.durables[node] = this.immer.finishDraft(this.step.durable as Draft<object>);
    }
  }

  private traceStates(node: number, event: number, durable: object, volatile: object): void {
    const { nodes, trace } = this.kernel;
    const { durables, volatiles } = nodes;
    // What a node starts with (the protocol's initial state, or what its disk gave back) follows from no earlier change.
    const changes = this.fresh.delete(node)
      ? this.changes.whole(durables[node]!, volatiles[node]!)
      : this.changes.between(durable, volatile, durables[node]!, volatiles[node]!);
    // A node that is about to halt may be in no state that has a role: it has found its disk unreadable, say.
    const role = this.halts() ? undefined : nodes.role(node);
    const before = this.roles[node];
    const roleChanged = role !== undefined && (before?.name !== role.name || before.term !== role.term);
    if (roleChanged) this.roles[node] = role;
    if (changes.length > 0 || roleChanged) trace!.detail(event, changes, roleChanged ? role : undefined);
  }

  private halts(): boolean {
    const { step } = this;
    for (let i = 0; i < step.effects; i++) if (step.kind[i] === EFFECT.halt) return true;
    return false;
  }

  /** The node has no state any more (it crashed), or a new one (it starts): the next change is told from there. */
  forgetRole(node: number): void {
    this.roles[node] = undefined;
    if (this.statesLevel) this.fresh.add(node);
  }

  private refuseReturned(returned: unknown, node: number, name: number): never {
    const isPromise = typeof (returned as { then?: unknown } | null)?.then === 'function';
    // Whatever becomes of it later is none of this run's any more.
    if (isPromise) (returned as PromiseLike<unknown>).then(nothing, nothing);
    const what = isPromise ? 'a promise' : 'a value';
    throw new ProtocolFault(
      'no-waiting',
      `${this.handlers.nameOf(node, name)} returned ${what}: handlers run to their end and return nothing`,
    );
  }

  private handlerThrew(error: unknown, node: number, event: number, name: number): void {
    const handler = this.handlers.nameOf(node, name);
    const fault = asProtocolFault(error, handler);
    if (!(fault instanceof ProtocolFault)) throw fault;
    const where = fault === error ? ` (in ${handler})` : '';
    this.kernel.violate(fault.property, `${fault.message}${where}`, node, event);
  }

  /** A handler threw: what it asked for is forgotten; what it had changed stays, as it must at the direct speed. */
  private abandon(node: number, event: number): void {
    if (this.step.index < 0) return;
    this.step.index = -1;
    const { nodes } = this.kernel;
    const durableBefore = nodes.durables[node]!;
    const volatileBefore = nodes.volatiles[node]!;
    try {
      this.finish(node);
      if (this.statesLevel) this.traceStates(node, event, durableBefore, volatileBefore);
    } catch {
      // Whoever broke the state so that it cannot be finished has already been told of one fault.
    }
  }
}

function nothing(): void {
  // For what nobody waits for.
}
