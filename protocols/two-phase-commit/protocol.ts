import { defineProtocol, ms, type Node, type RequestRef, type NodeId } from '../../engine/index.js';

type Decision = 'commit' | 'abort';

export interface TwoPhase {
  options: { retryMs: number };
  durable: { decision: Decision | null; voted: boolean };
  volatile: { waiting: RequestRef<TwoPhase, 'begin'> | null; votes: Record<NodeId, boolean> };
  messages: { Prepare: {}; Vote: { yes: boolean; xs: number[] }; Decide: { decision: Decision } };
  timers: { giveUp: void; again: { n: number } };
  requests: { begin: { args: {}; result: Decision } };
  bugs: 'forgets';
}

export const twoPhase = defineProtocol<TwoPhase>({
  name: 'two-phase-commit',
  source: 'Gray 1978',
  summary: 'x',
  options: { retryMs: 100 },
  durable: () => ({ decision: null, voted: false }),
  volatile: () => ({ waiting: null, votes: {} }),
  onStart(node) {
    node.setTimer('giveUp', ms(node.options.retryMs));
    node.setTimer('again', ms(3), { n: 1 });
  },
  onMessage: {
    Prepare(node, _message, from) {
      return node.send(from, { type: 'Vote', yes: node.random.chance('yes', 0.9), xs: [] });
    },
    Vote(node, message, from) {
      node.volatile.votes[from] = message.yes;
      if (Object.keys(node.volatile.votes).length === node.members.length) decide(node, 'commit');
    },
    Decide(node, message) {
      node.durable.decision = message.decision;
    },
  },
  onTimer: { giveUp(node) { decide(node, 'abort'); }, again(_node, payload) { void payload.n; } },
  onRequest: { begin(node, request) { node.volatile.waiting = request.ref; node.broadcast({ type: 'Prepare' }); } },
  bugs: { forgets: { summary: '', property: '', source: '', scenario: '' } },
});

function decide(node: Node<TwoPhase>, decision: Decision): void {
  if (node.bug('forgets')) return;
  node.durable.decision = decision;
  node.broadcast({ type: 'Decide', decision });
  if (node.volatile.waiting) node.reply(node.volatile.waiting, decision);
}
