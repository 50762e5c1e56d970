import type { Choices, Stream } from './choices.js';
import { Connections, type Connection } from './connections.js';
import { compileDistribution, type Distribution, type Sampler } from './distribution.js';
import type { Micros } from './time.js';

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

/** One type of message on one link: the rule in force, and the streams of its choices. */
export interface Route {
  version: number;
  sampler: Sampler;
  loss: number;
  duplicate: number;
  corrupt: number;
  noticed: boolean;
  bandwidth: number;
  hold: boolean;
  /** A datagram that nothing but its latency can happen to. */
  plain: boolean;
  readonly latencies: Stream;
  // Made when first needed: most links never lose, double or damage anything.
  losses: Stream | null;
  duplicates: Stream | null;
  corruptions: Stream | null;
}

export interface Link {
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
  readonly connection: Connection | null;
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

/** An endpoint's or a type's name by index, for labels. */
export type Names = (index: number) => string;

export const DEFAULT_LATENCY: Distribution = { uniform: [1_000, 10_000] };

/** So many endpoints have their links in flat tables. */
export const SIDE_MAX = 128;

/** The links that are used, with the rules and cuts in force on each. What changes raises `version`: links follow when used. */
export class Links {
  readonly connections = new Connections(
    (from, to) => this.reachable(from, to),
    (a, b) => this.owesNothing(a, b),
  );
  version = 1;
  readonly cuts: Cut[] = [];
  private readonly all: (Map<number, Link> | undefined)[] = [];
  /** Links between the first endpoints, for small systems all there are: found without hashing. */
  private readonly near: (Link | undefined)[];
  private readonly side: number;
  private readonly samplers = new Map<Distribution, Sampler>();
  private readonly baseRules: ScopedRule[];
  private readonly addedRules: ScopedRule[] = [];

  constructor(
    private readonly options: NetworkOptions,
    private readonly choices: Choices,
    private readonly nameOf: Names,
    private readonly typeName: Names,
  ) {
    this.side = Math.min(options.endpoints, SIDE_MAX);
    this.near = new Array<Link | undefined>(this.side * this.side).fill(undefined);
    this.baseRules = [{ rule: options.base }, ...options.rules];
  }

  /** The link, made on first use. */
  link(from: number, to: number): Link {
    const { side } = this;
    return (from < side && to < side ? this.near[from * side + to] : undefined) ?? this.find(from, to);
  }

  /** Something that is in force has changed, or the way of chance has. */
  changed(): void {
    this.version++;
  }

  /** The rule in force for a type of message on a link. */
  route(link: Link, type: number): Route {
    const route = link.routes[type];
    return route !== undefined && route.version === this.version ? route : this.resolve(link, type);
  }

  /** Is a message from one endpoint to the other let through by the cuts in force? */
  reachable(from: number, to: number): boolean {
    return from === to || !this.cuts.some((cut) => cut.blocks(from, to));
  }

  /** The cut that parts the link's ends, or null. */
  cutOn(link: Link): Cut | null {
    if (link.version !== this.version) {
      link.version = this.version;
      link.cut = this.cuts.find((cut) => cut.blocks(link.from, link.to)) ?? null;
    }
    return link.cut;
  }

  addCut(cut: Cut): void {
    this.cuts.push(cut);
    this.changed();
  }

  removeCut(cut: Cut): void {
    this.changed();
    const at = this.cuts.indexOf(cut);
    if (at >= 0) this.cuts.splice(at, 1);
  }

  addRule(rule: ScopedRule): void {
    this.addedRules.push(rule);
    this.changed();
  }

  removeRule(rule: ScopedRule): void {
    this.changed();
    const at = this.addedRules.indexOf(rule);
    if (at >= 0) this.addedRules.splice(at, 1);
  }

  /** A stream of choices about one type of message on one link. */
  stream(label: string, link: Link, type: number, dull: number): Stream {
    return this.choices.stream(label, `${this.nameOf(link.from)}>${this.nameOf(link.to)} ${this.typeName(type)}`, dull);
  }

  private find(from: number, to: number): Link {
    const row = (this.all[from] ??= new Map());
    let link = row.get(to);
    if (link === undefined) {
      const { transport, clientsFrom } = this.options;
      const connected = transport === 'connection' && from < clientsFrom && to < clientsFrom;
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
        connection: connected ? this.connections.between(from, to) : null,
      };
      row.set(to, link);
    }
    const { side } = this;
    if (from < side && to < side) this.near[from * side + to] = link;
    return link;
  }

  private owesNothing(a: number, b: number): void {
    for (const link of [this.all[a]?.get(b), this.all[b]?.get(a)]) {
      if (link === undefined) continue;
      link.lastArrival = 0;
      // What is held belongs to the broken connection: nothing on the next one waits behind it.
      link.held = 0;
    }
  }

  /** The last rule that says something about each part wins. */
  private resolve(link: Link, type: number): Route {
    const cut = this.cutOn(link);
    const rule = this.ruleFor(link, this.typeName(type));
    const sampler = this.sampler(rule.latency ?? DEFAULT_LATENCY);
    const { loss = 0, duplicate = 0, corrupt = 0, bandwidth = 0, hold = false } = rule;
    const route: Route = link.routes[type] ?? {
      version: 0,
      sampler,
      loss: 0,
      duplicate: 0,
      corrupt: 0,
      noticed: true,
      bandwidth: 0,
      hold: false,
      plain: false,
      latencies: this.stream('net.latency', link, type, sampler.dull),
      losses: null,
      duplicates: null,
      corruptions: null,
    };
    route.version = this.version;
    route.sampler = sampler;
    route.loss = loss;
    route.duplicate = duplicate;
    route.corrupt = corrupt;
    route.noticed = rule.corruptionNoticed ?? true;
    route.bandwidth = bandwidth;
    route.hold = hold;
    const eventful = loss > 0 || duplicate > 0 || corrupt > 0 || bandwidth > 0 || hold || sampler.constant;
    route.plain = !eventful && cut === null && link.connection === null;
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
}
