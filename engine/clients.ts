import { asUsage, plainly } from './argument-errors.js';
import { toInteger, type Stream } from './choices.js';
import { ClientTargets } from './client-targets.js';
import type { ClientsConfig, ScriptedOperation } from './config.js';
import { compileDistribution, type Sampler } from './distribution.js';
import { UsageError } from './errors.js';
import type { HistoryEvent, Value } from './history.js';
import type { Kernel } from './kernel.js';
import { ln } from './math.js';
import type { Client, Open } from './open-operation.js';
import { isRecord, keyOf, valueOf } from './operation-value.js';
import { locateProblem } from './plain.js';
import type { Plain, Session } from './protocol.js';
import { REQUEST_PREFIX } from './runtime.js';
import { US_PER_SECOND, type Micros } from './time.js';
import { KIND, NONE } from './trace/log.js';
import { Workload, type Operation } from './workload.js';

const TIMEOUT: Micros = US_PER_SECOND;
const ATTEMPT_TIMEOUT: Micros = 200_000;
/** Between being sent away and asking the next node. */
const PAUSE_MIN: Micros = 2_000;
const PAUSE_MAX: Micros = 20_000;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The client processes of a run, and the history of what they see. A process has one open operation; when its outcome stays
 * unknown the process retires and a new one takes its place, as in Jepsen.
 */
