import type { Action } from './fault.js';
import type { Kernel } from './kernel.js';
import type { Cut } from './links.js';
import { asProtocolFault } from './errors.js';
import type { AnyProtocol, World } from './protocol.js';

/**
 * Keeps a fault plan survivable: at every moment a majority of nodes is up, connected, and has not lost what it had synced.
 * A loss lasts until the protocol says that the node has recovered; where it cannot say, for ever. Where nothing is durable
 * and nodes recover from one another, every crash is such a loss.
 */
export class Survival {
  private readonly lastingLosses = new Set<number>();

  constructor(
    private readonly kernel: Kernel,
    private readonly world: World<object>,
  ) {}

  /** A node has lost durable data. */
  lost(node: number): void {
    this.lastingLosses.add(node);
  }

  /** Those of the nodes that may be struck, in order, while a majority stays whole. */
  allowed(action: Action, nodes: readonly number[]): readonly number[] {
    if (!nodes.some((node) => takesAway(action) || (restarts(action) && this.isDiskless(node)))) return nodes;
    const impaired = this.impaired();
    const tolerated = this.tolerated();
    const allowed: number[] = [];
    for (const node of nodes) {
      if (impaired.has(node) || impaired.size < tolerated) {
        impaired.add(node);
        allowed.push(node);
      }
    }
    return allowed;
  }

  /** Would a majority be left that is whole and mutually connected? */
  allowsCut(cut: Cut): boolean {
    const impaired = this.impaired();
    for (const node of this.outsiders(impaired, cut)) impaired.add(node);
    return impaired.size <= this.tolerated();
  }

  private tolerated(): number {
    return Math.floor((this.kernel.nodes.count - 1) / 2);
  }

  private impaired(): Set<number> {
    const { nodes } = this.kernel;
    const impaired = new Set<number>();
    for (let i = 0; i < nodes.count; i++) {
      const disk = nodes.disks[i]?.disk;
      if (disk?.lostSynced === true) {
        // Its disk had lied about a sync.
        disk.lostSynced = false;
        this.lost(i);
      }
      // A node with a full disk stops at its next write.
      if (!nodes.isUp(i) || nodes.isPaused(i) || disk?.full === true || this.stillLost(i) || this.recovers(i))
        impaired.add(i);
    }
    for (const node of this.outsiders(impaired, null)) impaired.add(node);
    return impaired;
  }

  private stillLost(node: number): boolean {
    if (!this.lastingLosses.has(node)) return false;
    const { nodes } = this.kernel;
    const { protocol } = nodes.runtimes[node]!;
    // What is damaged on the disk of a running node shows at its next start: what it says until then is of its memory.
    if (nodes.disks[node]?.disk.isDamaged === true) return true;
    const recovered = nodes.isUp(node) && this.saysRecovered(protocol, node);
    if (recovered) this.lastingLosses.delete(node);
    return !recovered;
  }

  /** Does nothing of this node survive a crash, and is that meant to be so? */
  private isDiskless(node: number): boolean {
    const { durables, runtimes } = this.kernel.nodes;
    return Object.keys(durables[node] ?? {}).length === 0 && runtimes[node]!.protocol.recovered !== undefined;
  }

  private recovers(node: number): boolean {
    return this.isDiskless(node) && !this.saysRecovered(this.kernel.nodes.runtimes[node]!.protocol, node);
  }

  private saysRecovered(protocol: AnyProtocol, node: number): boolean {
    const { nodes } = this.kernel;
    try {
      return protocol.recovered?.(nodes.view(node), this.world) === true;
    } catch (error) {
      throw asProtocolFault(error, `${protocol.name}'s recovered of ${nodes.ids[node]}`);
    }
  }

  /** Nodes that are not in the largest set around one node that can talk both ways with it. */
  private outsiders(impaired: ReadonlySet<number>, extra: Cut | null): readonly number[] {
    const { nodes, network } = this.kernel;
    const whole = Array.from({ length: nodes.count }, (_, i) => i).filter((i) => !impaired.has(i));
    const talks = (a: number, b: number): boolean =>
      network.links.reachable(a, b) &&
      network.links.reachable(b, a) &&
      !(extra?.blocks(a, b) ?? false) &&
      !(extra?.blocks(b, a) ?? false);
    let best: readonly number[] = [];
    for (const centre of whole) {
      const around = whole.filter((other) => talks(centre, other));
      // All of them must reach one another too: a hub with cut spokes is no majority that can work.
      const clique = around.filter((a, i) => around.every((b, j) => j >= i || talks(a, b)));
      if (clique.length > best.length) best = clique;
    }
    return whole.filter((node) => !best.includes(node));
  }
}

/** What is up again at once, without its memory. */
function restarts(action: Action): boolean {
  return action.do === 'restart' || action.do === 'upgrade';
}

function takesAway(action: Action): boolean {
  switch (action.do) {
    case 'crash':
    case 'pause':
    case 'stop':
      return true;
    case 'disk':
      return action.how !== 'slow';
    default:
      return false;
  }
}
