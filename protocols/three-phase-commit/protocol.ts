import { defineProtocol, type NodeId } from '../../engine/index.js';
import { bugs } from './bugs.js';
import { invariants } from './invariants.js';
import {
  decide,
  enter,
  forget,
  forgetLater,
  isDecided,
  learn,
  onDone,
  stateOf,
  tellUnacknowledged,
  watch,
  write,
  type Site,
} from './log.js';
import { ask, onDecisionReq, onRecovering, recover, remind } from './recovery.js';
import type { ThreePhaseCommit, Transaction } from './shape.js';
import { elect, onState, onStateReq, onUrElected, preCommit, terminate } from './termination.js';

export type { ThreePhaseCommit, Transaction } from './shape.js';

export const threePhaseCommit = defineProtocol<ThreePhaseCommit>({
  name: 'three-phase-commit',
  source: 'Skeen 1981; Bernstein, Hadzilacos, Goodman 1987, section 7.5',
  summary:
    'Atomic commitment that does not block where failures are detected reliably, and is not safe where they are not.',
  transport: 'connection',
  options: { yesProbability: 0.9, timeoutMs: 50, repairedAfterMs: null },
  durable: () => ({ log: new Map() }),
  volatile: () => ({ live: new Map(), unacknowledged: new Map(), restarted: false }),

  onStart(node, { reason }) {
    node.volatile.restarted = reason !== 'first';
    recover(node);
  },

  onRequest: {
    begin(node, { ref: txn, args }) {
      const no = args.no ?? null;
      if (node.peers.length === 0) return node.fail(txn, 'a transaction takes two nodes at least');
      if (!votesYes(node, no)) return node.reply(txn, 'abort'); // Its own vote comes first: nobody else need know.
      write(node, txn, 'start');
      enter(node, txn, { coordinator: node.id, up: [...node.members], phase: 'votes', awaited: [...node.peers] });
      node.broadcast({ type: 'VoteReq', txn, no });
      watch(node, txn, 1);
    },
  },

  onMessage: {
    VoteReq(node, { txn, no }, coordinator) {
      if (stateOf(node, txn) !== undefined) return; // Another has asked for its state, and it has refused.
      if (votesYes(node, no)) {
        write(node, txn, 'yes');
        enter(node, txn, { coordinator, up: [...node.members], phase: 'follow', awaited: [] });
        node.send(coordinator, { type: 'Yes', txn });
      } else {
        write(node, txn, 'abort', coordinator);
        node.mark('abort', { txn });
        node.send(coordinator, { type: 'No', txn });
      }
      watch(node, txn, 2);
    },
    Yes(node, { txn }, from) {
      const live = answered(node, txn, from, 'votes');
      if (live?.awaited.length !== 0) return;
      if (node.bug('skips-pre-commit')) return decide(node, txn, 'commit');
      write(node, txn, 'pre-commit');
      preCommit(node, txn, live, node.peers);
    },
    No(node, { txn }) {
      if (node.volatile.live.get(txn)?.phase === 'votes') decide(node, txn, 'abort');
    },
    PreCommit(node, { txn }, from) {
      const live = node.volatile.live.get(txn);
      if (live?.phase !== 'follow' || live.coordinator !== from) return;
      write(node, txn, 'pre-commit');
      node.send(from, { type: 'Ack', txn });
      watch(node, txn, 2);
    },
    Ack(node, { txn }, from) {
      if (answered(node, txn, from, 'acks')?.awaited.length === 0) decide(node, txn, 'commit');
    },
    Commit: (node, { txn }, from) => learn(node, txn, 'commit', from),
    Abort: (node, { txn }, from) => learn(node, txn, 'abort', from),
    UrElected: (node, { txn }, from) => onUrElected(node, txn, from),
    StateReq: (node, { txn }, from) => onStateReq(node, txn, from),
    State: (node, { txn, state }, from) => onState(node, txn, state, from),
    DecisionReq: (node, { txn }, from) => onDecisionReq(node, txn, from),
    Recovering: (node, { txn, state }, from) => onRecovering(node, txn, state, from),
    Done: (node, { txn }, from) => onDone(node, txn, from),
    Forget: (node, { txn }) => forgetLater(node, txn),
  },

  onTimer: {
    timeout(node, { txn }) {
      const record = node.durable.log.get(txn);
      const live = node.volatile.live.get(txn);
      if (live?.phase === 'votes') return decide(node, txn, 'abort');
      if (live?.phase === 'acks') return decide(node, txn, 'commit'); // Who has not acknowledged has failed.
      if (live?.phase === 'states') return terminate(node, txn, live);
      if (live?.phase === 'follow') return elect(node, txn, live);
      if (live?.phase === 'recover') return ask(node, txn);
      const missing = node.volatile.unacknowledged.get(txn);
      if (missing?.length === 0) forgetLater(node, txn);
      else if (missing !== undefined) tellUnacknowledged(node, txn, missing);
      else if (isDecided(record?.state)) remind(node, txn, record!.decider!);
    },
    forget: (node, { txn }) => forget(node, txn),
  },

  roles: ['recovering', 'coordinator', 'participant'],
  role({ id, volatile }) {
    const phases = [...volatile.live.values()];
    if (phases.some(({ phase }) => phase === 'recover')) return { name: 'recovering' };
    if (phases.some(({ coordinator }) => coordinator === id)) return { name: 'coordinator' };
    return { name: 'participant' };
  },
  invariants,
  bugs,
});

function votesYes(node: Site, no: readonly NodeId[] | null): boolean {
  return no === null ? !node.random.chance('vote-no', 1 - node.options.yesProbability) : !no.includes(node.id);
}

/** Strikes out who has answered. @returns the transaction, if this is what was waited for. */
function answered(node: Site, txn: Transaction, from: NodeId, phase: 'votes' | 'acks') {
  const live = node.volatile.live.get(txn);
  if (live?.phase !== phase) return undefined;
  live.awaited = live.awaited.filter((peer) => peer !== from);
  return live;
}
