import { defineProtocol, ms, type MessageOfType, type MessageType, type NodeId } from '../../engine/index.js';
import { onAntiEntropyTimer, onCompare, onExchange } from './anti-entropy.js';
import { quorumBugs } from './bugs.js';
import { beginRead, beginWrite, onFetched, onReplicasTimer, onReplicated, onRequestTimer } from './coordinator.js';
import { onHandedOff, onHandoff, onHandoffTimer } from './handoff.js';
import { quorumInvariants } from './invariants.js';
import { changeMembers, onMembers } from './membership.js';
import { ringOf } from './placement.js';
import { giveAway, onFetch, onRepair, onReplicate } from './replica.js';
import type { Quorum, QuorumNode } from './shape.js';

export type { Quorum, QuorumBug, QuorumOptions } from './shape.js';

/** Who is heard of is not down. */
function heard<K extends MessageType<Quorum>>(
  handler: (node: QuorumNode, message: MessageOfType<Quorum, K>, from: NodeId) => void,
): (node: QuorumNode, message: MessageOfType<Quorum, K>, from: NodeId) => void {
  return (node, message, from) => {
    const { suspects } = node.volatile;
    if (suspects.size > 0) suspects.delete(from);
    handler(node, message, from);
  };
}

/** What a restart finds: a crash may have kept a version and not its number. */
function restore(node: QuorumNode): void {
  const { durable, volatile, options } = node;
  durable.membership ??= {
    number: 1,
    members: options.ring.length === 0 ? [...node.members] : node.members.filter((id) => options.ring.includes(id)),
  };
  volatile.ring = ringOf(durable.membership, options.virtualNodes);
  for (const replicas of [durable.store, ...durable.hints.values()]) {
    for (const [key, versions] of replicas) {
      for (const { dot } of versions) {
        if (dot.actor !== durable.actor) continue;
        durable.counters.set(key, Math.max(dot.counter, durable.counters.get(key) ?? 0));
      }
    }
  }
  giveAway(node);
}

const NAMES_MAX = 1_073_741_823;

/** Dynamo: every node keeps some keys, and coordinates any request that it is asked. */
export const quorum = defineProtocol<Quorum>({
  name: 'quorum',
  source:
    'DeCandia et al., Dynamo, SOSP 2007; Preguiça et al., Dotted Version Vectors, 2010; Bailis et al., PBS, VLDB 2012',
  summary: 'A key-value store without a leader: R of N answer a read and W of N a write, and replicas converge later.',
  options: {
    ...{ n: 3, r: 2, w: 2, versions: 'timestamps', sloppy: false, hintedHandoff: true, readRepair: true },
    ...{ antiEntropyMs: 1_000, handoffMs: 500, replicaTimeoutMs: 50, suspectMs: 500, requestTimeoutMs: 800 },
    ...{ graceMs: 3_600_000, virtualNodes: 16, ring: [], batchMax: 64, settledAfterMs: 0 },
  },
  durable: () => ({ store: new Map(), hints: new Map(), counters: new Map(), actor: null, membership: null }),
  volatile: () => ({
    ring: { tokens: [], owners: [] },
    operations: new Map(),
    suspects: new Map(),
    startedAt: 0,
    begun: null,
    answered: null,
    touched: [],
  }),
  onStart(node, { reason, damage }) {
    const { durable, volatile, options } = node;
    // What was promised to be kept may be lost: to answer without it would break quorums.
    if (damage.length > 0) return node.halt(`the disk is damaged: ${damage.map(({ field }) => field).join(', ')}`);
    durable.actor ??= reason === 'first' ? node.id : `${node.id}~${node.random.integer('name', 0, NAMES_MAX)}`;
    volatile.startedAt = node.monotonic();
    restore(node);
    if (options.handoffMs > 0) node.setTimer('handoff', ms(node.random.integer('handoff', 1, options.handoffMs)));
    if (options.antiEntropyMs > 0) {
      node.setTimer('antiEntropy', ms(node.random.integer('anti-entropy-start', 1, options.antiEntropyMs)));
    }
  },
  onMessage: {
    Replicate: heard<'Replicate'>(onReplicate),
    Replicated: heard<'Replicated'>(onReplicated),
    Fetch: heard<'Fetch'>(onFetch),
    Fetched: heard<'Fetched'>(onFetched),
    Repair: heard<'Repair'>(onRepair),
    Handoff: heard<'Handoff'>(onHandoff),
    HandedOff: heard<'HandedOff'>(onHandedOff),
    Compare: heard<'Compare'>(onCompare),
    Exchange: heard<'Exchange'>(onExchange),
    Members: heard<'Members'>(onMembers),
  },
  onTimer: {
    replicas: onReplicasTimer,
    request: onRequestTimer,
    handoff: onHandoffTimer,
    antiEntropy: onAntiEntropyTimer,
  },
  onRequest: {
    read(node, { ref, args: { key, consistency } }) {
      if (node.options.versions !== 'timestamps') return node.fail(ref, 'siblings need a get');
      beginRead(node, { kind: 'read', ref, key, consistency });
    },
    write(node, { ref, args: { key, value, consistency } }) {
      if (node.options.versions !== 'timestamps')
        return node.fail(ref, 'without a context nothing is replaced: use put');
      beginWrite(node, { kind: 'write', ref, key, value, context: null, consistency });
    },
    get: (node, { ref, args: { key, consistency } }) => beginRead(node, { kind: 'get', ref, key, consistency }),
    put(node, { ref, args: { key, value, context, consistency } }) {
      beginWrite(node, { kind: 'put', ref, key, value, context: context ?? {}, consistency });
    },
    // Either needs one order of all updates of a key, which there is not.
    cas: (node, { ref }) => node.fail(ref, 'not in an eventually consistent store'),
    append: (node, { ref }) => node.fail(ref, 'not in an eventually consistent store'),
    join(node, { ref, args }) {
      const joining = node.members.filter((id) => id === args.node);
      changeMembers(node, (members) => [...members.filter((id) => !joining.includes(id)), ...joining]);
      node.reply(ref, null);
    },
    leave(node, { ref, args }) {
      changeMembers(node, (members) => members.filter((id) => id !== args.node));
      node.reply(ref, null);
    },
  },
  roles: ['replica', 'outside'],
  role: ({ id, durable }) => ({ name: durable.membership?.members.includes(id) === false ? 'outside' : 'replica' }),
  invariants: quorumInvariants,
  bugs: quorumBugs,
});
