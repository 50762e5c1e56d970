import { Clients } from './clients.js';
import type { ChoiceLog } from './choices.js';
import type { ClientsConfig, SimulationConfig } from './config.js';
import { checkConfig } from './config-check.js';
import { ProtocolFault, UsageError } from './errors.js';
import { PENDING } from './events.js';
import { FaultDriver } from './fault-driver.js';
import type { IdleFault } from './idle-fault.js';
import type { HistoryEvent } from './history.js';
import { Interner } from './interner.js';
import { Invariants } from './invariants.js';
import { Kernel, type KernelHooks, type Statistics } from './kernel.js';
import { Lifecycle } from './lifecycle.js';
import { livelockCycle } from './livelock.js';
import { NodeTable, TableWorld } from './nodes.js';
import type { NetworkOptions, ScopedRule } from './links.js';
import { nodeId, type AnyProtocol, type NodeId, type NodeView, type Plain, type World } from './protocol.js';
import { Runtime } from './runtime.js';
import { formatDuration, US_PER_MS, type Micros } from './time.js';
import { NONE, type TraceLog } from './trace/log.js';
import type { Ending, Violation } from './trace/record.js';
import { resolveWhom } from './whom.js';

/** What a run leaves behind. */
export interface RunResult {
  readonly ending: Ending;
  readonly endingMessage: string;
  /** Covers every event, the content of every message and every final state. */
  readonly digest: string;
  readonly events: number;
  readonly virtualTime: Micros;
  readonly violations: readonly Violation[];
  readonly history: readonly HistoryEvent[];
  /** When the last fault began or ended. */
  readonly quietSince: Micros;
  readonly marks: ReadonlyMap<string, number>;
  readonly statistics: Readonly<Statistics>;
  /** Messages by type that came to a node without a handler for them. */
  readonly notUnderstood: ReadonlyMap<string, number>;
  /** How often each fault of the plan struck, by its place in it. */
  readonly strikes: readonly number[];
  /** Faults of the plan that never struck anybody. */
  readonly idleFaults: readonly IdleFault[];
  readonly trace: TraceLog | null;
  readonly choices: ChoiceLog | null;
  /** Overrides of a repro that no choice answered to. */
  readonly unusedOverrides: readonly string[];
}

const NO_CLIENTS: ClientsConfig = { count: 0, operations: [] };
const EVENTS_MAX = 10_000_000;
const PER_INSTANT_MAX = 100_000;
const PER_INSTANT_AND_NODE_MAX = 20;
const QUEUE_MAX = 10_000_000;
const WALL_CHECK_EVERY = 4_096;
const RETRANSMIT: Micros = 200 * US_PER_MS;

/**
 * One run of one system, from a configuration to its result.
 *
 * @example
 * const result = new Simulation({ protocol: ping, nodes: 2, seed: '42', until: seconds(1) }).run();
 */
export class Simulation {
  private readonly kernel: Kernel;
  private readonly nodes: NodeTable;
  private readonly lifecycle: Lifecycle;
  private readonly clients: Clients;
  private readonly faults: FaultDriver;
  private readonly invariants: Invariants;
  private readonly tableWorld: TableWorld;
  private readonly config: SimulationConfig;
  private instantEvents = 0;
  private endingMessage = '';

  /** @throws UsageError for a configuration that makes no sense. */
  constructor(config: SimulationConfig) {
    this.config = config = withDiskWhereFaulty(config);
    checkConfig(config);
    const ids = namesOf(config.nodes).map(nodeId);
    this.nodes = new NodeTable(ids);
    const types = new Interner();
    const timerNames = new Interner();
    const runtime = new Runtime(config.protocol, types, timerNames);
    const versions = Object.fromEntries(
      Object.entries(config.versions ?? {}).map(([name, protocol]) => [name, new Runtime(protocol, types, timerNames)]),
    );
    const clientNames = Array.from({ length: clientCount(config) }, (_, i) => `c${i + 1}`);
    this.prepareNodes(ids, runtime);
    const zones = config.zones ?? {};
    this.kernel = new Kernel(config, this.nodes, clientNames, types, timerNames, this.networkOptions(clientNames));
    this.lifecycle = new Lifecycle(this.kernel, config.disk, config.network?.notice);
    // Before anything else that is due at time 0: faults and clients find nodes that run.
    this.kernel.call(0, 0, () => this.lifecycle.startAll(new Set(config.standby ?? [])));
    this.tableWorld = new TableWorld(this.nodes, () => this.kernel.now);
    this.invariants = new Invariants(config.protocol, this.kernel, this.tableWorld);
    this.setClocks();
    this.clients = new Clients(this.kernel, config.clients ?? NO_CLIENTS, config.script ?? [], config.until, zones);
    this.faults = new FaultDriver(this.kernel, this.lifecycle, this.tableWorld, {
      faults: config.faults ?? [],
      zones,
      versions,
      survivable: config.survivable ?? false,
    });
    this.kernel.hooks = new Surroundings(this.kernel, this.lifecycle, this.invariants, this.faults, this.clients);
  }

