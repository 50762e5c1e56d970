import { type Choices, type Stream } from './choices.js';
import { compileDistribution, type Distribution, type Sampler } from './distribution.js';
import { US_PER_SECOND, type Micros } from './time.js';

/** What a link does to the messages on it. Every part may be left to the rule below it, down to the network's default. */
export interface LinkRule {
  /** One-way delay. */
  readonly latency?: Distribution;
  /** Probability that a message is lost. On a connection it is sent again after `retransmit` instead. */
  readonly loss?: number;
  /** Probability that a second copy arrives, at a time of its own. Never on connections. */
  readonly duplicate?: number;
  /** Probability that the content arrives damaged. */
  readonly corrupt?: number;
  /** Does the receiver's checksum notice damage, so that the message is dropped? Default true. */
  readonly corruptionNoticed?: boolean;
  /** Bytes per second; messages queue behind one another. 0 for unlimited. */
  readonly bandwidth?: number;
  /** Messages stay on the link until this ends; then they arrive in the order of sending. */
  readonly hold?: boolean;
}

/** A rule and where it holds. Endpoints are indices; an absent set means all, an absent list of types every type. */
export interface ScopedRule {
  readonly from?: ReadonlySet<number>;
  readonly to?: ReadonlySet<number>;
  readonly types?: ReadonlySet<string>;
  readonly rule: LinkRule;
}

/** Forbids messages from one endpoint to another while it lasts. */
export interface Cut {
  readonly name: string;
  blocks(from: number, to: number): boolean;
}

interface Route {
  version: number;
  sampler: Sampler;
  loss: number;
  duplicate: number;
  corrupt: number;
  noticed: boolean;
  bandwidth: number;
  hold: boolean;
  readonly latencies: Stream;
  // Made when first needed: most links never lose, double or damage anything.
  losses: Stream | null;
  duplicates: Stream | null;
  corruptions: Stream | null;
}

/** The state that both directions of a connection share. */
export interface Connection {
  readonly a: number;
  readonly b: number;
  /** Messages sent in an earlier epoch are lost with their connection. */
  epoch: number;
  open: boolean;
  /** Is it being made again? */
  opening: boolean;
}

/** Who looks after connections. */
export interface ConnectionSupervisor {
  up(index: number): boolean;
  /** A connection was wanted that cannot be made now. */
  refused(connection: Connection): void;
  /** A connection broke because a message was lost again and again, although nothing parts its ends. */
  gaveUp(connection: Connection): void;
}

interface Link {
  readonly from: number;
  readonly to: number;
  readonly routes: (Route | undefined)[];
  version: number;
  cut: Cut | null;
  /** When the last byte queued so far has left, for bandwidth. */
  busyUntil: Micros;
  /** On a connection nothing overtakes what was sent before it; nor does anything that was held on a datagram link. */
  lastArrival: Micros;
  /** Messages that stay on the link. */
  held: number;
  /** The last round of releases in which something had to stay: on a connection what follows must, too. */
  stuckIn: number;
  connection: Connection | null;
}

export interface NetworkOptions {
  readonly transport: 'datagram' | 'connection';
  readonly base: LinkRule;
  readonly rules: readonly ScopedRule[];
  /** On connections: how long until a lost segment is sent again. */
  readonly retransmit: Micros;
  /** Endpoints from this index on are clients: they speak over connections, which do not duplicate. */
  readonly clientsFrom: number;
  readonly endpoints: number;
}

/** An endpoint's name by index, for labels. */
export type Names = (index: number) => string;

export const DEFAULT_LATENCY: Distribution = { uniform: [1_000, 10_000] };

/** So many endpoints have their links in one flat table. */
const NEAR_MAX = 128;

/** Probability 1 in a choice in [0, 1): "not this unlikely thing". */
const DULL_NO = 0.999_999;
/** A connection gives up after this many losses of one message. */
const RETRANSMITS_MAX = 8;

export const HELD = -1;

/**
 * Links, their rules and the cuts between them. Only links that are used exist. `offer` judges a message as it is sent,
 * `verdictAtDelivery` as it arrives.
 */
