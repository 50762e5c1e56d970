import { defineProtocol, ms, type Node, type NodeId } from '../../engine/index.js';
import { bugs } from './bugs.js';
import { invariants } from './invariants.js';
import type { Decision, LogRecord, Transaction, TwoPhaseCommit } from './shape.js';

export type { Decision, Transaction, TwoPhaseCommit } from './shape.js';

type Site = Node<TwoPhaseCommit>;

export const twoPhaseCommit = defineProtocol<TwoPhaseCommit>({
  name: 'two-phase-commit',
  source: 'Bernstein, Hadzilacos, Goodman 1987, chapter 7; Gray 1978; Mohan, Lindsay, Obermarck 1986',
  summary: 'Atomic commitment: everybody commits or nobody does, and who has voted Yes may have to wait.',
  // The presumptions stand on sessions: no message overtakes another, none arrives after its connection was lost.
  transport: 'connection',
  options: { presume: 'nothing', cooperative: false, yesProbability: 0.9, timeoutMs: 200, repairedAfterMs: null },
  durable: () => ({ log: new Map() }),
  volatile: () => ({
    unforced: new Map(),
    awaited: new Map(),
    asked: new Map(),
    unflushed: new Map(),
    restarted: false,
  }),

  /** Recovery, by what the log holds (section 7.4): start → abort; decided → tell; uncertain → termination protocol. */
  onStart(node, { reason }) {
    node.volatile.restarted = reason !== 'first';
    for (const [txn, { state, coordinator }] of [...node.durable.log]) {
      if (coordinator === node.id) decide(node, txn, state === 'commit' ? 'commit' : 'abort', node.peers);
      else if (state === 'yes') askForDecision(node, txn, coordinator);
      else watch(node, txn);
    }
  },

  onRequest: {
    begin(node, { ref: txn, args }) {
      const no = args.no ?? null;
      if (node.peers.length === 0) return node.fail(txn, 'a transaction takes two nodes at least');
      if (!votesYes(node, no)) return node.reply(txn, 'abort'); // Its own vote comes first: nobody else need know.
      // A coordinator that is presumed to have aborted whatever it does not know needs no record of what it began.
      write(node, txn, 'start', node.id, node.options.presume !== 'abort');
      node.volatile.awaited.set(txn, [...node.peers]);
      node.broadcast({ type: 'VoteReq', txn, no });
      watch(node, txn);
    },
    outcome(node, { ref, args }) {
      const state = find(node, args.txn)?.state ?? 'unknown';
      node.reply(ref, state === 'start' || state === 'yes' ? 'undecided' : state);
    },
  },

  onMessage: {
    VoteReq(node, { txn, no }, coordinator) {
      const refused = find(node, txn) !== undefined; // When another participant asked, before this did.
      if (!refused && votesYes(node, no)) {
        write(node, txn, 'yes', coordinator, true);
        node.send(coordinator, { type: 'Yes', txn });
      } else {
        if (!refused) conclude(node, txn, 'abort', coordinator, isAcknowledged(node, 'abort'));
        node.send(coordinator, { type: 'No', txn });
      }
      watch(node, txn);
    },
    Yes(node, { txn }, from) {
      if (find(node, txn)?.state === 'start' && strikeOut(node, txn, from) === 0)
        decide(node, txn, 'commit', node.peers);
    },
    No(node, { txn }, from) {
      const others = node.peers.filter((peer) => peer !== from);
      if (find(node, txn)?.state === 'start') decide(node, txn, 'abort', others);
      else strikeOut(node, txn, from); // Who votes No has decided: that is as good as an acknowledgement.
    },
    Commit: (node, { txn }, from) => learn(node, txn, 'commit', from),
    Abort: (node, { txn }, from) => learn(node, txn, 'abort', from),
    Ack(node, { txn }, from) {
      if (find(node, txn)?.state === 'start') return; // It has learned of a refusal before this coordinator did.
      if (strikeOut(node, txn, from) === 0 && node.options.cooperative) node.send(from, { type: 'Forget', txn });
    },
    DecisionReq(node, { txn, coordinator }, from) {
      const state = find(node, txn)?.state;
      if (state === 'commit' || state === 'abort') return tell(node, from, txn, state);
      if (state !== undefined) return; // Uncertain itself, or still collecting votes.
      if (node.id !== coordinator) {
        // Not asked to vote yet, so it may decide alone. Forced: it must not vote Yes after this, whatever happens.
        conclude(node, txn, 'abort', coordinator, true);
        watch(node, txn);
        tell(node, from, txn, 'abort');
      } else if (node.options.presume !== 'nothing') {
        tell(node, from, txn, node.options.presume);
      }
    },
    Forget: (node, { txn }) => forget(node, txn),
    Flush: (node, { txn }, from) => node.send(from, { type: 'Flushed', txn }),
    Flushed: (node, { txn }, from) => flushed(node, txn, from),
  },

  onConnection: {
    // Whatever was on its way is lost, questions too.
    reset(node, peer) {
      for (const txn of [...node.volatile.unflushed.keys()]) flushed(node, txn, peer);
    },
  },

  onTimer: {
    timeout(node, { txn }) {
      const record = find(node, txn);
      if (record === undefined) return;
      const { state, coordinator } = record;
      const awaited = node.volatile.awaited.get(txn) ?? [];
      if (state === 'start') return decide(node, txn, 'abort', node.peers);
      if (state === 'yes') return askForDecision(node, txn, coordinator);
      // Without cooperation nobody but the coordinator is ever asked, so a participant may forget what it has decided.
      if (coordinator === node.id ? awaited.length === 0 : !node.options.cooperative) return forget(node, txn);
      for (const peer of awaited) tell(node, peer, txn, state);
      for (const peer of node.volatile.unflushed.get(txn) ?? []) node.send(peer, { type: 'Flush', txn });
      if (coordinator !== node.id) acknowledge(node, txn, coordinator);
      watch(node, txn);
    },
  },

  roles: ['blocked', 'coordinator', 'uncertain', 'participant'],
  role({ id, durable, volatile }) {
    const records = [...durable.log, ...volatile.unforced].map(([, record]) => record);
    if ([...volatile.asked.values()].some((times) => times >= 2)) return { name: 'blocked' };
    if (records.some(({ coordinator }) => coordinator === id)) return { name: 'coordinator' };
    return { name: records.some(({ state }) => state === 'yes') ? 'uncertain' : 'participant' };
  },
  invariants,
  bugs,
});

