import { toInteger, type Choices } from './choices.js';
import { UsageError } from './errors.js';
import type { Micros } from './time.js';

/**
 * What clocks are like. By default no two nodes share one: each has an offset and a drift of its own, drawn when the clock
 * is first used.
 */
export interface ClockConfig {
  /** Wall clocks are off by up to this much, either way. Default 50 ms. */
  readonly offsetMax?: Micros;
  /** Clocks run fast or slow by up to this much, in parts per million. Default 50. */
  readonly driftPpmMax?: number;
}

/** Every node sees true time. Only a scenario that says so gets it. */
export const TRUE_CLOCKS: ClockConfig = { offsetMax: 0, driftPpmMax: 0 };

const OFFSET_MAX = 50_000;
const DRIFT_PPM_MAX = 50;
/** Monotonic clocks start anywhere within an hour, so that comparing two nodes' makes no sense, as in nature. */
const BOOT_MAX = 3_600_000_000;
/** A clock that stands still or runs backwards is a jump, not a drift. */
export const DRIFT_PPM_LIMIT = 900_000;

/** The clocks of all nodes, in columns, made when first used. */
export class Clocks {
  private readonly made: Uint8Array;
  private readonly ppm: Float64Array;
  private readonly anchorTrue: Float64Array;
  private readonly anchorLocal: Float64Array;
  private readonly wallOffset: Float64Array;
  private readonly perfect: boolean;

  constructor(
    capacity: number,
    private readonly config: ClockConfig,
    private readonly choices: Choices,
    private readonly nameOf: (index: number) => string,
  ) {
    this.perfect = config.offsetMax === 0 && config.driftPpmMax === 0;
    this.made = new Uint8Array(capacity);
    this.ppm = new Float64Array(capacity);
    this.anchorTrue = new Float64Array(capacity);
    this.anchorLocal = new Float64Array(capacity);
    this.wallOffset = new Float64Array(capacity);
  }

  monotonic(node: number, now: Micros): Micros {
    if (this.made[node] === 0) this.make(node);
    return this.local(node, now);
  }

  wall(node: number, now: Micros): Micros {
    if (this.made[node] === 0) this.make(node);
    return now + Math.floor(((now - this.anchorTrue[node]!) * this.ppm[node]!) / 1e6) + this.wallOffset[node]!;
  }

  /**
   * How long in true time a delay on the node's own clock takes. As both are rounded to whole microseconds, this one up, it is
   * never too short on that clock: floor(a + b) ≥ floor(a) + floor(b).
   */
  trueDelay(node: number, delay: Micros): Micros {
    if (this.perfect && this.made[node] === 0) return delay;
    if (this.made[node] === 0) this.make(node);
    const ppm = this.ppm[node]!;
    return ppm === 0 ? delay : Math.ceil((delay * 1e6) / (1e6 + ppm));
  }

  driftOf(node: number): number {
    if (this.made[node] === 0) this.make(node);
    return this.ppm[node]!;
  }

  /** Sets the drift from now on. Pending timers are the caller's to move. */
  setDrift(node: number, ppm: number, now: Micros): void {
    if (!(Math.abs(ppm) <= DRIFT_PPM_LIMIT)) {
      throw new UsageError(
        'clock-drift',
        `a clock's drift of ${ppm} ppm (at most ${DRIFT_PPM_LIMIT} either way was expected)`,
      );
    }
    const local = this.monotonic(node, now);
    // The wall clock goes on from where it is, too.
    this.wallOffset[node] = this.wall(node, now) - now;
    this.anchorTrue[node] = now;
    this.anchorLocal[node] = local;
    this.ppm[node] = ppm;
  }

  /** From now on, until it drifts or jumps, the wall clock is off by this much. */
  setOffset(node: number, offset: Micros): void {
    if (this.made[node] === 0) this.make(node);
    this.wallOffset[node] = offset;
  }

  /** The wall clock jumps; the monotonic one never does. */
  jump(node: number, by: Micros): void {
    if (this.made[node] === 0) this.make(node);
    this.wallOffset[node]! += by;
  }

  private local(node: number, now: Micros): Micros {
    const elapsed = now - this.anchorTrue[node]!;
    return this.anchorLocal[node]! + elapsed + Math.floor((elapsed * this.ppm[node]!) / 1e6);
  }

  private make(node: number): void {
    this.made[node] = 1;
    if (this.perfect) return;
    const offsetMax = this.config.offsetMax ?? OFFSET_MAX;
    const driftMax = this.config.driftPpmMax ?? DRIFT_PPM_MAX;
    // Not kept: these three choices are all that a clock ever draws.
    const stream = this.choices.stream('clock', this.nameOf(node), 0.5);
    this.anchorLocal[node] = toInteger(this.choices.draw(stream), 0, BOOT_MAX);
    this.wallOffset[node] = toInteger(this.choices.draw(stream), -offsetMax, offsetMax);
    this.ppm[node] = toInteger(this.choices.draw(stream), -driftMax, driftMax);
    this.choices.retire(stream);
  }
}
