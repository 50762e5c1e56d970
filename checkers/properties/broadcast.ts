import { broken, kept, missing, type PropertyVerdict } from './finding.js';

/** What happened at a node, in the order of the trace. A message is known by its id, which is broadcast once. */
export interface BroadcastEvent {
  readonly type: 'broadcast' | 'deliver' | 'crash';
  readonly node: string;
  /** Of a crash: left out. */
  readonly message?: string;
}

export type BroadcastProperty =
  | 'validity'
  | 'agreement'
  | 'uniform agreement'
  | 'integrity'
  | 'uniform integrity'
  | 'total order'
  | 'uniform total order'
  | 'FIFO order'
  | 'uniform FIFO order'
  | 'causal order'
  | 'uniform causal order';

interface Place {
  readonly node: string;
  readonly at: number;
}

/**
 * The properties of broadcasts (Hadzilacos and Toueg, *A Modular Approach to Fault-Tolerant Broadcasts*, 1994), each judged on one
 * trace. A node is correct when it never crashes in it; a property asks something of correct nodes only, and its uniform variant of
 * those that crash, too, up to then. Validity has none: who crashes need not have delivered what it broadcast. Of a message that somebody has yet to deliver nobody can tell in a trace that
 * just ends: with `complete`, nothing more will happen.
 */
export function broadcastProperties(
  trace: readonly BroadcastEvent[],
  nodes: readonly string[],
  { complete = false }: { readonly complete?: boolean } = {},
): PropertyVerdict<BroadcastProperty>[] {
  const run = new BroadcastRun(trace, nodes, complete);
  return [
    run.validity(),
    run.agreement('agreement'),
    run.agreement('uniform agreement'),
    run.integrity('integrity'),
    run.integrity('uniform integrity'),
    run.totalOrder('total order'),
    run.totalOrder('uniform total order'),
    run.fifoOrder('FIFO order'),
    run.fifoOrder('uniform FIFO order'),
    run.causalOrder('causal order'),
    run.causalOrder('uniform causal order'),
  ];
}

class BroadcastRun {
  private readonly sent = new Map<string, Place>();
  /** What each node delivered first, and when, in its order. */
  private readonly delivered: ReadonlyMap<string, Map<string, number>>;
  private readonly correct: readonly string[];

  constructor(
    private readonly trace: readonly BroadcastEvent[],
    private readonly nodes: readonly string[],
    private readonly complete: boolean,
  ) {
    this.delivered = new Map(nodes.map((node) => [node, new Map<string, number>()]));
    const crashed = new Set<string>();
    for (const [at, { type, node, message }] of trace.entries()) {
      if (type === 'crash') crashed.add(node);
      else if (message === undefined) continue;
      else if (type === 'broadcast') {
        if (!this.sent.has(message)) this.sent.set(message, { node, at });
      } else {
        const mine = this.delivered.get(node);
        if (mine !== undefined && !mine.has(message)) mine.set(message, at);
      }
    }
    this.correct = nodes.filter((node) => !crashed.has(node));
  }

  /** Whom a property speaks about. */
  private bound(property: BroadcastProperty): readonly string[] {
    return property.startsWith('uniform') ? this.nodes : this.correct;
  }

  private of(node: string): ReadonlyMap<string, number> {
    return this.delivered.get(node) ?? new Map<string, number>();
  }

  /** If a correct node broadcasts m, it eventually delivers m. */
  validity(): PropertyVerdict<BroadcastProperty> {
    for (const [message, { node, at }] of this.sent) {
      if (!this.correct.includes(node) || this.of(node).has(message)) continue;
      return missing('validity', this.complete, `${node} broadcast ${message} and never delivered it`, [at]);
    }
    return kept('validity');
  }

  /** If a correct node (uniform: any node) delivers m, all correct nodes eventually do. */
  agreement(property: 'agreement' | 'uniform agreement'): PropertyVerdict<BroadcastProperty> {
    for (const node of this.bound(property)) {
      for (const [message, at] of this.of(node)) {
        const without = this.correct.find((other) => !this.of(other).has(message));
        if (without === undefined) continue;
        return missing(property, this.complete, `${node} delivered ${message}, and ${without} never did`, [at]);
      }
    }
    return kept(property);
  }

