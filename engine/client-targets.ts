import type { ClientsConfig } from './config.js';
import type { Kernel } from './kernel.js';
import { NONE } from './trace/log.js';
import { toInteger } from './choices.js';
import { resolveWhom, type WhomContext } from './whom.js';

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

  constructor(
    private readonly kernel: Kernel,
    private readonly policy: NonNullable<ClientsConfig['target']>,
    zones: Readonly<Record<string, readonly string[]>>,
  ) {
    const { nodes, clientNames, choices } = kernel;
    this.context = { nodes, clients: clientNames, zones, choices, scope: 'clients' };
  }

  /** @param draw a number in [0, 1), drawn where it is needed */
  target({ client, attempt, asked, leader }: Asking, draw: () => number): number {
    const { policy } = this;
    const { nodes } = this.kernel;
    if (policy === 'pinned' && attempt > 1 && leader !== NONE) return leader;
    if (policy === 'sticky' || policy === 'pinned') return client % nodes.count;
    if (policy === 'leader' && leader !== NONE) return leader;
    const among = typeof policy === 'object' ? this.among(policy.nodes) : [...nodes.ids.keys()];
    const others = among.length > 1 ? among.filter((node) => node !== asked) : among;
    return others[toInteger(draw(), 0, others.length - 1)]!;
  }

  private among(whom: Parameters<typeof resolveWhom>[0]): readonly number[] {
    const { nodes } = this.kernel;
    const targets = resolveWhom(whom, this.context).filter((index) => index < nodes.count);
    return targets.length > 0 ? targets : [...nodes.ids.keys()];
  }
}
