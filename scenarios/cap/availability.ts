import { operationsOf, type Operation } from '../../checkers/index.js';
import type { History, Micros } from '../../engine/index.js';

/** Of requests that were asked in a time, as shares from 0 to 1; and how many there were. */
export interface Answered {
  readonly asked: number;
  /** Answered well within the bound. */
  readonly ok: number;
  /** Answered, with an error. */
  readonly failed: number;
  /** The others were not answered within the bound. */
}

export interface Availability {
  readonly reads: Answered;
  readonly writes: Answered;
}

export interface Period {
  readonly from: Micros;
  readonly to: Micros;
}

/**
 * Availability in the sense of Gilbert and Lynch: every request that a node receives gets an answer, and an error is none.
 *
 * @param of only what these nodes were asked, by the first node that each client asks
 */
export function availability(
  history: History,
  period: Period,
  bound: Micros,
  nodes: number,
  of: readonly number[],
): Availability {
  const reads = { asked: 0, ok: 0, failed: 0 };
  const writes = { asked: 0, ok: 0, failed: 0 };
  for (const operation of probes(history, nodes)) {
    const { invokedAt, outcome, returnedAt } = operation.operation;
    if (invokedAt < period.from || invokedAt >= period.to || !of.includes(operation.node)) continue;
    const into = operation.operation.f === 'read' ? reads : writes;
    into.asked++;
    if (returnedAt === undefined || returnedAt - invokedAt > bound) continue;
    if (outcome === 'ok') into.ok++;
    else into.failed++;
  }
  return { reads: shares(reads), writes: shares(writes) };
}

/** Operations asked of `here` about keys that were written `there` in the same time: what a cut can make inconsistent. */
export function askedAcross(
  history: History,
  { from, to }: Period,
  nodes: number,
  here: readonly number[],
  there: readonly number[],
): number {
  const during = probes(history, nodes).filter(
    ({ operation }) => operation.invokedAt >= from && operation.invokedAt < to,
  );
  const written = new Set(
    during
      .filter(({ operation, node }) => operation.f !== 'read' && there.includes(node))
      .map(({ operation }) => operation.key),
  );
  return during.filter(({ operation, node }) => here.includes(node) && written.has(operation.key)).length;
}

/**
 * Rounded down: what was not answered once is not always answered. A share of 29 in 100 is no double, and 29 percent all the same.
 */
export function percentAnswered({ ok }: Answered): number {
  return Math.floor(ok * 100 + 1e-9);
}

/** Of nothing that was asked, nothing was answered. */
export function isTotal({ ok }: Answered): boolean {
  return ok === 1;
}

function shares({ asked, ok, failed }: Answered): Answered {
  return asked === 0 ? { asked, ok: 0, failed: 0 } : { asked, ok: ok / asked, failed: failed / asked };
}

/** The clients' operations with the node that each was to ask. */
function probes(history: History, nodes: number): { readonly operation: Operation; readonly node: number }[] {
  // Client i asks node i modulo nodes; the n-th operation is the n-th client's, whatever process it became.
  let issued = 0;
  const clients = 2 * nodes;
  return operationsOf(history).map((operation) => ({ operation, node: (issued++ % clients) % nodes }));
}