  /** Every correct node (uniform: every node) delivers m at most once, and only if it was broadcast before. */
  integrity(property: 'integrity' | 'uniform integrity'): PropertyVerdict<BroadcastProperty> {
    const bound = new Set(this.bound(property));
    const seen = new Map<string, number>();
    for (const [at, { type, node, message }] of this.trace.entries()) {
      if (type !== 'deliver' || message === undefined || !bound.has(node)) continue;
      const name = JSON.stringify([node, message]);
      const before = seen.get(name);
      if (before !== undefined) return broken(property, `${node} delivered ${message} twice`, [before, at]);
      seen.set(name, at);
      const sent = this.sent.get(message);
      if (sent === undefined) return broken(property, `${node} delivered ${message}, which nobody broadcast`, [at]);
      if (sent.at > at) return broken(property, `${node} delivered ${message} before it was broadcast`, [at, sent.at]);
    }
    return kept(property);
  }

  /** If two correct nodes (uniform: any two) both deliver m and m', they deliver them in one order. */
  totalOrder(property: 'total order' | 'uniform total order'): PropertyVerdict<BroadcastProperty> {
    const among = this.bound(property);
    for (const [i, p] of among.entries()) {
      for (const q of among.slice(i + 1)) {
        const theirs = this.of(q);
        let last: { message: string; at: number } | undefined;
        for (const [message, mine] of this.of(p)) {
          const at = theirs.get(message);
          if (at === undefined) continue;
          if (last !== undefined && at < last.at) {
            const says = `${p} delivered ${last.message} before ${message}, and ${q} delivered ${message} before ${last.message}`;
            return broken(property, says, [this.of(p).get(last.message) as number, mine, at, last.at]);
          }
          last = { message, at };
        }
      }
    }
    return kept(property);
  }

  /** If a node broadcasts m before m', no correct node (uniform: no node) delivers m' without having delivered m before. */
  fifoOrder(property: 'FIFO order' | 'uniform FIFO order'): PropertyVerdict<BroadcastProperty> {
    const sentBefore = new Map<string, string>();
    const last = new Map<string, string>();
    for (const [message, { node }] of this.sent) {
      const before = last.get(node);
      if (before !== undefined) sentBefore.set(message, before);
      last.set(node, message);
    }
    return this.ordered(property, (message) => {
      const before = sentBefore.get(message);
      return before === undefined ? [] : [before];
    });
  }

  /** If the broadcast of m causally precedes that of m', no correct node (uniform: no node) delivers m' without having delivered m before. */
  causalOrder(property: 'causal order' | 'uniform causal order'): PropertyVerdict<BroadcastProperty> {
    // Direct causes are enough: each of them has its own causes before it, or is found here.
    const past = new Map<string, string[]>();
    const causes = new Map<string, readonly string[]>();
    for (const { type, node, message } of this.trace) {
      if (type === 'crash' || message === undefined) continue;
      const mine = past.get(node) ?? [];
      past.set(node, mine);
      if (type === 'broadcast' && !causes.has(message)) causes.set(message, [...mine]);
      mine.push(message);
    }
    return this.ordered(property, (message) => causes.get(message) ?? []);
  }

  private ordered(
    property: BroadcastProperty,
    causesOf: (message: string) => readonly string[],
  ): PropertyVerdict<BroadcastProperty> {
    for (const node of this.bound(property)) {
      for (const [message, at] of this.of(node)) {
        for (const cause of causesOf(message)) {
          const before = this.of(node).get(cause);
          if (cause === message || (before !== undefined && before < at)) continue;
          const how = before === undefined ? `without ${cause}` : `before ${cause}`;
          return broken(
            property,
            `${node} delivered ${message} ${how}, which comes before it`,
            before === undefined ? [at] : [at, before],
          );
        }
      }
    }
    return kept(property);
  }
}