export class Network {
  /** Set by `offer`: when it arrives, or `HELD`. */
  arrival: Micros = 0;
  /** Set by `offer`: when a second copy arrives, or -1. */
  secondArrival: Micros = -1;
  /** Set by `offer`: a choice that says what is damaged, or -1. */
  damage = -1;
  damageNoticed = true;
  /** The connection's epoch at sending; 0 on datagram links. */
  epoch = 0;
  /** Knows which endpoints run, and hears of connections that could not be made or had to be given up. */
  supervisor: ConnectionSupervisor | null = null;

  private readonly links: (Map<number, Link> | undefined)[] = [];
  /** Links between the first endpoints, for small systems all there are: found without hashing. */
  private readonly near: (Link | undefined)[];
  private readonly side: number;
  private readonly samplers = new Map<Distribution, Sampler>();
  private readonly baseRules: ScopedRule[];
  private readonly addedRules: ScopedRule[] = [];
  private readonly cuts: Cut[] = [];
  private readonly connections: Connection[] = [];
  private version = 1;
  private releases = 0;

  constructor(
    private readonly options: NetworkOptions,
    private readonly choices: Choices,
    private readonly nameOf: Names,
    private readonly typeName: Names,
  ) {
    this.side = Math.min(options.endpoints, NEAR_MAX);
    this.near = new Array<Link | undefined>(this.side * this.side).fill(undefined);
    this.baseRules = [{ rule: options.base }, ...options.rules];
  }

  /**
   * Judges a message at sending.
   *
   * @returns why it is lost, or null: then `arrival` and the other fields say what becomes of it.
   */
  offer(from: number, to: number, type: number, bytes: number, now: Micros): string | null {
    this.secondArrival = -1;
    this.damage = -1;
    this.epoch = 0;
    if (from === to) {
      this.arrival = now;
      return null;
    }
    const link = this.link(from, to);
    let route = link.routes[type];
    if (route === undefined || route.version !== this.version) route = this.resolve(link, type);
    if (link.cut !== null) return link.cut.name;
    const connection = link.connection;
    if (connection !== null) {
      if (!connection.open) return 'not connected';
      this.epoch = connection.epoch;
    }
    let departure = now;
    if (route.bandwidth > 0) {
      departure = Math.max(now, link.busyUntil) + Math.ceil((bytes * US_PER_SECOND) / route.bandwidth);
      link.busyUntil = departure;
    }
    if (route.loss > 0) {
      const retransmits = this.losses(route, link, type);
      if (retransmits < 0) {
        if (connection !== null) this.giveUp(connection);
        return 'lost';
      }
      departure += retransmits * this.options.retransmit;
    }
    if (route.corrupt > 0) {
      this.corrupted(route, link, type);
      if (connection !== null && this.damage >= 0 && this.damageNoticed) {
        // A connection's checksum notices, and the segment is sent again.
        this.damage = -1;
        departure += this.options.retransmit;
      }
    }
    // On a connection even what is not held itself waits behind what is.
    if (route.hold || (connection !== null && link.held > 0)) {
      link.held++;
      this.arrival = HELD;
      return null;
    }
    const sampler = route.sampler;
    let arrival =
      departure + (sampler.constant ? sampler.sample(0) : sampler.sample(this.choices.draw(route.latencies)));
    if (connection !== null) {
      if (arrival < link.lastArrival) arrival = link.lastArrival;
      link.lastArrival = arrival;
    } else if (route.duplicate > 0 && from < this.options.clientsFrom && to < this.options.clientsFrom) {
      this.duplicated(route, link, type, departure);
    }
    this.arrival = arrival;
    return null;
  }

  /** Judges a message as it arrives: what was in flight when the link was cut is lost. */
  verdictAtDelivery(from: number, to: number, epoch: number): string | null {
    if (this.cuts.length === 0 && epoch === 0) return null;
    if (from === to) return null;
    const link = this.link(from, to);
    if (link.version !== this.version) this.refresh(link);
    if (link.cut !== null) return link.cut.name;
    if (epoch !== 0 && link.connection !== null && link.connection.epoch !== epoch) return 'connection reset';
    return null;
  }

