import type { ClientsConfig } from './config.js';
import type { Kernel } from './kernel.js';
import { NONE } from './trace/log.js';
import { toInteger } from './choices.js';
import { nodesByName, resolveWhom, type WhomContext } from './whom.js';

/** Who asks, and how often it has. */
interface Asking {
  /** Index among the clients. */
  readonly client: number;
  readonly attempt: number;
  /** Whom it asked last; `NONE` for nobody. */
  readonly asked: number;
  /** Whom it takes to lead; `NONE` where it does not know. */
  readonly leader: number;
}

/** Whom a client asks, by the policy of its workload. */
export class ClientTargets {
  private readonly context: WhomContext;
  private readonly everyNode: readonly number[];
  /** Whom to ask, where they are told by their names and so stay the same. */
  private readonly named: readonly number[] | null;

  constructor(
    private readonly kernel: Kernel,
    private readonly policy: NonNullable<ClientsConfig['target']>,
    zones: Readonly<Record<string, readonly string[]>>,
  ) {
    const { nodes, clientNames, choices } = kernel;
    this.context = { nodes, clients: clientNames, zones, choices, scope: 'clients' };
    this.everyNode = [...nodes.ids.keys()];
    this.named = typeof policy === 'object' ? nodesByName(policy.nodes, nodes) : null;
  }

  /** @param draw a number in [0, 1), drawn where it is needed */
  target({ client, attempt, asked, leader }: Asking, draw: () => number): number {
    const { policy } = this;
    const { nodes } = this.kernel;
    if (policy === 'pinned' && attempt > 1 && leader !== NONE) return leader;
    if (policy === 'sticky' || policy === 'pinned') return client % nodes.count;
    if (policy === 'leader' && leader !== NONE) return leader;
    const among = typeof policy === 'object' ? (this.named ?? this.among(policy.nodes)) : this.everyNode;
    // Whoever else there is.
    const leftOut = among.length > 1 ? among.indexOf(asked) : -1;
    const last = leftOut < 0 ? among.length - 1 : among.length - 2;
    const place = toInteger(draw(), 0, last);
    return among[leftOut >= 0 && place >= leftOut ? place + 1 : place]!;
  }

  private among(whom: Parameters<typeof resolveWhom>[0]): readonly number[] {
    const { nodes } = this.kernel;
    const targets = resolveWhom(whom, this.context).filter((index) => index < nodes.count);
    return targets.length > 0 ? targets : this.everyNode;
  }
}
