import { defineProtocol, type Micros } from '../../engine/index.js';

interface Stamped {
  readonly value: number | string | null;
  readonly at: Micros;
  readonly by: string;
}

export interface ControlStore {
  volatile: { data: Map<string, Stamped> };
  messages: { Told: { key: string; stamped: Stamped } };
  requests: {
    read: { args: { key: string }; result: number | string | null };
    write: { args: { key: string; value: number | string | null }; result: null };
  };
}

/**
 * A store that is always there and never right: each node answers from what it has, and tells the others afterwards, once.
 * No measure of consistency is worth anything that lets it pass.
 */
export const controlStore = defineProtocol<ControlStore>({
  name: 'control',
  source: 'docs/cap.md',
  summary: 'Every node answers by itself, and tells the others afterwards.',
  volatile: () => ({ data: new Map() }),
  onRequest: {
    read: (node, { ref, args }) => node.reply(ref, node.volatile.data.get(args.key)?.value ?? null),
    write(node, { ref, args }) {
      const stamped = { value: args.value, at: node.wall(), by: node.id };
      node.volatile.data.set(args.key, stamped);
      node.broadcast({ type: 'Told', key: args.key, stamped });
      node.reply(ref, null);
    },
  },
  onMessage: {
    Told(node, { key, stamped }) {
      const known = node.volatile.data.get(key);
      const later = known === undefined || stamped.at > known.at || (stamped.at === known.at && stamped.by > known.by);
      if (later) node.volatile.data.set(key, { ...stamped });
    },
  },
});