  /** Is a message from one endpoint to the other let through by the cuts in force? */
  reachable(from: number, to: number): boolean {
    return from === to || !this.cuts.some((cut) => cut.blocks(from, to));
  }

  addCut(cut: Cut): void {
    this.cuts.push(cut);
    this.version++;
  }

  removeCut(cut: Cut): void {
    this.version++;
    const at = this.cuts.indexOf(cut);
    if (at >= 0) this.cuts.splice(at, 1);
  }

  addRule(rule: ScopedRule): void {
    this.addedRules.push(rule);
    this.version++;
  }

  removeRule(rule: ScopedRule): void {
    this.version++;
    const at = this.addedRules.indexOf(rule);
    if (at >= 0) this.addedRules.splice(at, 1);
  }

  /** Call it before the messages that are held are offered to `release`, one by one in the order of sending. */
  beginReleases(): void {
    this.releases++;
  }

  /**
   * Judges a message that was held, in the order of sending.
   *
   * @returns when it arrives: not before what was sent before it; or `HELD`.
   */
  release(from: number, to: number, type: number, now: Micros): Micros {
    const link = this.link(from, to);
    const route = this.resolve(link, type);
    if (route.hold || (link.connection !== null && link.stuckIn === this.releases)) {
      link.stuckIn = this.releases;
      return HELD;
    }
    link.held--;
    const sampler = route.sampler;
    const latency = sampler.constant ? sampler.sample(0) : sampler.sample(this.choices.draw(route.latencies));
    return (link.lastArrival = Math.max(now + latency, link.lastArrival));
  }

  /**
   * Closes the open connections that a cut or a crash has broken, and finds those that can be made again.
   *
   * @param up whether an endpoint is running
   * @param opening is to call `open` when both ends have had the time to hear that the old one is gone
   */
  updateConnections(
    up: (index: number) => boolean,
    broke: (c: Connection) => void,
    opening: (c: Connection) => void,
  ): void {
    for (const connection of this.connections) {
      const possible = this.possible(connection, up);
      if (connection.open && !possible) {
        this.breakConnection(connection);
        broke(connection);
      } else if (!connection.open && possible && !connection.opening) {
        connection.opening = true;
        opening(connection);
      }
    }
  }

  /** What `opening` announced has had its time. @returns whether the connection is open now. */
  open(connection: Connection, up: (index: number) => boolean): boolean {
    connection.opening = false;
    return (connection.open = this.possible(connection, up));
  }

  /** What is on its way is lost; a later connection owes it nothing. */
  private breakConnection(connection: Connection): void {
    connection.open = false;
    connection.epoch++;
    for (const link of [this.links[connection.a]?.get(connection.b), this.links[connection.b]?.get(connection.a)]) {
      if (link !== undefined) link.lastArrival = 0;
    }
  }

  /** A message could not be got through: the connection breaks, as what follows must not arrive without it. */
  private giveUp(connection: Connection): void {
    this.breakConnection(connection);
    this.supervisor?.gaveUp(connection);
  }

  private possible({ a, b }: Connection, up: (index: number) => boolean): boolean {
    return up(a) && up(b) && this.reachable(a, b) && this.reachable(b, a);
  }

  private link(from: number, to: number): Link {
    const { side } = this;
    return (from < side && to < side ? this.near[from * side + to] : undefined) ?? this.findLink(from, to);
  }

  private findLink(from: number, to: number): Link {
    let row = this.links[from];
    if (row === undefined) this.links[from] = row = new Map();
    let link = row.get(to);
    if (link === undefined) {
      link = {
        from,
        to,
        routes: [],
        version: 0,
        cut: null,
        busyUntil: 0,
        lastArrival: 0,
        held: 0,
        stuckIn: -1,
        connection: null,
      };
      row.set(to, link);
      if (this.options.transport === 'connection' && from < this.options.clientsFrom && to < this.options.clientsFrom) {
        link.connection = this.connect(from, to);
      }
    }
    const { side } = this;
    if (from < side && to < side) this.near[from * side + to] = link;
    return link;
  }

