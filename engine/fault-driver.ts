import type { Distribution } from './distribution.js';
import { UsageError } from './errors.js';
import { familyOf, type Action, type Fault, type Trigger } from './fault.js';
import type { Kernel } from './kernel.js';
import type { Lifecycle } from './lifecycle.js';
import type { ScopedRule } from './links.js';
import { makePartition, type Partition } from './partition.js';
import type { Plain, World } from './protocol.js';
import type { Runtime } from './runtime.js';
import { formatDuration, type Micros } from './time.js';
import { KIND, NONE } from './trace/log.js';
import { Survival } from './survival.js';
import { resolveWhom, type WhomContext } from './whom.js';

interface Waiting {
  readonly fault: Fault;
  readonly number: number;
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

const SLOW_SYNC: Distribution = { constant: 100_000 };

/** How a fault ends, once it has begun. */
type End = ((event: number) => void) | null;

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
  private readonly layers = new Map<string, unknown[]>();
  private strikes = 0;
  /** When the last fault began or ended: since then the system has been left in peace. */
  quietSince: Micros = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly lifecycle: Lifecycle,
    world: World<object>,
    private readonly options: FaultDriverOptions,
  ) {
    this.survival = new Survival(kernel, world);
    options.faults.forEach((fault, number) => this.plan(fault, number));
    if (this.waiting.length > 0) {
      kernel.watcher = (kind, node, peer, name, event) => this.notice(kind, node, peer, name, event);
    }
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
      this.waiting.push({ fault, number, seen: 0, left: times });
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
      if (!this.matches(when, kind, node, peer, name)) continue;
      waiting.seen++;
      if (waiting.seen < (when.nth ?? 1)) continue;
      waiting.left--;
      this.noticed.push({ fault: waiting.fault, number: waiting.number, subject: node, peer, event });
    }
  }

  private matches(when: Trigger, kind: number, node: number, peer: number, name: number): boolean {
    const text = (wanted: string | undefined): boolean =>
      wanted !== undefined && this.kernel.types.text(name) === wanted;
    const happened =
      (kind === KIND.mark && text(when.mark)) ||
      (kind === KIND.send && text(when.sent)) ||
      (kind === KIND.deliver && text(when.delivered));
    if (!happened || this.kernel.now < (when.from ?? 0)) return false;
    const context = this.context('trigger', node, peer);
    if (when.node !== undefined && !resolveWhom(when.node, context).includes(node)) return false;
    return when.peer === undefined || resolveWhom(when.peer, context).includes(peer);
  }

  private strike(fault: Fault, number: number, cause: number, subject: number, peer: number): void {
    const strike = ++this.strikes;
    const context = this.context(`${number + 1}`, subject, peer);
    const began = this.begin(fault, strike, cause, context);
    if (began === null || fault.for === undefined) return;
    this.kernel.call(this.kernel.now + fault.for, began.event, () => {
      const event = this.note('end', strike, fault, began.sentence, began.nodes, began.event);
      began.end?.(event);
    });
  }

  private begin(
    fault: Fault,
    strike: number,
    cause: number,
    context: WhomContext,
  ): {
    readonly event: number;
    readonly sentence: string;
    readonly nodes: readonly number[];
    readonly end: End;
  } | null {
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
        `${this.tell(fault, asked)} is left out: no majority would be left`,
        asked,
        cause,
      );
    }
    if (asked.length === 0) this.note('skipped', strike, fault, `${fault.do}: nobody there to strike`, [], cause);
    if (nodes.length === 0) return null;
    const sentence = this.tell(fault, nodes);
    const event = this.note('begin', strike, fault, sentence, nodes, cause);
    const ends = nodes.map((node) => this.beginAt(node, fault, event));
    return { event, sentence, nodes, end: (at) => ends.forEach((end) => end?.(at)) };
  }

  /** Strikes one node. */
  private beginAt(node: number, fault: Fault, event: number): End {
    const { lifecycle, kernel } = this;
    switch (fault.do) {
      case 'crash':
        return this.crash(node, fault, event);
      case 'restart':
        lifecycle.crash(node, event, 'crash');
        lifecycle.start(node, 'restart', event);
        return null;
      case 'pause':
        lifecycle.pause(node, event);
        return this.layer(`pause ${node}`, true, (still, at) => {
          if (still === undefined) lifecycle.resume(node, at);
        });
      case 'resume':
        this.layers.delete(`pause ${node}`);
        lifecycle.resume(node, event);
        return null;
      case 'slow':
        lifecycle.setProcessing(node, fault.processing);
        return this.layer(`slow ${node}`, fault.processing, (before) => lifecycle.setProcessing(node, before ?? null));
      case 'stop':
        lifecycle.leave(node, event);
        return null;
      case 'start':
        lifecycle.join(node, event);
        return (at) => lifecycle.leave(node, at);
      case 'upgrade':
        lifecycle.upgrade(node, this.version(fault.version), fault.options ?? null, event);
        return null;
      case 'clock':
        if (fault.jump !== undefined) kernel.clocks.jump(node, fault.jump);
        return fault.driftPpm === undefined ? null : this.drift(node, fault.driftPpm);
      case 'disk':
        return this.beginDisk(node, fault, event);
      default:
        return null;
    }
  }

  /** A node that is down already cannot crash; and when it lives again by other means, this crash need not end. */
  private crash(node: number, fault: Extract<Action, { do: 'crash' }>, event: number): End {
    const { lifecycle, kernel } = this;
    const wasUp = kernel.nodes.isUp(node);
    lifecycle.crash(node, event, 'crash');
    if (fault.disk === 'wiped') {
      this.survival.lost(node);
      lifecycle.wipe(node, event);
    }
    if (!wasUp) return null;
    const incarnation = kernel.nodes.incarnation[node];
    return (at) => {
      if (kernel.nodes.incarnation[node] === incarnation) lifecycle.start(node, 'restart', at);
    };
  }

  private drift(node: number, ppm: number): End {
    const first = !this.layers.has(`drift ${node}`);
    if (first) this.layer(`drift ${node}`, this.kernel.clocks.driftOf(node), () => undefined);
    this.setDrift(node, ppm);
    return this.layer(`drift ${node}`, ppm, (before) => this.setDrift(node, before!));
  }

  /**
   * What several faults do to one thing at the same time: the one that began last is in force.
   *
   * @param apply when one ends: what is in force then; undefined for nothing
   */
  private layer<T>(key: string, value: T, apply: (top: T | undefined, event: number) => void): NonNullable<End> {
    const layers = (this.layers.get(key) ?? []) as { readonly value: T }[];
    this.layers.set(key, layers);
    const own = { value };
    layers.push(own);
    return (event) => {
      const at = this.layers.get(key) === layers ? layers.indexOf(own) : -1;
      if (at < 0) return;
      layers.splice(at, 1);
      apply(layers.at(-1)?.value, event);
    };
  }

  private beginDisk(node: number, fault: Extract<Action, { do: 'disk' }>, event: number): End {
    const { lifecycle } = this;
    switch (fault.how) {
      case 'full':
        lifecycle.setFull(node, true, event);
        return this.layer(`full ${node}`, true, (still, at) => lifecycle.setFull(node, still === true, at));
      case 'slow': {
        const latency = fault.syncLatency ?? SLOW_SYNC;
        lifecycle.setSlowSync(node, latency);
        return this.layer(`slow disk ${node}`, latency, (before) => lifecycle.setSlowSync(node, before ?? null));
      }
      default:
        if (lifecycle.spoil(node, fault.how, fault.noticed ?? true, event, fault.field)) this.survival.lost(node);
        return null;
    }
  }

  private setDrift(node: number, ppm: number): void {
    const old = this.kernel.clocks.driftOf(node);
    this.kernel.clocks.setDrift(node, ppm, this.kernel.now);
    this.kernel.rescaleTimers(node, old);
  }

  private version(name: string | undefined): Runtime | null {
    if (name === undefined) return null;
    const runtime = Object.hasOwn(this.options.versions, name) ? this.options.versions[name] : undefined;
    if (runtime === undefined) {
      const known = Object.keys(this.options.versions).join(', ') || 'none';
      throw new UsageError(
        'unknown-version',
        `the scenario has no version ${JSON.stringify(name)} to upgrade to`,
        `known: ${known}`,
      );
    }
    return runtime;
  }

  private beginPartition(
    fault: Extract<Fault, { do: 'partition' }>,
    strike: number,
    cause: number,
    context: WhomContext,
  ): { event: number; sentence: string; nodes: readonly number[]; end: End } | null {
    const { kernel } = this;
    const partition = makePartition(fault.shape, fault.name ?? 'partition', context, (i) => kernel.endpointName(i));
    const sentence = `partition ${partition.sentence}`;
    if (this.options.survivable && !this.survival.allowsCut(partition)) {
      this.note('skipped', strike, fault, `${sentence} is left out: no majority would be left`, [], cause);
      return null;
    }
    if (partition.groups.length < 2 || partition.groups.some((group) => group.length === 0)) {
      this.note('skipped', strike, fault, 'partition: nobody there to part from anybody', [], cause);
      return null;
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

  private heal(
    fault: Extract<Fault, { do: 'heal' }>,
    strike: number,
    cause: number,
  ): { event: number; sentence: string; nodes: readonly number[]; end: End } {
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
  ): { event: number; sentence: string; nodes: readonly number[]; end: End } {
    const { kernel } = this;
    const from = fault.from === undefined ? undefined : new Set(resolveWhom(fault.from, context));
    const to = fault.to === undefined ? undefined : new Set(resolveWhom(fault.to, context));
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
    const names = (indices: readonly number[]): string[] => indices.map((i) => kernel.endpointName(i));
    const note: Plain = {
      fault: strike,
      family: familyOf(fault),
      nodes: names([...new Set(nodes)].sort((a, b) => a - b)),
      ...(groups === undefined ? {} : { groups: groups.map(names) }),
    };
    const name = kernel.types.index(phase);
    return kernel.record(KIND.fault, NONE, cause, NONE, NONE, name, note, kernel.types.index(sentence), NONE);
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
    };
  }

  private tell(fault: Fault, nodes: readonly number[]): string {
    const names = nodes.map((i) => this.kernel.endpointName(i)).join(' ');
    switch (fault.do) {
      case 'crash':
        return `crash ${names}${fault.disk === 'wiped' ? ', disk wiped' : ''}`;
      case 'clock':
        return `clock of ${names}${fault.driftPpm === undefined ? '' : ` drifts ${fault.driftPpm} ppm`}${
          fault.jump === undefined ? '' : ` jumps ${formatDuration(fault.jump)}`
        }`;
      case 'disk':
        return `disk of ${names} ${fault.how}${fault.noticed === false ? ' (unnoticed)' : ''}`;
      case 'upgrade':
        return `upgrade ${names}${fault.version === undefined ? '' : ` to ${fault.version}`}`;
      default:
        return `${fault.do} ${names}`;
    }
  }
}

function scope(from: ReadonlySet<number> | undefined, to: ReadonlySet<number> | undefined): Partial<ScopedRule> {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function tellRule(rule: ScopedRule['rule']): string {
  const parts: string[] = [];
  if (rule.hold === true) parts.push('held');
  if (rule.loss !== undefined) parts.push(`loss ${percent(rule.loss)}`);
  if (rule.duplicate !== undefined) parts.push(`duplication ${percent(rule.duplicate)}`);
  if (rule.corrupt !== undefined) parts.push(`corruption ${percent(rule.corrupt)}`);
  if (rule.latency !== undefined) parts.push('other latency');
  if (rule.bandwidth !== undefined) parts.push(`${rule.bandwidth} B/s`);
  return parts.join(', ');
}

function percent(probability: number): string {
  return `${Math.round(probability * 1000) / 10} %`;
}
