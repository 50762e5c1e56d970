import type { Micros } from '../../engine/time.js';
import type { Allowance } from '../budget.js';
import { EdgeList, WW } from '../graph/edges.js';
import { circle, type Finding, type Search } from './finding.js';
import { INITIAL, type RegisterHistory } from './register-history.js';

/** What was seen after the writing of a key had ended. */
interface Quiet {
  /** Place in the history, and time, from which on no write of the key was open. */
  readonly from: number;
  readonly at: Micros;
  /** The reads that were called after that, in the order of their calls. */
  readonly reads: readonly number[];
  readonly written: boolean;
}

/** How the reads after the last write ended up. */
export interface Convergence {
  /** Keys of which some client read something after the last write, and all. */
  readonly keysRead: number;
  readonly keys: number;
  /** The longest time from the end of the last write of a key to the call of the last read that saw another value than the final one, µs. */
  readonly us: Micros;
}

/**
 * A write is over when it is acknowledged. One that was never answered is over when somebody has seen it: nobody can tell
 * when it takes effect, before that.
 */
function quietTimes(history: RegisterHistory): Quiet[] {
  const quiet = history.keys.map(() => ({ from: -1, at: 0, reads: [] as number[], written: false }));
  const over = (key: number, place: number, at: Micros): void => {
    const one = quiet[key]!;
    if (place > one.from) Object.assign(one, { from: place, at });
  };
  const landed = new Set<number>();
  for (let i = 0; i < history.size; i++) {
    const operation = history.operations[i]!;
    const key = history.key[i] as number;
    if (history.writes[i] === 1) {
      quiet[key]!.written = true;
      if (operation.return !== Infinity) over(key, operation.return, operation.returnedAt ?? operation.invokedAt);
    }
  }
  const ofUnanswered = [...history.operations.keys()].filter((i) => {
    const source = history.from[i] as number;
    return history.writes[i] === 0 && source >= 0 && history.operations[source]!.return === Infinity;
  });
  for (const i of ofUnanswered.sort((a, b) => history.operations[a]!.return - history.operations[b]!.return)) {
    const source = history.from[i] as number;
    if (landed.has(source)) continue;
    landed.add(source);
    over(history.key[i] as number, history.operations[i]!.return, history.operations[i]!.returnedAt ?? 0);
  }
  for (let i = 0; i < history.size; i++) {
    const one = quiet[history.key[i] as number]!;
    if (history.writes[i] === 0 && history.operations[i]!.call > one.from) one.reads.push(i);
  }
  return quiet;
}

/**
 * Eventual: when the writing of a key has ended, and `settleUs` has passed, every client that reads it gets one and the same
 * value, one that was written where something was. Without `settleUs`: each client's last read does. Where unanswered writes
 * that nobody saw may still be on their way, they end nothing and prove nothing.
 *
 * @returns `nothing` when no key was read by two reads after its writing had ended: then nobody can tell.
 */
export function eventual(history: RegisterHistory, settleUs?: Micros): Finding | undefined | 'nothing' {
  let told = false;
  for (const [key, { at, reads, written }] of quietTimes(history).entries()) {
    const final =
      settleUs === undefined
        ? lastOfEach(history, reads)
        : reads.filter((i) => history.operations[i]!.invokedAt >= at + settleUs);
    const last = final.at(-1);
    if (last === undefined) continue;
    told ||= final.length > 1 || written;
    const lost = written ? final.find((i) => history.from[i] === INITIAL) : undefined;
    if (lost !== undefined) {
      const says = `${history.client(lost)} got ${history.text(lost)}, the initial value, after the last write had ended`;
      return {
        pattern: 'Diverged',
        says,
        involved: [...history.writersOf(key).map((list) => list.at(-1) as number), lost],
        steps: [],
      };
    }
    const other = final.find((i) => history.from[i] !== history.from[last]);
    if (other === undefined) continue;
    const says = `after the last write had ended, ${history.client(other)} got ${history.text(other)} and ${history.client(last)} got ${history.text(last)}${settleUs === undefined ? ', and neither read again' : ''}`;
    const sources = [other, last].map((i) => history.from[i] as number).filter((i) => i >= 0);
    return { pattern: 'Diverged', says, involved: [...sources, other, last], steps: [] };
  }
  return told ? undefined : 'nothing';
}

function lastOfEach(history: RegisterHistory, reads: readonly number[]): number[] {
  const last = new Map<number, number>();
  for (const i of reads) last.set(history.session[i] as number, i);
  return [...last.values()].sort((a, b) => a - b);
}

export function measureConvergence(history: RegisterHistory): Convergence {
  let us = 0;
  let keysRead = 0;
  for (const { at, reads } of quietTimes(history)) {
    const last = reads.at(-1);
    if (last === undefined) continue;
    keysRead++;
    for (const i of reads) {
      if (history.from[i] !== history.from[last]) us = Math.max(us, history.operations[i]!.invokedAt - at);
    }
  }
  return { keysRead, keys: history.keys.length, us };
}

/**
 * Strong eventual, as far as clients can see it: there is one order of the writes such that every replica answers with the
 * last one that it has seen, and it never forgets one. A replica is the node that answered, or the client where no node is
 * known. Of reads that overlap nobody can tell which came first.
 */
export function strongConvergence(history: RegisterHistory, allowance: Allowance): Search {
  const missing = allowance.take(history.size);
  if (missing !== undefined) return missing;
  const groups = new Map<string, number[]>();
  for (let i = 0; i < history.size; i++) {
    if (history.writes[i] === 1) continue;
    const name = `${history.operations[i]!.node ?? history.client(i)} ${history.key[i] as number}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [i]);
    else group.push(i);
  }
  const edges = new EdgeList(allowance.memory);
  const joint = (i: number): number => history.size + i;
  for (const reads of groups.values()) {
    // A joint at each read for all that had returned by then: the chain of these in the order of the returns.
    const byReturn = [...reads].sort((a, b) => history.operations[a]!.return - history.operations[b]!.return);
    let next = 0;
    let last = -1;
    let seen = -1;
    for (const read of reads) {
      for (
        ;
        next < byReturn.length && history.operations[byReturn[next] as number]!.return < history.operations[read]!.call;
        next++
      ) {
        const done = byReturn[next] as number;
        if (last !== -1) edges.add(joint(last), joint(done), WW, done);
        if ((history.from[done] as number) >= 0) {
          edges.add(history.from[done] as number, joint(done), WW, done);
          seen = history.from[done] as number;
        }
        last = done;
      }
      if (last === -1) continue;
      if (history.from[read] === INITIAL) {
        if (seen === -1) continue;
        const says = `${replica(history, read)} answered ${history.text(read)}, the initial value, after it had answered with ${history.text(seen)}`;
        return { pattern: 'InitialAfterWrite', says, involved: [seen, read], steps: [] };
      }
      edges.add(joint(last), history.from[read] as number, WW, read);
    }
  }
  const says = (_: number, from: number, to: number, read: number): string =>
    `${replica(history, read)} answered ${history.text(read)} when it had seen ${history.text(from)}, which therefore came before ${history.text(to)}`;
  const isWrite = (member: number): boolean => history.writes[member] === 1;
  return circle(history, edges, 2 * history.size, 'CyclicOrder', allowance, says, isWrite);
}

function replica(history: RegisterHistory, read: number): string {
  return history.operations[read]!.node ?? history.client(read);
}