  private connect(from: number, to: number): Connection {
    const reverse = this.links[to]?.get(from)?.connection;
    if (reverse !== undefined && reverse !== null) return reverse;
    const connection = { a: Math.min(from, to), b: Math.max(from, to), epoch: 1, open: true, opening: false };
    this.connections.push(connection);
    const { supervisor } = this;
    if (supervisor !== null && !this.possible(connection, (index) => supervisor.up(index))) {
      this.breakConnection(connection);
      supervisor.refused(connection);
    }
    return connection;
  }

  private refresh(link: Link): void {
    link.version = this.version;
    link.cut = this.cuts.find((cut) => cut.blocks(link.from, link.to)) ?? null;
  }

  /** The rule in force for a type of message on a link: the last one that says something about each part wins. */
  private resolve(link: Link, type: number): Route {
    if (link.version !== this.version) this.refresh(link);
    const known = link.routes[type];
    if (known?.version === this.version) return known;
    const rule = this.ruleFor(link, this.typeName(type));
    const latency = rule.latency ?? DEFAULT_LATENCY;
    const sampler = this.sampler(latency);
    const route: Route = known ?? {
      version: 0,
      sampler,
      loss: 0,
      duplicate: 0,
      corrupt: 0,
      noticed: true,
      bandwidth: 0,
      hold: false,
      latencies: this.stream('net.latency', link, type, sampler.dull),
      losses: null,
      duplicates: null,
      corruptions: null,
    };
    route.version = this.version;
    route.sampler = sampler;
    route.loss = rule.loss ?? 0;
    route.duplicate = rule.duplicate ?? 0;
    route.corrupt = rule.corrupt ?? 0;
    route.noticed = rule.corruptionNoticed ?? true;
    route.bandwidth = rule.bandwidth ?? 0;
    route.hold = rule.hold ?? false;
    link.routes[type] = route;
    return route;
  }

  private ruleFor(link: Link, type: string): LinkRule {
    let merged: LinkRule = {};
    for (const rules of [this.baseRules, this.addedRules]) {
      for (const scoped of rules) {
        if (scoped.from !== undefined && !scoped.from.has(link.from)) continue;
        if (scoped.to !== undefined && !scoped.to.has(link.to)) continue;
        if (scoped.types !== undefined && !scoped.types.has(type)) continue;
        merged = { ...merged, ...scoped.rule };
      }
    }
    return merged;
  }

  private sampler(distribution: Distribution): Sampler {
    let sampler = this.samplers.get(distribution);
    if (sampler === undefined) this.samplers.set(distribution, (sampler = compileDistribution(distribution)));
    return sampler;
  }

  private stream(label: string, link: Link, type: number, dull: number): Stream {
    return this.choices.stream(label, `${this.nameOf(link.from)}>${this.nameOf(link.to)} ${this.typeName(type)}`, dull);
  }

  /** How often a message is sent again before it gets through; -1 when it is lost. */
  private losses(route: Route, link: Link, type: number): number {
    const stream = (route.losses ??= this.stream('net.loss', link, type, DULL_NO));
    if (link.connection === null) return this.choices.draw(stream) < route.loss ? -1 : 0;
    let times = 0;
    while (this.choices.draw(stream) < route.loss) if (++times > RETRANSMITS_MAX) return -1;
    return times;
  }

  private duplicated(route: Route, link: Link, type: number, departure: Micros): void {
    const stream = (route.duplicates ??= this.stream('net.duplicate', link, type, DULL_NO));
    if (this.choices.draw(stream) >= route.duplicate) return;
    this.secondArrival = departure + route.sampler.sample(this.choices.draw(stream));
  }

  private corrupted(route: Route, link: Link, type: number): void {
    const stream = (route.corruptions ??= this.stream('net.corrupt', link, type, DULL_NO));
    if (this.choices.draw(stream) >= route.corrupt) return;
    this.damage = this.choices.draw(stream);
    this.damageNoticed = route.noticed;
  }
}