/** The coordinator decides, or says again after a crash what it had decided. */
function decide(node: Site, txn: Transaction, decision: Decision, whom: readonly NodeId[]): void {
  // An abort needs no record of its own where none means abort, nor where `start` alone does.
  const forced = decision === 'commit' || node.options.presume === 'nothing';
  conclude(node, txn, decision, node.id, forced && !node.bug('forgets-decision'));
  const awaited = isAcknowledged(node, decision) && !node.bug('forgets-before-acknowledged') ? [...whom] : [];
  node.volatile.awaited.set(txn, awaited);
  for (const peer of whom) tell(node, peer, txn, decision);
  node.reply(txn, decision);
  watch(node, txn);
}

/** A participant hears of a decision, from the coordinator or from another participant. */
function learn(node: Site, txn: Transaction, decision: Decision, from: NodeId): void {
  const record = find(node, txn);
  if (record?.state === 'yes') {
    if (node.options.cooperative && node.volatile.asked.has(txn)) flush(node, txn);
    // An acknowledgement promises that the record is there to stay.
    conclude(node, txn, decision, record.coordinator, isAcknowledged(node, decision));
    watch(node, txn);
  }
  if (isAcknowledged(node, decision)) acknowledge(node, txn, record?.coordinator ?? from);
}

/**
 * Whoever has asked others for a decision makes sure, before it acknowledges one, that no question of its own is still on its
 * way: it would find a participant that has forgotten, looks as if it had never voted, and aborts. A message that comes
 * after the question on the same connection has pushed it through.
 */
