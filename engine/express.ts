import type { Choices, Stream } from './choices.js';
import type { Links } from './links.js';
import { SIDE_MAX } from './links.js';
import type { Sampler } from './distribution.js';
import type { Micros } from './time.js';

/**
 * Short cuts through the network: of each type of message the links on which nothing but its latency can happen to it, each
 * with the generator that its latencies come from. One number a link, side by side, where a link and its route are five
 * objects: with a hundred nodes that all speak to all, it is what fits into a processor's cache.
 *
 * All of it is forgotten whenever rules, cuts or the way of chance change.
 */
export class Express {
  /** By type, then by link: its generator + 1, or 0. */
  private readonly generators: (Int32Array | undefined)[] = [];
  private version = 0;
  /** The one distribution that all of them have: the first that was met since. */
  private sampler: Sampler | null = null;
  private readonly side: number;

  constructor(
    private readonly links: Links,
    private readonly choices: Choices,
    endpoints: number,
  ) {
    this.side = Math.min(endpoints, SIDE_MAX);
  }

  /** The latency of the next message, if the way is known; else -1. */
  latency(from: number, to: number, type: number): Micros {
    const { side } = this;
    const generators = this.generators[type];
    if (generators === undefined || this.version !== this.links.version || from >= side || to >= side) return -1;
    const generator = generators[from * side + to]!;
    return generator === 0 ? -1 : this.sampler!.sample(this.choices.next(generator - 1));
  }

  /** Notes a way on which nothing but its latency happens to a message. `latencies` has been drawn from. */
  learn(from: number, to: number, type: number, sampler: Sampler, latencies: Stream): void {
    const { side } = this;
    if (!this.choices.plain || from >= side || to >= side) return;
    if (this.version !== this.links.version) this.forget();
    this.sampler ??= sampler;
    if (sampler !== this.sampler) return;
    const generators = (this.generators[type] ??= new Int32Array(side * side));
    generators[from * side + to] = latencies.generator + 1;
  }

  private forget(): void {
    this.version = this.links.version;
    this.sampler = null;
    for (const generators of this.generators) generators?.fill(0);
  }
}
