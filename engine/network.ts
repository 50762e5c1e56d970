import type { Choices } from './choices.js';
import { Express } from './express.js';
import { Links, type Link, type Names, type NetworkOptions, type Route } from './links.js';
import { US_PER_SECOND, type Micros } from './time.js';

/** Probability 1 in a choice in [0, 1): "not this unlikely thing". */
const DULL_NO = 0.999_999;
/** A connection gives up after this many losses of one message. */
const RETRANSMITS_MAX = 8;

export const HELD = -1;
/** What `offer` answers where more happens to a message than that it arrives. */
export const ODD = -2;

/**
 * What becomes of messages. `offer` judges a message as it is sent, `verdictAtDelivery` as it arrives. Links, rules and cuts
 * are in `links`; only links that are used exist.
 */
export class Network {
  readonly links: Links;
  private readonly express: Express;
  // Set by `offer` when it answers `ODD`.
  /** Why it is lost, or null. */
  lost: string | null = null;
  /** When it arrives, or `HELD`. */
  arrival: Micros = 0;
  /** When a second copy arrives, or -1. */
  secondArrival: Micros = -1;
  /** A choice that says what is damaged, or -1. */
  damage = -1;
  damageNoticed = true;
  /** The connection's epoch at sending; 0 on datagram links. */
  epoch = 0;

  private releases = 0;

  constructor(
    private readonly options: NetworkOptions,
    private readonly choices: Choices,
    nameOf: Names,
    typeName: Names,
  ) {
    this.links = new Links(options, choices, nameOf, typeName);
    this.express = new Express(this.links, choices, options.endpoints);
  }

  /**
   * Judges a message at sending.
   *
   * @returns how long it takes, and nothing else happens to it; or `ODD`: then `lost` and the other fields say what does.
   */
  offer(from: number, to: number, type: number, bytes: number, now: Micros): Micros {
    const latency = this.express.latency(from, to, type);
    return latency >= 0 ? latency : this.judge(from, to, type, bytes, now);
  }

  /** `offer`, where nothing is known of the way. */
  private judge(from: number, to: number, type: number, bytes: number, now: Micros): Micros {
    if (from === to) return 0;
    const { links } = this;
    const link = links.link(from, to);
    const route = links.route(link, type);
    if (route.plain) {
      const latency = route.sampler.sample(this.choices.draw(route.latencies));
      this.express.learn(from, to, type, route.sampler, route.latencies);
      return latency;
    }
    this.lost = this.offerOddly(link, route, type, bytes, now);
    return ODD;
  }

  /** @returns why it is lost, or null. */
  private offerOddly(link: Link, route: Route, type: number, bytes: number, now: Micros): string | null {
    this.secondArrival = -1;
    this.damage = -1;
    this.epoch = 0;
    if (link.cut !== null) return link.cut.name;
    const connection = link.connection;
    if (connection !== null) {
      if (!this.links.connections.speaks(connection, link.from)) return 'not connected';
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
        if (connection !== null) this.links.connections.giveUp(connection);
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
    this.arrival = departure + this.latency(route);
    if (connection !== null) {
      if (this.arrival < link.lastArrival) this.arrival = link.lastArrival;
      link.lastArrival = this.arrival;
    } else if (route.duplicate > 0 && this.betweenNodes(link)) {
      this.duplicated(route, link, type, departure);
    }
    return null;
  }

  /** Judges a message as it arrives: what was in flight when the link was cut is lost. */
  verdictAtDelivery(from: number, to: number, epoch: number): string | null {
    const { links } = this;
    if (links.cuts.length === 0 && epoch === 0) return null;
    if (from === to) return null;
    const link = links.link(from, to);
    const cut = links.cutOn(link);
    if (cut !== null) return cut.name;
    if (epoch !== 0 && link.connection !== null && link.connection.epoch !== epoch) return 'connection reset';
    return null;
  }

  /** Call it before the messages that are held are offered to `release`, one by one in the order of sending. */
  beginReleases(): void {
    this.releases++;
  }

  /**
   * Judges a message that was held, in the order of sending.
   *
   * @param epoch the connection's at sending
   * @returns when it arrives: not before what was sent before it; or `HELD`.
   */
  release(from: number, to: number, type: number, epoch: number, now: Micros): Micros {
    const link = this.links.link(from, to);
    const route = this.links.route(link, type);
    const { connection } = link;
    // Lost with its connection, which the receiving end finds out.
    if (connection !== null && connection.epoch !== epoch) return now;
    if (route.hold || (connection !== null && link.stuckIn === this.releases)) {
      link.stuckIn = this.releases;
      return HELD;
    }
    link.held--;
    return (link.lastArrival = Math.max(now + this.latency(route), link.lastArrival));
  }

  private latency({ sampler, latencies }: Route): Micros {
    return sampler.sample(sampler.constant ? 0 : this.choices.draw(latencies));
  }

  /** How often a message is sent again before it gets through; -1 when it is lost. */
  private losses(route: Route, link: Link, type: number): number {
    const stream = (route.losses ??= this.links.stream('net.loss', link, type, DULL_NO));
    if (link.connection === null) return this.choices.draw(stream) < route.loss ? -1 : 0;
    let times = 0;
    while (this.choices.draw(stream) < route.loss) if (++times > RETRANSMITS_MAX) return -1;
    return times;
  }

  private betweenNodes({ from, to }: Link): boolean {
    return from < this.options.clientsFrom && to < this.options.clientsFrom;
  }

  private duplicated(route: Route, link: Link, type: number, departure: Micros): void {
    const stream = (route.duplicates ??= this.links.stream('net.duplicate', link, type, DULL_NO));
    if (this.choices.draw(stream) >= route.duplicate) return;
    this.secondArrival = departure + route.sampler.sample(this.choices.draw(stream));
  }

  private corrupted(route: Route, link: Link, type: number): void {
    const stream = (route.corruptions ??= this.links.stream('net.corrupt', link, type, DULL_NO));
    if (this.choices.draw(stream) >= route.corrupt) return;
    this.damage = this.choices.draw(stream);
    this.damageNoticed = route.noticed;
  }
}