  /** All nodes, read-only, as they are now. */
  get world(): World {
    return this.tableWorld as World;
  }

  node(id: string): NodeView | undefined {
    return this.tableWorld.node(nodeId(id));
  }

  get now(): Micros {
    return this.kernel.now;
  }

  get events(): number {
    return this.kernel.events;
  }

  /** How much is yet to come: messages on their way, timers, disks at work, operations and faults that are due later. */
  get pending(): number {
    return this.kernel.queue.size;
  }

  get trace(): TraceLog | null {
    return this.kernel.trace;
  }

  /** Runs to the end and returns what there is to say. */
  run(): RunResult {
    const ending = this.guardedLoop();
    if (ending === 'finished') this.invariants.atEnd();
    this.hashFinalStates();
    const { kernel } = this;
    kernel.choices.finish();
    return {
      ending: kernel.violations.length > 0 ? 'violation' : ending,
      endingMessage: this.endingMessage,
      digest: kernel.digest.toString(),
      events: kernel.events,
      virtualTime: kernel.now,
      violations: kernel.violations,
      history: this.clients.history,
      quietSince: this.faults.quietSince,
      marks: kernel.marks,
      statistics: kernel.statistics,
      notUnderstood: kernel.notUnderstood,
      strikes: this.faults.struckTimes,
      idleFaults: this.faults.idle(),
      trace: kernel.trace,
      choices: kernel.choices.log,
      unusedOverrides: kernel.choices.unusedOverrides(),
    };
  }

  /** Protocol code also runs outside of handlers: where a role is asked for, a state made. */
  private guardedLoop(): Ending {
    try {
      return this.loop();
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error;
      this.kernel.violate(error.property, error.message, NONE, this.kernel.events);
      return 'violation';
    }
  }

  private loop(): Ending {
    const { kernel, config } = this;
    const { queue, pending } = kernel;
    const until = config.until;
    const eventsMax = config.budget?.events ?? EVENTS_MAX;
    const queueMax = config.budget?.queue ?? QUEUE_MAX;
    // Where clocks are alike, many nodes have much to do at one instant, and yet come to an end.
    const perInstantMax =
      config.budget?.eventsPerInstant ?? Math.max(PER_INSTANT_MAX, PER_INSTANT_AND_NODE_MAX * this.nodes.count);
    const deadline = this.wallDeadline();
    const forkAt = config.fork?.afterEvent ?? Infinity;
    let forked = false;
    let popped = 0;
    while (!kernel.stopping) {
      const entry = queue.pop();
      if (entry < 0) return 'finished';
      const time = queue.time;
      if (time > until) {
        kernel.rest(until);
        return 'finished';
      }
      if (time !== kernel.now) {
        kernel.advance(time);
        this.instantEvents = 0;
      } else if (++this.instantEvents > perInstantMax) {
        return this.livelock();
      }
      const kind = pending.kindOf(entry);
      if (kind <= PENDING.timer) kernel.dispatch(entry);
      else this.own(entry, kind);
      if (kernel.events >= eventsMax) return this.exhausted('events-exhausted', `${eventsMax} events`);
      if (queue.size > queueMax) return this.exhausted('queue-full', `${queueMax} pending events`);
      if (!forked && kernel.events >= forkAt) {
        forked = true;
        kernel.choices.fork(config.fork!.seed);
        kernel.network.links.changed();
      }
      if (deadline !== null && (++popped & (WALL_CHECK_EVERY - 1)) === 0 && config.host!.now!() > deadline) {
        return this.exhausted('wall-exhausted', `${config.budget!.wallMs} ms`);
      }
    }
    return this.stopped();
  }

  private stopped(): Ending {
    if (!this.kernel.stopped) return 'violation';
    this.endingMessage = `stopped by an observer at ${formatDuration(this.kernel.now)}`;
    return 'stopped';
  }

  private own(entry: number, kind: number): void {
    const { pending } = this.kernel;
    const node = pending.nodeOf(entry);
    const cause = pending.causeOf(entry);
    const incarnation = pending.epochOf(entry);
    const body = pending.body[entry];
    pending.release(entry);
    if (kind === PENDING.call) (body as (event: number) => void)(cause);
    else if (kind === PENDING.wake) this.lifecycle.wake(node, incarnation);
    else this.lifecycle.synced(node, incarnation, cause);
    this.faults.flush();
  }

  private wallDeadline(): number | null {
    const { host, budget } = this.config;
    if (budget?.wallMs === undefined || host?.now === undefined) return null;
    return host.now() + budget.wallMs;
  }

  private livelock(): Ending {
    const cycle = livelockCycle(this.kernel);
    this.endingMessage = `livelock: more than ${this.instantEvents - 1} events at ${formatDuration(this.kernel.now)}${cycle}`;
    return 'livelock';
  }

  private exhausted(ending: Ending, what: string): Ending {
    this.endingMessage = `stopped after ${what} at ${formatDuration(this.kernel.now)}`;
    return ending;
  }