export class Clients {
  readonly history: HistoryEvent[] = [];
  private readonly clients: Client[];
  private readonly workload: Workload;
  private readonly targets: ClientTargets;
  private readonly think: Sampler;
  /** By label and scope. */
  private readonly streams = new Map<string, Map<string, Stream>>();
  private processes: number;
  private issued = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly config: ClientsConfig,
    script: readonly ScriptedOperation[],
    private readonly until: Micros,
    zones: Readonly<Record<string, readonly string[]>>,
  ) {
    this.targets = new ClientTargets(kernel, config.target ?? 'leader', zones);
    this.workload = new Workload(config, kernel.nodes.ids, kernel.choices);
    this.think = compileDistribution(config.think ?? { exponential: { mean: 50_000 } });
    this.processes = kernel.clientNames.length;
    this.clients = kernel.clientNames.map((name, i) => ({
      name,
      queue: [],
      process: i,
      sequence: 0,
      leader: NONE,
      open: new Map(),
      thinking: false,
    }));
    for (const operation of script) this.schedule(operation);
    if (config.operations.length > 0) this.begin();
  }

  /** A reply has reached a client. */
  receive(index: number, type: string, body: Plain, from: number, event: number): void {
    const client = this.clients[index]!;
    const { ref } = body as { readonly ref: string };
    const [sequence, attempt] = parseRef(ref);
    const open = client.open.get(sequence);
    if (open === undefined) return;
    if (type === 'reply:ok') {
      client.leader = from;
      this.succeed(open, (body as { readonly result: Plain }).result, from, event);
    } else if (attempt === open.attempt && open.waiting) {
      open.waiting = false;
      if (type === 'reply:fail') {
        const reason = (body as { readonly reason: string }).reason;
        // An earlier attempt of unknown fate may still have its effect.
        if (open.doubtful > 0) this.giveUp(open, reason, event);
        else this.close(open, 'fail', null, from, event, reason);
      } else {
        const to = (body as { readonly to: string | null }).to;
        client.leader = to === null ? NONE : this.kernel.nodeIndex(to);
        this.pauseThenAsk(open, event);
      }
    }
  }

  private schedule(scripted: ScriptedOperation): void {
    const index = this.kernel.clientNames.indexOf(scripted.client);
    if (index < 0) {
      throw new UsageError(
        'unknown-client',
        `the script names the client ${JSON.stringify(scripted.client)}`,
        `clients: ${this.kernel.clientNames.join(', ') || 'none'}`,
      );
    }
    const target = scripted.target === undefined ? NONE : this.kernel.nodeIndex(scripted.target);
    if (scripted.target !== undefined && target < 0) {
      throw new UsageError(
        'unknown-node',
        `the script asks the node ${JSON.stringify(scripted.target)}, which does not exist`,
      );
    }
    this.kernel.call(scripted.at, 0, (event) => {
      const client = this.clients[index]!;
      const args = this.workload.fill(scripted.args ?? {}, client.name, 'x');
      // A client asks one thing after the other: what comes too early waits its turn.
      client.queue.push({ operation: { request: scripted.request, args }, target });
      this.nextOfScript(index, event);
    });
  }

  private nextOfScript(index: number, event: number): void {
    const client = this.clients[index]!;
    if (client.open.size > 0) return;
    const next = client.queue.shift();
    if (next !== undefined) this.invoke(index, client.process, next.operation, next.target, event);
  }

  private begin(): void {
    const start = this.config.start ?? 0;
    if (this.config.rate !== undefined) {
      this.kernel.call(start + this.untilArrival(), 0, (event) => this.arrive(event));
      return;
    }
    for (let i = 0; i < this.config.count; i++) this.plan(i, start, 0);
  }

  /** Plans a client's next operation of the closed loop. Those that only the script names have none. */
  private plan(index: number, from: Micros, cause: number): void {
    const client = this.clients[index]!;
    if (client.thinking || index >= this.config.count) return;
    client.thinking = true;
    this.kernel.call(from + this.thinkTime(client), cause, (event) => this.generate(index, event));
  }

  private get closing(): Micros {
    return this.config.stop ?? this.until;
  }

  private mayIssue(): boolean {
    return this.kernel.now < this.closing && this.issued < (this.config.operationsMax ?? Infinity);
  }

  /** Closed loop: the client's next operation. */
  private generate(index: number, event: number): void {
    const client = this.clients[index]!;
    client.thinking = false;
    if (!this.mayIssue() || client.open.size > 0) return;
    this.invoke(index, client.process, this.workload.next(client.name), NONE, event);
  }

  /** Open loop: operations come whether or not earlier ones have ended, each in a process that is free. */
  private arrive(event: number): void {
    if (!this.mayIssue()) return;
    const index = this.issued % this.config.count;
    const client = this.clients[index]!;
    const process = client.open.size === 0 ? client.process : this.processes++;
    this.invoke(index, process, this.workload.next(client.name), NONE, event);
    this.kernel.call(this.kernel.now + this.untilArrival(), event, (next) => this.arrive(next));
  }

  private invoke(index: number, process: number, operation: Operation, target: number, cause: number): void {
    const client = this.clients[index]!;
    this.issued++;
    const open: Open = {
      client: index,
      process,
      operation,
      value: valueOf(operation.args),
      key: keyOf(operation.args),
      sequence: ++client.sequence,
      deadline: this.kernel.now + (this.config.timeout ?? TIMEOUT),
      fixedTarget: target,
      beside: process !== client.process,
      attempt: 0,
      doubtful: 0,
      waiting: false,
      asked: NONE,
    };
    client.open.set(open.sequence, open);
    const event = this.note(open, 'invoke', open.value, NONE, cause);
    this.kernel.call(open.deadline, event, (late) => this.expire(open, late));
    this.ask(open, event);
  }

  private ask(open: Open, cause: number): void {
    const client = this.clients[open.client]!;
    const { kernel } = this;
    open.attempt++;
    open.waiting = true;
    open.asked = open.fixedTarget === NONE ? this.target(open, client.leader) : open.fixedTarget;
    const { request, args } = open.operation;
    const session = this.config.retry === true ? this.session(open, client) : null;
    const ref = `${client.name}#${open.sequence}.${open.attempt}`;
    const taped = kernel.walker.tape?.length ?? NONE;
    const body = plainly(() => kernel.copy({ ref, name: request, args, session }, () => `the request ${request}`));
    const type = kernel.types.index(REQUEST_PREFIX + request);
    kernel.messenger.transmit(kernel.nodes.count + open.client, open.asked, type, body, taped, ref.length + 16, cause);
    if (this.config.retry === true) {
      const attempt = open.attempt;
      kernel.call(kernel.now + (this.config.attemptTimeout ?? ATTEMPT_TIMEOUT), cause, (event) => {
        if (!this.isOpen(open) || open.attempt !== attempt || !open.waiting) return;
        open.waiting = false;
        open.doubtful++;
        client.leader = NONE;
        this.ask(open, event);
      });
    }
  }

  /** An idempotency key. Operations that overlap are of different sessions: within one they come in order. */
  private session(open: Open, client: Client): Session {
    return { client: open.beside ? `${client.name}/${open.process}` : client.name, sequence: open.sequence };
  }

  /** Sent away: asks elsewhere after a short pause, as long as there is time. */
  private pauseThenAsk(open: Open, cause: number): void {
    const client = this.clients[open.client]!;
    const pause = toInteger(this.draw('client.pause', client.name), PAUSE_MIN, PAUSE_MAX);
    this.kernel.call(this.kernel.now + pause, cause, (event) => {
      if (this.isOpen(open) && !open.waiting) this.ask(open, event);
    });
  }

  private target({ client, attempt, asked }: Open, leader: number): number {
    const draw = (): number => this.draw('client.target', this.clients[client]!.name);
    return this.targets.target({ client, attempt, asked, leader }, draw);
  }

  private succeed(open: Open, result: Plain, from: number, event: number): void {
    const { key, value: asked } = open;
    const { request } = open.operation;
    if (result === false && Array.isArray(asked)) {
      // A compare-and-set that did not find what it expected has not happened, in Jepsen's sense.
      this.close(open, 'fail', asked, from, event, 'mismatch');
      return;
    }
    // A list of steps is a transaction: it comes back with what its reads found.
    const value = asked === null || Array.isArray(open.operation.args) ? (result as Value) : asked;
    if (key !== undefined && isRecord(result) && 'context' in result) {
      this.workload.told(this.clients[open.client]!.name, key as Plain, result['context']);
    }
    if (key !== undefined && request !== 'append') {
      this.workload.sees(
        this.clients[open.client]!.name,
        key as Plain,
        (Array.isArray(value) ? value[1] : value) as Plain,
      );
    }
    this.close(open, 'ok', value, from, event);
  }

  /** The time for an operation is up. */
  private expire(open: Open, event: number): void {
    if (!this.isOpen(open)) return;
    if (open.waiting || open.doubtful > 0) this.giveUp(open, 'timed out', event);
    else this.close(open, 'fail', open.value, NONE, event, 'no node took it');
  }

  /** Nobody knows whether it happened. The process never acts again. */
  private giveUp(open: Open, error: string, event: number): void {
    const client = this.clients[open.client]!;
    if (client.process === open.process) client.process = this.processes++;
    client.leader = NONE;
    this.close(open, 'info', open.value, NONE, event, error);
  }

  private close(
    open: Open,
    type: 'ok' | 'fail' | 'info',
    value: Value,
    from: number,
    cause: number,
    error?: string,
  ): void {
    const client = this.clients[open.client]!;
    client.open.delete(open.sequence);
    const event = this.note(open, type, value, from, cause, error);
    if (client.queue.length > 0) this.kernel.call(this.kernel.now, event, (at) => this.nextOfScript(open.client, at));
    else if (this.config.operations.length > 0 && this.config.rate === undefined) {
      this.plan(open.client, this.kernel.now, event);
    }
  }

  private isOpen(open: Open): boolean {
    return this.clients[open.client]!.open.get(open.sequence) === open;
  }

  private note(
    open: Open,
    type: HistoryEvent['type'],
    value: Value,
    from: number,
    cause: number,
    error?: string,
  ): number {
    const { kernel } = this;
    const { key } = open;
    // In the order in which people read them, and none that says nothing.
    const event: Writable<HistoryEvent> = {
      index: this.history.length,
      time: kernel.now,
      type,
      process: open.process,
      f: open.operation.request,
    } as HistoryEvent;
    if (key !== undefined) event.key = key;
    event.value = value;
    if (error !== undefined) event.error = error;
    if (from !== NONE) event.node = kernel.endpointName(from);
    this.history.push(event);
    const index = kernel.nodes.count + open.client;
    this.hash(value, event);
    return kernel.record(
      KIND[type],
      index,
      cause,
      from,
      NONE,
      kernel.types.index(event.f),
      event as unknown as Plain,
      NONE,
      NONE,
    );
  }

  private hash(value: Value, { type, f }: HistoryEvent): void {
    const { walker } = this.kernel;
    try {
      walker.hash(value);
    } catch (problem) {
      throw asUsage(locateProblem(problem, value, `${type} ${f}`));
    }
  }

  private thinkTime(client: Client): Micros {
    return this.think.sample(this.draw('client.think', client.name));
  }

  /** Arrivals of an open loop are a Poisson process. */
  private untilArrival(): Micros {
    const u = this.draw('client.arrival', '');
    return Math.round((-ln(1 - u) * US_PER_SECOND) / this.config.rate!);
  }

  private draw(label: string, scope: string): number {
    let streams = this.streams.get(label);
    if (streams === undefined) this.streams.set(label, (streams = new Map<string, Stream>()));
    let stream = streams.get(scope);
    if (stream === undefined) streams.set(scope, (stream = this.kernel.choices.stream(label, scope, 0.5)));
    return this.kernel.choices.draw(stream);
  }
}

function parseRef(ref: string): readonly [sequence: number, attempt: number] {
  const hash = ref.indexOf('#');
  const dot = ref.indexOf('.', hash);
  return [Number(ref.slice(hash + 1, dot)), Number(ref.slice(dot + 1))];
}
