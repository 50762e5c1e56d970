import { broken, firstBroken, kept, missing, type OnlineProperty, type PropertyVerdict } from './finding.js';

/** A node began to lead a term. */
export interface LeadershipEvent {
  readonly node: string;
  readonly term: number;
}

/** Election Safety: at most one node leads a term. */
export function leaderUniqueness(trace: readonly LeadershipEvent[]): PropertyVerdict<'one leader a term'> {
  return firstBroken(trace, new LeaderUniqueness()) ?? kept('one leader a term');
}

/** Remembers the first leader of each term. */
export class LeaderUniqueness implements OnlineProperty<LeadershipEvent, 'one leader a term'> {
  private readonly first = new Map<number, { readonly node: string; readonly at: number }>();
  private place = 0;

  feed({ node, term }: LeadershipEvent): PropertyVerdict<'one leader a term'> | undefined {
    const at = this.place++;
    const before = this.first.get(term);
    if (before === undefined) this.first.set(term, { node, at });
    else if (before.node !== node)
      return broken('one leader a term', `${before.node} and ${node} both lead term ${term}`, [before.at, at]);
    return undefined;
  }
}

/** Somebody entered, or left, the critical section that a lock guards. */
export interface LockEvent {
  readonly type: 'enter' | 'leave';
  readonly who: string;
  readonly lock: string;
}

/** Mutual exclusion: nobody is inside while another is. */
export function mutualExclusion(trace: readonly LockEvent[]): PropertyVerdict<'mutual exclusion'> {
  return firstBroken(trace, new MutualExclusion()) ?? kept('mutual exclusion');
}

/** Remembers who is inside. */
export class MutualExclusion implements OnlineProperty<LockEvent, 'mutual exclusion'> {
  private readonly inside = new Map<string, Map<string, number>>();
  private place = 0;

  feed({ type, who, lock }: LockEvent): PropertyVerdict<'mutual exclusion'> | undefined {
    const at = this.place++;
    const holders = this.inside.get(lock) ?? new Map<string, number>();
    this.inside.set(lock, holders);
    if (type === 'leave') {
      holders.delete(who);
      return undefined;
    }
    const other = [...holders].find(([name]) => name !== who);
    if (other !== undefined)
      return broken('mutual exclusion', `${who} entered ${lock} while ${other[0]} was inside`, [other[1], at]);
    holders.set(who, at);
    return undefined;
  }
}

/** A message was sent, or its effect took place at the receiver. */
export interface DeliveryEvent {
  readonly type: 'sent' | 'delivered';
  readonly message: string;
}

export type DeliveryProperty = 'at most once' | 'at least once' | 'exactly once';

/** How often what was sent arrived. What has not arrived yet is a violation only where the trace is complete. */
export function deliveryCounts(
  trace: readonly DeliveryEvent[],
  { complete = false }: { readonly complete?: boolean } = {},
): PropertyVerdict<DeliveryProperty>[] {
  const online = new AtMostOnce();
  let twice: PropertyVerdict | undefined;
  for (const event of trace) {
    const found = online.feed(event);
    twice ??= found;
  }
  const lost = online.undelivered();
  const most = (name: DeliveryProperty): PropertyVerdict<DeliveryProperty> =>
    twice === undefined ? kept(name) : { ...twice, property: name };
  const least = (name: DeliveryProperty): PropertyVerdict<DeliveryProperty> =>
    lost === undefined ? kept(name) : missing(name, complete, `${lost[0]} was sent and not delivered`, [lost[1]]);
  return [
    most('at most once'),
    least('at least once'),
    twice === undefined ? least('exactly once') : most('exactly once'),
  ];
}

/** Remembers the name of each message: it may come again at any time. */
export class AtMostOnce implements OnlineProperty<DeliveryEvent, 'at most once'> {
  private readonly sent = new Map<string, number>();
  private readonly arrived = new Map<string, number>();
  private place = 0;

  feed({ type, message }: DeliveryEvent): PropertyVerdict<'at most once'> | undefined {
    const at = this.place++;
    if (type === 'sent') {
      this.sent.set(message, this.sent.get(message) ?? at);
      return undefined;
    }
    const before = this.arrived.get(message);
    this.arrived.set(message, before ?? at);
    if (before !== undefined) return broken('at most once', `${message} was delivered twice`, [before, at]);
    if (this.sent.has(message)) return undefined;
    return broken('at most once', `${message} was delivered and never sent`, [at]);
  }

  /** The first message that was sent and has not arrived, and where it was sent. */
  undelivered(): readonly [message: string, at: number] | undefined {
    return [...this.sent].find(([message]) => !this.arrived.has(message));
  }
}

/** What one read of all accounts showed. */
export interface BalanceRead {
  readonly balances: Readonly<Record<string, number | bigint>>;
}

/** Conservation: transfers neither make nor destroy money, so that every read of all accounts adds up to the same total. */
export function conservation(
  reads: readonly BalanceRead[],
  total: number | bigint,
  { mayOverdraw = false }: { readonly mayOverdraw?: boolean } = {},
): PropertyVerdict<'conservation'> {
  for (const [at, { balances }] of reads.entries()) {
    let sum = 0n;
    for (const [account, balance] of Object.entries(balances)) {
      sum += BigInt(balance);
      if (!mayOverdraw && balance < 0) return broken('conservation', `account ${account} holds ${balance}`, [at]);
    }
    if (sum !== BigInt(total))
      return broken('conservation', `the accounts hold ${sum}, and should hold ${total}`, [at]);
  }
  return kept('conservation');
}