function flush(node: Site, txn: Transaction): void {
  if (node.bug('acknowledges-with-question-open')) return;
  node.volatile.unflushed.set(txn, [...node.peers]);
  node.broadcast({ type: 'Flush', txn });
}

function flushed(node: Site, txn: Transaction, peer: NodeId): void {
  const left = node.volatile.unflushed.get(txn)?.filter((other) => other !== peer);
  if (left === undefined) return;
  if (left.length > 0) return void node.volatile.unflushed.set(txn, left);
  node.volatile.unflushed.delete(txn);
  const record = find(node, txn);
  if (record !== undefined) acknowledge(node, txn, record.coordinator);
}

function acknowledge(node: Site, txn: Transaction, coordinator: NodeId): void {
  if (!node.volatile.unflushed.has(txn)) node.send(coordinator, { type: 'Ack', txn });
}

/** The termination protocol. Whoever has asked and heard nothing is blocked, and can do no more than ask again. */
function askForDecision(node: Site, txn: Transaction, coordinator: NodeId): void {
  if (node.bug('presumes-abort-after-yes')) return conclude(node, txn, 'abort', coordinator, true);
  const times = (node.volatile.asked.get(txn) ?? 0) + 1;
  node.volatile.asked.set(txn, times);
  if (times === 2) node.mark('blocked', { txn });
  const message = { type: 'DecisionReq', txn, coordinator } as const;
  for (const peer of node.options.cooperative ? node.peers : [coordinator]) node.send(peer, message);
  watch(node, txn);
}

/** Each variant saves the acknowledgements of what it presumes; with cooperation, those who may be asked need them all. */
function isAcknowledged(node: Site, decision: Decision): boolean {
  return node.options.presume !== decision || node.options.cooperative;
}

function votesYes(node: Site, no: readonly NodeId[] | null): boolean {
  return no === null ? !node.random.chance('vote-no', 1 - node.options.yesProbability) : !no.includes(node.id);
}

function conclude(node: Site, txn: Transaction, decision: Decision, coordinator: NodeId, forced: boolean): void {
  write(node, txn, decision, coordinator, forced);
  node.volatile.asked.delete(txn);
  node.mark(decision, { txn });
}

function write(node: Site, txn: Transaction, state: LogRecord['state'], coordinator: NodeId, forced: boolean): void {
  node.volatile.unforced.delete(txn);
  (forced ? node.durable.log : node.volatile.unforced).set(txn, { state, coordinator });
}

function find(node: Site, txn: Transaction): LogRecord | undefined {
  return node.volatile.unforced.get(txn) ?? node.durable.log.get(txn);
}

function forget(node: Site, txn: Transaction): void {
  node.durable.log.delete(txn);
  node.volatile.unforced.delete(txn);
  node.volatile.awaited.delete(txn);
  node.volatile.unflushed.delete(txn);
}

/** @returns how many are still awaited. */
function strikeOut(node: Site, txn: Transaction, who: NodeId): number {
  const awaited = (node.volatile.awaited.get(txn) ?? []).filter((peer) => peer !== who);
  if (node.volatile.awaited.has(txn)) node.volatile.awaited.set(txn, awaited);
  return awaited.length;
}

function tell(node: Site, to: NodeId, txn: Transaction, decision: Decision): void {
  node.send(to, { type: decision === 'commit' ? 'Commit' : 'Abort', txn });
}

/** Whatever happens to this transaction next, look at it again after a while. */
function watch(node: Site, txn: Transaction): void {
  node.setTimer('timeout', ms(node.options.timeoutMs), { txn }, txn);
}
