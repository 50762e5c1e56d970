import { ms } from '../../engine/index.js';
import type { ClientsConfig } from '../../engine/index.js';
import { probe } from './probe.js';

/** n1 holds the keys; the others send clients to it. */
export const register = probe({
  durable: () => ({ values: {} }),
  onRequest: {
    read: (node, request) => onLeader(node, request, () => node.durable['values'][request.args.key] ?? null),
    write: (node, request) =>
      onLeader(node, request, () => {
        node.durable['values'][request.args.key] = request.args.value;
        return null;
      }),
    cas: (node, request) =>
      onLeader(node, request, () => {
        const { key, from, to } = request.args;
        if ((node.durable['values'][key] ?? null) !== from) return false;
        node.durable['values'][key] = to;
        return true;
      }),
    slow: (node, request) => node.setTimer('answer', ms(request.args.afterMs), { ref: request.ref }),
    never: () => undefined,
    refuse: (node, request) => node.fail(request.ref, 'no'),
    txn: (node, request) => node.reply(request.ref, [['r', 'x', 5]] as never),
  },
  onTimer: { answer: (node, { ref }) => node.reply(ref, 'late') },
});

export function onLeader(
  node: { id: string } & Parameters<NonNullable<Parameters<typeof probe>[0]['onStart']>>[0],
  request: { ref: never },
  answer: () => unknown,
): void {
  node.mark('asked', { session: (request as { session?: unknown }).session ?? null });
  if (node.id !== 'n1') node.redirect(request.ref, 'n1' as never);
  else node.reply(request.ref, answer() as never);
}

export const usual: ClientsConfig = {
  count: 3,
  operations: [{ request: 'read', weight: 2 }, { request: 'write' }, { request: 'cas' }],
  keys: 2,
};