  private hashFinalStates(): void {
    const { kernel, nodes } = this;
    kernel.digest.integer(kernel.now);
    for (let i = 0; i < nodes.count; i++) {
      kernel.digest.word(nodes.status[i]!);
      try {
        kernel.hashState(nodes.durables[i], () => `${nodes.ids[i]}'s durable state`);
        kernel.hashState(nodes.volatiles[i], () => `${nodes.ids[i]}'s volatile state`);
      } catch (error) {
        if (!(error instanceof ProtocolFault)) throw error;
        kernel.violate(error.property, error.message, i, kernel.events);
      }
    }
  }

  private prepareNodes(ids: readonly NodeId[], runtime: Runtime): void {
    const { config, nodes } = this;
    const standby = new Set(config.standby ?? []);
    const members = standby.size === 0 ? ids : ids.filter((id) => !standby.has(id));
    const options = mergedOptions(config.protocol, config.options);
    for (let i = 0; i < ids.length; i++) {
      const own = config.nodeOptions?.[ids[i]!];
      nodes.runtimes[i] = runtime;
      nodes.options[i] = own === undefined ? options : mergedOptions(config.protocol, { ...config.options, ...own });

      nodes.members[i] = standby.has(ids[i]!) ? [...members, ids[i]!] : members;
    }
  }

  private setClocks(): void {
    for (const [id, clock] of Object.entries(this.config.clocks?.perNode ?? {})) {
      const node = this.nodes.index(id);
      if (node < 0)
        throw new UsageError('unknown-node', `clocks.perNode names ${JSON.stringify(id)}, which is no node`);
      if (clock.driftPpm !== undefined) this.kernel.clocks.setDrift(node, clock.driftPpm, 0);
      if (clock.offset !== undefined) this.kernel.clocks.setOffset(node, clock.offset);
    }
  }

  private networkOptions(clients: readonly string[]): NetworkOptions {
    const { links, transport, retransmit, notice: _, ...base } = this.config.network ?? {};
    const context = { nodes: this.nodes, clients, zones: this.config.zones ?? {}, choices: null as never, scope: '' };
    const rules = (links ?? []).map(({ from, to, types, ...rule }): ScopedRule => ({
      ...(from === undefined ? {} : { from: new Set(resolveWhom(from, context)) }),
      ...(to === undefined ? {} : { to: new Set(resolveWhom(to, context)) }),
      ...(types === undefined ? {} : { types: new Set(types) }),
      rule,
    }));
    return {
      transport: transport ?? this.config.protocol.transport ?? 'datagram',
      base,
      rules,
      retransmit: retransmit ?? RETRANSMIT,
      clientsFrom: this.nodes.count,
      endpoints: this.nodes.count + clients.length,
    };
  }
}

/** What is around the kernel. A class, so that what is called after every step can be compiled into it. */
class Surroundings implements KernelHooks {
  constructor(
    private readonly kernel: Kernel,
    private readonly lifecycle: Lifecycle,
    private readonly invariants: Invariants,
    private readonly faults: FaultDriver,
    private readonly clients: Clients,
  ) {}

  afterStep(node: number, event: number): void {
    if (this.invariants.any) this.invariants.afterStep(node, event);
    if (this.lifecycle.slows) this.lifecycle.stepped(node, event);
    this.faults.flush();
  }

  toClient(client: number, type: string, body: Plain, from: number, event: number): void {
    this.clients.receive(client, type, body, from, event);
    this.faults.flush();
  }

  needSync(node: number): void {
    this.lifecycle.needSync(node, this.kernel.events);
  }

  halted(node: number, reason: string, event: number): void {
    this.lifecycle.crash(node, event, 'halt', reason);
  }
}

/** Disk faults need disks: with perfect ones there would be nothing to damage. */
function withDiskWhereFaulty(config: SimulationConfig): SimulationConfig {
  const faulty = config.disk === undefined && (config.faults ?? []).some((fault) => fault.do === 'disk');
  return faulty ? { ...config, disk: {} } : config;
}

function namesOf(nodes: number | readonly string[]): readonly string[] {
  return typeof nodes === 'number' ? Array.from({ length: nodes }, (_, i) => `n${i + 1}`) : nodes;
}

function clientCount(config: SimulationConfig): number {
  const scripted = (config.script ?? []).map(({ client }) => Number(/^c(\d+)$/.exec(client)?.[1] ?? 0));
  return scripted.reduce((most, number) => Math.max(most, number), config.clients?.count ?? 0);
}

function mergedOptions(protocol: AnyProtocol, given: Readonly<Record<string, unknown>> | undefined): object {
  const defaults = protocol.options as object;
  if (given === undefined) return defaults;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defaults, name)) {
      const known = Object.keys(defaults).join(', ') || 'none';
      throw new UsageError(
        'unknown-option',
        `${protocol.name} has no option ${JSON.stringify(name)}`,
        `known: ${known}`,
      );
    }
  }
  return { ...defaults, ...given };
}
