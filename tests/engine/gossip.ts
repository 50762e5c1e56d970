import {
  defineProtocol,
  invariant,
  ms,
  type AnyProtocol,
  type Node,
  type NodeId,
  type RequestRef,
} from '../../engine/index.js';

/**
 * A register that spreads by gossip: not a good protocol, but one that uses everything the engine has (maps, sets, nested
 * arrays, keyed timers, chance, clocks, marks, requests that wait in the state), for tests of the engine alone.
 */
export interface Gossip {
  options: { everyMs: number; historyMax: number };
  durable: { version: number; value: number; author: string; log: { version: number; value: number }[] };
  volatile: {
    heard: Map<string, { version: number; at: number }>;
    rumours: Set<string>;
    waiting: { ref: RequestRef<Gossip, 'write'>; version: number; acks: string[] }[];
  };
  messages: {
    Rumour: { version: number; value: number; author: string; trail: string[] };
    Ack: { version: number };
    Probe: { nonce: number; seen: Map<string, number> };
  };
  timers: { gossip: void; giveUp: { version: number } };
  requests: {
    read: { args: { key: string }; result: number };
    write: { args: { key: string; value: number }; result: null };
  };
  bugs: 'acks-early';
}

export const gossip: AnyProtocol = defineProtocol<Gossip>({
  name: 'gossip',
  source: 'tests',
  summary: 'A register that spreads by gossip.',
  options: { everyMs: 40, historyMax: 6 },
  durable: () => ({ version: 0, value: 0, author: '', log: [] }),
  volatile: () => ({ heard: new Map(), rumours: new Set(), waiting: [] }),
  onStart(node) {
    node.setTimer('gossip', ms(node.options.everyMs));
    node.mark('started', { wall: node.wall(), monotonic: node.monotonic() });
  },
  onMessage: {
    Rumour(node, message, from) {
      if (adopt(node, message.version, message.value, message.author)) {
        node.volatile.rumours.add(`${message.author}/${message.version}`);
        for (const name of message.trail)
          node.volatile.heard.set(name, { version: message.version, at: node.monotonic() });
      }
      node.send(from, { type: 'Ack', version: message.version });
    },
    Ack(node, message, from) {
      node.volatile.heard.set(from, { version: message.version, at: node.monotonic() });
      for (const waiting of node.volatile.waiting) {
        if (waiting.version <= message.version && !waiting.acks.includes(from)) waiting.acks.push(from);
      }
      const needed = Math.floor(node.members.length / 2);
      for (const waiting of node.volatile.waiting.filter((one) => one.acks.length >= needed))
        node.reply(waiting.ref, null);
      node.volatile.waiting = node.volatile.waiting.filter((one) => one.acks.length < needed);
    },
    Probe(node, message) {
      for (const [name, version] of message.seen) {
        if (!node.volatile.heard.has(name)) node.volatile.heard.set(name, { version, at: message.nonce });
      }
    },
  },
  onTimer: {
    gossip(node) {
      const { durable, volatile } = node;
      const peer = node.random.pick('peer', node.peers);
      node.send(peer, rumour(node));
      if (node.random.chance('probe', 0.3)) {
        const seen = new Map([...volatile.heard].map(([name, one]) => [name, one.version]));
        node.broadcast({ type: 'Probe', nonce: node.random.integer('nonce', 0, 1_000_000), seen });
      }
      if (node.rarely('forget')) volatile.heard.delete(peer);
      if (durable.version > 0) node.mark('told', durable.version);
      node.setTimer('gossip', ms(node.options.everyMs) + node.random.integer('jitter', 0, ms(10)));
    },
    giveUp(node, { version }, key) {
      const late = node.volatile.waiting.find((one) => one.version === version);
      if (late === undefined) return;
      node.mark('gave-up', key ?? null);
      node.volatile.waiting = node.volatile.waiting.filter((one) => one !== late);
    },
  },
  onRequest: {
    read(node, { ref }) {
      if (node.durable.version === 0 && node.random.chance('send-away', 0.2)) node.redirect(ref, null);
      else node.reply(ref, node.durable.value);
    },
    write(node, { ref, args }) {
      if (node.random.chance('refuse', 0.05)) {
        node.fail(ref, 'not today');
        return;
      }
      adopt(node, node.durable.version + 1, args.value, node.id);
      node.broadcast(rumour(node));
      if (node.bug('acks-early')) {
        node.reply(ref, null);
        return;
      }
      const { version } = node.durable;
      node.volatile.waiting.push({ ref, version, acks: [] });
      node.setTimer('giveUp', ms(300), { version }, `v${version}`);
    },
  },
  role: (node) => ({ name: node.durable.author === node.id ? 'author' : 'reader', term: node.durable.version }),
  recovered: (node, world) => world.nodes.every((other) => node.durable.version >= other.durable.version),
  invariants: [
    invariant<Gossip>()({
      name: 'versions never fall',
      says: 'A running node never goes back to an older version.',
      memory: () => new Map<string, number>(),
      afterStep(memory, node, world) {
        const before = memory.get(node.id) ?? 0;
        memory.set(node.id, node.durable.version);
        const fell = node.up && node.durable.version < before && world.now > 0;
        return fell ? `${node.id} went from version ${before} to ${node.durable.version}` : null;
      },
    }),
  ],
  bugs: {
    'acks-early': {
      summary: 'Acknowledges before anybody else has it.',
      property: 'linearizable',
      source: 'tests',
      scenario: '',
    },
  },
});

function rumour(node: Node<Gossip>) {
  const { version, value, author } = node.durable;
  return { type: 'Rumour', version, value, author, trail: [...node.volatile.heard.keys(), node.id].slice(-4) } as const;
}

function adopt(node: Node<Gossip>, version: number, value: number, author: string | NodeId): boolean {
  const { durable } = node;
  if (version < durable.version || (version === durable.version && author <= durable.author)) return false;
  durable.version = version;
  durable.value = value;
  durable.author = author;
  durable.log.push({ version, value });
  while (durable.log.length > node.options.historyMax) durable.log.shift();
  return true;
}
