import { familyOf, type Fault, type Trigger } from './fault.js';
import { tellFault, tellRule } from './fault-sentence.js';
import type { Kernel } from './kernel.js';
import type { Lifecycle } from './lifecycle.js';
import type { ScopedRule } from './links.js';
import { NodeFaults, type End } from './node-faults.js';
import { MissingRoles, type IdleFault } from './idle-fault.js';
import { makePartition, type Partition } from './partition.js';
import type { Plain, World } from './protocol.js';
import type { Runtime } from './runtime.js';
import type { Micros } from './time.js';
import { KIND, NONE } from './trace/log.js';
import { Survival } from './survival.js';
import { resolveWhom, type WhomContext } from './whom.js';

interface Waiting {
  readonly fault: Fault;
  readonly number: number;
  /** Events of this kind, whoever they were about. */
  came: number;
  seen: number;
  left: number;
}

interface Noticed {
  readonly fault: Fault;
  readonly number: number;
  readonly subject: number;
  readonly peer: number;
  readonly event: number;
}

/** A fault that has begun. */
interface Began {
  readonly event: number;
  readonly sentence: string;
  readonly nodes: readonly number[];
  readonly end: End;
}

export interface FaultDriverOptions {
  readonly faults: readonly Fault[];
  readonly zones: Readonly<Record<string, readonly string[]>>;
  readonly versions: Readonly<Record<string, Runtime>>;
  readonly survivable: boolean;
}

