import { kv, linearizable, operationsOf, type Operation } from '../../../checkers/index.js';
import { toJson, type Micros, type RunResult, type TraceEvent } from '../../../engine/index.js';
import { CALM_FROM, CLIENTS, isFinal, STOP } from './course.js';

/** Between nodes, in the calm before the crash. */
export interface Calm {
  readonly operations: number;
  readonly messages: number;
  /** Of their contents as JSON. */
  readonly bytes: number;
  readonly syncs: number;
  readonly latencies: readonly Micros[];
}

export interface Outage {
  /** The share of clients whose last answer before the crash came from the node that crashed. */
  readonly clientsHit: number;
  /** The longest time from the crash on without an answer to any of these; null where there are none. */
  readonly downtimeOfHit: Micros | null;
  /** The same for all clients together. */
  readonly downtime: Micros;
  /** From the crash to the asking of the last operation that was not answered in time. */
  readonly recovery: Micros;
  readonly unanswered: number;
}

export function calmOf(result: RunResult, crashAt: Micros): Calm {
  let messages = 0;
  let bytes = 0;
  let syncs = 0;
  for (const event of result.trace!.events()) {
    if (event.time < CALM_FROM) continue;
    if (event.time >= crashAt) break;
    // Where a protocol drives its disk, its handler follows as an event of the same kind, with a name.
    if (event.kind === 'sync' && event.name === undefined) syncs++;
    if (!isBetweenNodes(event)) continue;
    messages++;
    bytes += JSON.stringify(toJson(event.body ?? null)).length;
  }
  const answered = operationsOf(result.history).filter(
    ({ outcome, returnedAt }) => outcome === 'ok' && returnedAt! >= CALM_FROM && returnedAt! < crashAt,
  );
  return { operations: answered.length, messages, bytes, syncs, latencies: answered.map(latencyOf) };
}

function isBetweenNodes({ kind, node, peer }: TraceEvent): boolean {
  return kind === 'send' && node !== peer && node!.startsWith('n') && peer!.startsWith('n');
}

function latencyOf({ invokedAt, returnedAt }: Operation): Micros {
  return returnedAt! - invokedAt;
}

export function outageOf(result: RunResult, crashAt: Micros): Outage {
  const crashed = [...result.trace!.events()].find(({ kind }) => kind === 'crash')?.node;
  if (crashed === undefined) throw new Error('nobody crashed: there was no leader');
  // Client i asks the i-th, the (i + CLIENTS)-th, … operation, whatever process it has become.
  const operations = operationsOf(result.history)
    .filter(({ invokedAt }) => !isFinal(invokedAt))
    .map((operation, i) => ({ ...operation, client: i % CLIENTS }));
  const lastAnswer = new Map<number, string | undefined>();
  const byReturn = operations.filter(({ outcome }) => outcome === 'ok').toSorted((a, b) => a.return - b.return);
  for (const { client, node, returnedAt } of byReturn) if (returnedAt! < crashAt) lastAnswer.set(client, node);
  const hit = new Set([...lastAnswer].filter(([, node]) => node === crashed).map(([client]) => client));
  const after = operations.filter(({ invokedAt }) => invokedAt >= crashAt);
  const unanswered = after.filter(({ outcome }) => outcome !== 'ok');
  return {
    clientsHit: hit.size / CLIENTS,
    downtimeOfHit:
      hit.size === 0
        ? null
        : longestGap(
            byReturn.filter(({ client }) => hit.has(client)),
            crashAt,
          ),
    downtime: longestGap(byReturn, crashAt),
    recovery: unanswered.length === 0 ? 0 : unanswered.at(-1)!.invokedAt - crashAt,
    unanswered: unanswered.length,
  };
}

function longestGap(answers: readonly Operation[], from: Micros): Micros {
  let last = from;
  let longest = 0;
  for (const { returnedAt } of answers) {
    if (returnedAt! < from) continue;
    longest = Math.max(longest, returnedAt! - last);
    last = returnedAt!;
  }
  return Math.max(longest, STOP - last);
}

/** Appends that were acknowledged, and those of them that nobody finds when all is over. */
export function lossesOf(result: RunResult): { readonly acknowledged: number; readonly lost: number } {
  const operations = operationsOf(result.history).filter(({ outcome }) => outcome === 'ok');
  const left = new Set<unknown>();
  const read = new Set<unknown>();
  for (const { invokedAt, f, key, output } of operations) {
    if (!isFinal(invokedAt) || f !== 'read') continue;
    read.add(key);
    if (Array.isArray(output)) for (const item of output) left.add(item);
  }
  const appends = operations.filter(({ f }) => f === 'append');
  const unread = appends.find(({ key }) => !read.has(key));
  if (unread !== undefined) throw new Error(`nobody read ${String(unread.key)} in the end`);
  return { acknowledged: appends.length, lost: appends.filter(({ input }) => !left.has(input)).length };
}

/** @returns null where the checker could not decide */
export function isLinearizable(result: RunResult): boolean | null {
  const { verdict } = linearizable(result.history, kv, { evidence: false });
  return verdict === 'undecided' ? null : verdict === 'ok';
}
