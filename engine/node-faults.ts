import type { Distribution } from './distribution.js';
import { UsageError } from './errors.js';
import type { Action, Fault } from './fault.js';
import type { Kernel } from './kernel.js';
import type { Lifecycle } from './lifecycle.js';
import type { Runtime } from './runtime.js';
import type { Survival } from './survival.js';

const SLOW_SYNC: Distribution = { constant: 100_000 };

/** How a fault ends, once it has begun. */
export type End = ((event: number) => void) | null;

/** What faults do to single nodes, their clocks and disks, and how it ends. */
export class NodeFaults {
  private readonly layers = new Map<string, unknown[]>();

  constructor(
    private readonly kernel: Kernel,
    private readonly lifecycle: Lifecycle,
    private readonly survival: Survival,
    private readonly versions: Readonly<Record<string, Runtime>>,
  ) {}

  /** Strikes one node. */
  begin(node: number, fault: Fault, event: number): End {
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
    this.kernel.timers.rescale(node, old);
  }

  private version(name: string | undefined): Runtime | null {
    if (name === undefined) return null;
    const runtime = Object.hasOwn(this.versions, name) ? this.versions[name] : undefined;
    if (runtime === undefined) {
      const known = Object.keys(this.versions).join(', ') || 'none';
      throw new UsageError(
        'unknown-version',
        `the scenario has no version ${JSON.stringify(name)} to upgrade to`,
        `known: ${known}`,
      );
    }
    return runtime;
  }
}