/** Carries out a fault plan: waits for the times and events that it names, strikes, and ends what is to end. */
export class FaultDriver {
  private readonly waiting: Waiting[] = [];
  private noticed: Noticed[] = [];
  private readonly partitions: Partition[] = [];
  private readonly survival: Survival;
  private readonly nodeFaults: NodeFaults;
  private strikes = 0;
  /** Numbers of the faults whose moment came. */
  private readonly tried = new Set<number>();
  /** Numbers of the faults that found somebody to strike. */
  private readonly struck = new Set<number>();
  /** How often each fault of the plan struck, by its place in it; what was left out to stay survivable does not count. */
  readonly struckTimes: number[];
  private readonly missing = new MissingRoles();
  /** When the last fault began or ended: since then the system has been left in peace. */
  quietSince: Micros = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly lifecycle: Lifecycle,
    world: World<object>,
    private readonly options: FaultDriverOptions,
  ) {
    this.survival = new Survival(kernel, world);
    this.nodeFaults = new NodeFaults(kernel, lifecycle, this.survival, options.versions);
    this.struckTimes = options.faults.map(() => 0);
    options.faults.forEach((fault, number) => this.plan(fault, number));
    if (this.waiting.length > 0) {
      kernel.watch((kind, node, peer, name, event) => this.notice(kind, node, peer, name, event));
    }
  }

  /** The faults that never struck anybody. */
  idle(): IdleFault[] {
    return this.options.faults.flatMap((fault, number) => {
      const waited = this.waiting.find((waiting) => waiting.number === number);
      if (this.struck.has(number) || (waited === undefined && (fault.at ?? 0) + (fault.after ?? 0) > this.kernel.now))
        return [];
      const stage = this.tried.has(number) ? 'nobody' : waited?.left === (fault.times ?? 1) ? 'waiting' : 'ahead';
      return [{ fault, number, came: waited?.came ?? null, stage, ...this.missing.told() }];
    });
  }

  /** Strikes for the events noticed in the step that has just ended. */
  flush(): void {
    if (this.noticed.length > 0) this.strikeNoticed();
  }

  private strikeNoticed(): void {
    while (this.noticed.length > 0) {
      const noticed = this.noticed;
      this.noticed = [];
      for (const { fault, number, subject, peer, event } of noticed) {
        const after = fault.after ?? 0;
        if (after === 0) this.strike(fault, number, event, subject, peer);
        else this.kernel.call(this.kernel.now + after, event, () => this.strike(fault, number, event, subject, peer));
      }
    }
  }

  private plan(fault: Fault, number: number): void {
    const times = fault.times ?? 1;
    if (fault.when !== undefined) {
      this.waiting.push({ fault, number, came: 0, seen: 0, left: times });
      return;
    }
    const first = (fault.at ?? 0) + (fault.after ?? 0);
    for (let i = 0; i < times; i++) {
      this.kernel.call(first + i * (fault.every ?? 0), 0, () => this.strike(fault, number, 0, NONE, NONE));
    }
  }

  private notice(kind: number, node: number, peer: number, name: number, event: number): void {
    for (const waiting of this.waiting) {
      if (waiting.left === 0) continue;
      const when = waiting.fault.when!;
      if (!this.isKind(when, kind, name)) continue;
      waiting.came++;
      if (!this.isAbout(when, node, peer)) continue;
      waiting.seen++;
      if (waiting.seen < (when.nth ?? 1)) continue;
      waiting.left--;
      this.noticed.push({ fault: waiting.fault, number: waiting.number, subject: node, peer, event });
    }
  }

  private isKind(when: Trigger, kind: number, name: number): boolean {
    const text = (wanted: string | undefined): boolean =>
      wanted !== undefined && this.kernel.types.text(name) === wanted;
    return (
      (kind === KIND.mark && text(when.mark)) ||
      (kind === KIND.send && text(when.sent)) ||
      (kind === KIND.deliver && text(when.delivered))
    );
  }

  private isAbout(when: Trigger, node: number, peer: number): boolean {
    if (this.kernel.now < (when.from ?? 0)) return false;
    const context = this.context('trigger', node, peer);
    if (when.node !== undefined && !resolveWhom(when.node, context).includes(node)) return false;
    return when.peer === undefined || resolveWhom(when.peer, context).includes(peer);
  }

  private strike(fault: Fault, number: number, cause: number, subject: number, peer: number): void {
    const strike = ++this.strikes;
    this.tried.add(number);
    const context = this.context(`${number + 1}`, subject, peer);
    const began = this.begin(fault, strike, cause, context);
    if (began !== 'nobody') this.struck.add(number);
    if (began === 'nobody' || began === 'spared') return;
    this.struckTimes[number]!++;
    if (fault.for === undefined) return;
    this.kernel.call(this.kernel.now + fault.for, began.event, () => {
      const event = this.note('end', strike, fault, began.sentence, began.nodes, began.event);
      began.end?.(event);
    });
  }

  private begin(fault: Fault, strike: number, cause: number, context: WhomContext): Began | 'nobody' | 'spared' {
    if (fault.do === 'partition') return this.beginPartition(fault, strike, cause, context);
    if (fault.do === 'heal') return this.heal(fault, strike, cause);
    if (fault.do === 'link') return this.beginLink(fault, strike, cause, context);
    const asked = resolveWhom(fault.whom, context).filter((index) => index < this.kernel.nodes.count);
    const nodes = this.options.survivable ? this.survival.allowed(fault, asked) : asked;
    if (nodes.length < asked.length) {
      this.note(
        'skipped',
        strike,
        fault,
        `${tellFault(fault, this.names(asked))} is left out: no majority would be left`,
        asked,
        cause,
      );
    }
    if (asked.length === 0) {
      this.note('skipped', strike, fault, `${fault.do}: nobody there to strike`, [], cause);
      return 'nobody';
    }
    if (nodes.length === 0) return 'spared';
    const sentence = tellFault(fault, this.names(nodes));
    const event = this.note('begin', strike, fault, sentence, nodes, cause);
    const ends = nodes.map((node) => this.nodeFaults.begin(node, fault, event));
    return { event, sentence, nodes, end: (at) => ends.forEach((end) => end?.(at)) };
  }

  private beginPartition(
    fault: Extract<Fault, { do: 'partition' }>,
    strike: number,
    cause: number,
    context: WhomContext,
  ): Began | 'nobody' | 'spared' {
    const { kernel } = this;
    const partition = makePartition(fault.shape, fault.name ?? 'partition', context, (i) => kernel.endpointName(i));
    const sentence = `partition ${partition.sentence}`;
    if (this.options.survivable && !this.survival.allowsCut(partition)) {
      this.note('skipped', strike, fault, `${sentence} is left out: no majority would be left`, [], cause);
      return 'spared';
    }
    if (partition.groups.length < 2 || partition.groups.some((group) => group.length === 0)) {
      this.note('skipped', strike, fault, 'partition: nobody there to part from anybody', [], cause);
      return 'nobody';
    }
    const event = this.note('begin', strike, fault, sentence, partition.groups.flat(), cause, partition.groups);
    this.partitions.push(partition);
    kernel.network.links.addCut(partition);
    this.lifecycle.connectionsChanged(event);
    return { event, sentence, nodes: partition.groups.flat(), end: (at) => this.endPartition(partition, at) };
  }

  private endPartition(partition: Partition, event: number): void {
    const at = this.partitions.indexOf(partition);
    if (at < 0) return;
    this.partitions.splice(at, 1);
    this.kernel.network.links.removeCut(partition);
    this.lifecycle.connectionsChanged(event);
  }

  private heal(fault: Extract<Fault, { do: 'heal' }>, strike: number, cause: number): Began {
    const sentence = fault.name === undefined ? 'all partitions heal' : `partition ${fault.name} heals`;
    const event = this.note('begin', strike, fault, sentence, [], cause);
    for (const partition of [...this.partitions]) {
      if (fault.name === undefined || partition.name === fault.name) this.endPartition(partition, event);
    }
    return { event, sentence, nodes: [], end: null };
  }

  private beginLink(
    fault: Extract<Fault, { do: 'link' }>,
    strike: number,
    cause: number,
    context: WhomContext,
  ): Began | 'nobody' {
    const { kernel } = this;
    const from = fault.from === undefined ? undefined : new Set(resolveWhom(fault.from, context));
    const to = fault.to === undefined ? undefined : new Set(resolveWhom(fault.to, context));
    if (from?.size === 0 || to?.size === 0) {
      this.note('skipped', strike, fault, 'link: nobody there at one of its ends', [], cause);
      return 'nobody';
    }
    const types = fault.types === undefined ? {} : { types: new Set(fault.types) };
    const rules: ScopedRule[] = [{ ...scope(from, to), ...types, rule: fault.rule }];
    if (fault.bothWays === true) rules.push({ ...scope(to, from), ...types, rule: fault.rule });
    const nodes = [...new Set([...(from ?? []), ...(to ?? [])])];
    const name = (set: ReadonlySet<number> | undefined): string =>
      set === undefined ? 'all' : `{${[...set].map((i) => kernel.endpointName(i)).join(' ')}}`;
    const arrow = fault.bothWays === true ? '↔' : '→';
    const which = fault.types === undefined ? '' : ` (${fault.types.join(', ')})`;
    const sentence = `links ${name(from)} ${arrow} ${name(to)}${which}: ${tellRule(fault.rule)}`;
    const event = this.note('begin', strike, fault, sentence, nodes, cause);
    for (const rule of rules) kernel.network.links.addRule(rule);
    // A rule may also end a hold.
    kernel.releaseHeld();
    return {
      event,
      sentence,
      nodes,
      end: () => {
        for (const rule of rules) kernel.network.links.removeRule(rule);
        kernel.releaseHeld();
      },
    };
  }

  private note(
    phase: 'begin' | 'end' | 'skipped',
    strike: number,
    fault: Fault,
    sentence: string,
    nodes: readonly number[],
    cause: number,
    groups?: readonly (readonly number[])[],
  ): number {
    const { kernel } = this;
    if (phase !== 'skipped') this.quietSince = kernel.now;
    const note: Plain = {
      fault: strike,
      family: familyOf(fault),
      nodes: this.names([...new Set(nodes)].sort((a, b) => a - b)),
      ...(groups === undefined ? {} : { groups: groups.map((group) => this.names(group)) }),
    };
    const name = kernel.types.index(phase);
    return kernel.record(KIND.fault, NONE, cause, NONE, NONE, name, note, kernel.types.index(sentence), NONE);
  }

  private names(indices: readonly number[]): string[] {
    return indices.map((index) => this.kernel.endpointName(index));
  }

  private context(scopeName: string, subject: number, peer: number): WhomContext {
    return {
      nodes: this.kernel.nodes,
      clients: this.kernel.clientNames,
      zones: this.options.zones,
      choices: this.kernel.choices,
      subject,
      peer,
      scope: scopeName,
      nobody: this.missing.note,
    };
  }
}

function scope(from: ReadonlySet<number> | undefined, to: ReadonlySet<number> | undefined): Partial<ScopedRule> {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
