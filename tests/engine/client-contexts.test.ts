import { describe, expect, it } from 'vitest';
import { defineProtocol, ms } from '../../engine/index.js';
import { runQuiet } from './probe.js';

describe('what a store tells a client to pass back', () => {
  interface Telling {
    durable: { puts: number };
    requests: {
      put: { args: { key: string; value: number; context: number | null }; result: { context: number } };
      get: { args: { key: string; consistency?: string }; result: number };
    };
  }
  const telling = defineProtocol<Telling>({
    name: 'telling',
    source: 'tests/engine/client-contexts.test.ts',
    summary: 'Answers each put with a number to pass back.',
    durable: () => ({ puts: 0 }),
    onRequest: {
      put(node, { ref, args }) {
        expect(args.context).toBe(node.durable.puts === 0 ? null : node.durable.puts);
        node.durable.puts++;
        node.reply(ref, { context: node.durable.puts });
      },
      get: (node, { ref }) => node.reply(ref, node.durable.puts),
    },
  });

  it('is the next $context of this client and key; how to ask is no part of what a history shows', () => {
    const put = (at: number) => ({
      ...{ at: ms(at), client: 'c1', request: 'put' },
      args: { key: 'x', value: at, context: '$context' },
    });
    const get = { at: ms(300), client: 'c1', request: 'get', args: { key: 'x', consistency: 'ONE' } };
    const { history, violations } = runQuiet({ protocol: telling, nodes: 1, script: [put(0), put(100), get] });
    expect(violations).toEqual([]);
    expect(history.filter(({ type }) => type === 'ok').map(({ value }) => value)).toEqual([0, 100, 2]);
  });
});
