import { broken, kept, missing, type PropertyVerdict } from './finding.js';

/** A node began to lead a term. */
export interface LeadershipEvent {
  readonly node: string;
  readonly term: number;
}

/** Election Safety: at most one node leads a term. */
export function leaderUniqueness(trace: readonly LeadershipEvent[]): PropertyVerdict<'one leader a term'> {
  const first = new Map<number, number>();
  for (const [at, { node, term }] of trace.entries()) {
    const before = first.get(term);
    if (before === undefined) first.set(term, at);
    else if (trace[before]?.node !== node) {
      return broken('one leader a term', `${trace[before]?.node ?? ''} and ${node} both lead term ${term}`, [
        before,
        at,
      ]);
    }
  }
  return kept('one leader a term');
}

/** Somebody entered, or left, the critical section that a lock guards. */
export interface LockEvent {
  readonly type: 'enter' | 'leave';
  readonly who: string;
  readonly lock: string;
}

/** Mutual exclusion: nobody is inside while another is. */
export function mutualExclusion(trace: readonly LockEvent[]): PropertyVerdict<'mutual exclusion'> {
  const inside = new Map<string, Map<string, number>>();
  for (const [at, { type, who, lock }] of trace.entries()) {
    const holders = inside.get(lock) ?? new Map<string, number>();
    inside.set(lock, holders);
    if (type === 'leave') {
      holders.delete(who);
      continue;
    }
    const other = [...holders].find(([name]) => name !== who);
    if (other !== undefined)
      return broken('mutual exclusion', `${who} entered ${lock} while ${other[0]} was inside`, [other[1], at]);
    holders.set(who, at);
  }
  return kept('mutual exclusion');
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
  const sent = new Map<string, number>();
  const arrived = new Map<string, number>();
  let twice: { says: string; events: readonly number[] } | undefined;
  for (const [at, { type, message }] of trace.entries()) {
    if (type === 'sent') {
      sent.set(message, sent.get(message) ?? at);
      continue;
    }
    const before = arrived.get(message);
    if (before !== undefined) twice ??= { says: `${message} was delivered twice`, events: [before, at] };
    else if (!sent.has(message)) twice ??= { says: `${message} was delivered and never sent`, events: [at] };
    arrived.set(message, before ?? at);
  }
  const lost = [...sent].find(([message]) => !arrived.has(message));
  const most = (name: DeliveryProperty): PropertyVerdict<DeliveryProperty> =>
    twice === undefined ? kept(name) : broken(name, twice.says, twice.events);
  const least = (name: DeliveryProperty): PropertyVerdict<DeliveryProperty> =>
    lost === undefined ? kept(name) : missing(name, complete, `${lost[0]} was sent and not delivered`, [lost[1]]);
  return [
    most('at most once'),
    least('at least once'),
    twice === undefined ? least('exactly once') : most('exactly once'),
  ];
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
