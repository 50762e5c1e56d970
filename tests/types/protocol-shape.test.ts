import { describe, expect, it } from 'vitest';
import { compile } from './compile.js';

// One protocol that has every part. Each case below changes one place of it; `✗ 2322` at the end of a line says that TypeScript
// must refuse that line with that code, and every line without it must pass.
const bank = `
import { defineProtocol, invariant, ms, type Node, type NodeId, type RequestRef } from '../../engine/index.js';

interface Entry { key: string; value: number }
export interface Bank {
  options: { retryMs: number };
  durable: { entries: Entry[]; votedFor: NodeId | null };
  volatile: { waiting: RequestRef<Bank, 'put'> | null; heard: Record<string, number> };
  messages: { Copy: { entries: Entry[] }; Copied: { count: number } };
  timers: { tick: void; retry: { attempt: number } };
  requests: { put: { args: Entry; result: { index: number } }; get: { args: { key: string }; result: number | null } };
  bugs: 'forgets' | 'answers-early';
}
const source = { summary: 's', property: 'linearizable', source: 'a paper', scenario: 'bank/crash' };

export const bank = defineProtocol<Bank>({
  name: 'bank',
  source: 'a paper',
  summary: 'a store',
  options: { retryMs: 100 },
  durable: () => ({ entries: [], votedFor: null }),
  volatile: () => ({ waiting: null, heard: {} }),
  onStart(node) {
    node.setTimer('tick', ms(10));
    node.setTimer('retry', ms(node.options.retryMs), { attempt: 1 });
  },
  onMessage: {
    Copy(node, message, from) {
      for (const { key, value } of message.entries) append(node, key, value);
      node.send(from, { type: 'Copied', count: message.entries.length });
    },
    Copied(node, message, from) {
      node.volatile.heard[from] = message.count;
      return settle(node);
    },
  },
  onTimer: {
    tick(node) {
      node.broadcast({ type: 'Copy', entries: node.durable.entries });
    },
    retry(node, payload) {
      node.setTimer('retry', ms(5), { attempt: payload.attempt + 1 });
    },
  },
  onRequest: {
    put(node, request) {
      node.volatile.waiting = request.ref;
      append(node, request.args.key, request.args.value);
    },
    get(node, request) {
      if (node.bug('answers-early')) return;
      node.reply(request.ref, 4);
    },
  },
  invariants: [
    invariant<Bank>()({
      name: 'entries only grow',
      says: 'no entry is ever removed',
      memory: () => new Map<NodeId, number>(),
      afterStep(longest, node) {
        const { length } = node.durable.entries;
        if (length < (longest.get(node.id) ?? 0)) return node.id + ' lost an entry';
        longest.set(node.id, length);
        return null;
      },
    }),
  ],
  bugs: { forgets: source, 'answers-early': source },
});

function append(node: Node<Bank>, key: string, value: number): void {
  node.durable.entries.push({ key, value });
}
function settle(node: Node<Bank>): void {
  const { waiting } = node.volatile;
  if (waiting !== null) node.reply(waiting, { index: node.durable.entries.length });
}
`;

interface Case {
  readonly title: string;
  readonly change: string;
  readonly into: string;
  /** Where TypeScript reports it, when not at the changed place: the beginning of the line. */
  readonly at?: readonly [line: string, code: number];
}

const refused: readonly Case[] = [
  // Handlers: they never wait and answer nothing.
  {
    title: 'an async message handler',
    change: 'Copied(node, message, from) {',
    into: 'async Copied(node, message, from) { // ✗ 2322',
  },
  { title: 'an async timer handler', change: 'tick(node) {', into: 'async tick(node) { // ✗ 2322' },
  { title: 'an async request handler', change: 'put(node, request) {', into: 'async put(node, request) { // ✗ 2322' },
  { title: 'an async onStart', change: 'onStart(node) {', into: 'async onStart(node) { // ✗ 2322' },
  { title: 'a generator as a handler', change: 'tick(node) {', into: '*tick(node) { // ✗ 2322' },
  {
    title: 'a handler that returns a value',
    change: 'return settle(node);',
    into: 'return 4;',
    at: ['Copied(node, message, from) {', 2322],
  },
  {
    title: 'a handler that returns a promise',
    change: 'return settle(node);',
    into: 'return Promise.resolve();',
    at: ['Copied(node, message, from) {', 2322],
  },
  // Handlers: all of them, and no others.
  {
    title: 'a missing message handler',
    change:
      'Copied(node, message, from) {\n      node.volatile.heard[from] = message.count;\n      return settle(node);\n    },',
    into: '',
    at: ['onMessage: {', 2741],
  },
  {
    title: 'a missing timer handler',
    change: "tick(node) {\n      node.broadcast({ type: 'Copy', entries: node.durable.entries });\n    },",
    into: '',
    at: ['onTimer: {', 2741],
  },
  {
    title: 'an async disk handler',
    change: 'onTimer: {',
    into: 'onDisk: { async synced() {}, failed() {} }, // ✗ 2322\n  onTimer: {',
  },
  {
    title: 'an incomplete disk handler',
    change: 'onTimer: {',
    into: 'onDisk: { synced() {} }, // ✗ 2741\n  onTimer: {',
  },
  { title: 'an extra message handler', change: 'onMessage: {', into: 'onMessage: {\n    Gossip() {}, // ✗ 2353' },
  { title: 'an extra timer handler', change: 'onTimer: {', into: 'onTimer: {\n    nap() {}, // ✗ 2353' },
  { title: 'an extra request handler', change: 'onRequest: {', into: 'onRequest: {\n    del() {}, // ✗ 2353' },
  { title: 'a handler of an unknown event', change: "name: 'bank',", into: "name: 'bank',\n  onCrash() {}, // ✗ 2353" },
  // Messages.
  { title: 'a message of an unknown type', change: "type: 'Copied', count", into: "type: 'Copyd', // ✗ 2820\n count" },
  {
    title: 'a message without its body',
    change: "{ type: 'Copied', count: message.entries.length }",
    into: "{ type: 'Copied' } // ✗ 2345\n",
  },
  {
    title: 'a message with a wrong field',
    change: 'count: message.entries.length',
    into: "count: 'three' // ✗ 2322\n",
  },
  {
    title: 'a message with a field too many',
    change: 'count: message.entries.length',
    into: 'count: 3, size: 3 // ✗ 2353\n',
  },
  { title: 'a message sent to a string', change: 'node.send(from,', into: "node.send('n1', // ✗ 2345\n" },
  { title: 'a changed message', change: 'return settle(node);', into: 'message.count = 0; // ✗ 2540' },
  {
    title: 'a push into a message',
    change: 'for (const { key',
    into: 'message.entries.push({ key: "x", value: 1 }); // ✗ 2339\n for (const { key',
  },
  {
    title: 'a change deep in a message',
    change: 'for (const { key',
    into: 'message.entries[0]!.value = 1; // ✗ 2540\n for (const { key',
  },
  {
    title: 'a stored array of a message',
    change: 'for (const { key',
    into: 'node.durable.entries = message.entries; // ✗ 4104\n for (const { key',
  },
  {
    title: 'a read of a field that another message has',
    change: 'message.count;',
    into: 'message.entries.length; // ✗ 2339',
  },
  // Requests.
  {
    title: 'a reply of the wrong type',
    change: 'node.reply(request.ref, 4)',
    into: "node.reply(request.ref, 'four') // ✗ 2345\n",
  },
  {
    title: "a reply with another request's result",
    change: '{ index: node.durable.entries.length }',
    into: '7 // ✗ 2345\n',
  },
  {
    title: "another request's reference, stored",
    change: 'if (node.bug(',
    into: 'node.volatile.waiting = request.ref; // ✗ 2322\n if (node.bug(',
  },
  { title: 'a string as a reference', change: 'node.reply(request.ref, 4)', into: "node.reply('r1', 4) // ✗ 2345\n" },
  {
    title: 'changed arguments',
    change: 'append(node, request.args.key',
    into: 'request.args.value = 3; // ✗ 2540\n append(node, request.args.key',
  },
  // Timers.
  { title: 'an unknown timer', change: "setTimer('tick'", into: "setTimer('tock' // ✗ 2345\n" },
  {
    title: 'a timer without its payload',
    change: 'ms(node.options.retryMs), { attempt: 1 }',
    into: 'ms(node.options.retryMs)',
    at: ["node.setTimer('retry', ms(node", 2554],
  },
  { title: 'a timer with a wrong payload', change: '{ attempt: 1 }', into: "{ attempt: 'one' } // ✗ 2322\n" },
  {
    title: 'a payload for a timer that has none',
    change: "setTimer('tick', ms(10)",
    into: "setTimer('tick', ms(10), { attempt: 1 } // ✗ 2345\n",
  },
  // State.
  {
    title: 'an unknown field of the state',
    change: 'node.volatile.heard[from]',
    into: 'node.volatile.seen[from] // ✗ 2339\n',
  },
  {
    title: 'a replaced half of the state',
    change: 'return settle(node);',
    into: 'node.volatile = { waiting: null, heard: {} }; // ✗ 2540',
  },
  { title: 'a wrong type in the state', change: 'message.count;', into: 'message; // ✗ 2322' },
  {
    title: 'an incomplete first state',
    change: 'durable: () => ({ entries: [], votedFor: null })',
    into: 'durable: () => ({ entries: [] }) // ✗ 2741\n',
  },
  { title: 'changed options', change: "node.setTimer('tick', ms(10));", into: 'node.options.retryMs = 4; // ✗ 2540' },
  { title: 'incomplete options', change: 'options: { retryMs: 100 }', into: 'options: {} // ✗ 2741\n' },
  // Planted bugs.
  {
    title: 'an unknown bug asked for',
    change: "node.bug('answers-early')",
    into: "node.bug('answers-late') // ✗ 2345\n",
  },
  {
    title: 'an undeclared bug',
    change: 'bugs: { forgets: source,',
    into: 'bugs: { forgets: source, naps: source, // ✗ 2353\n',
  },
  { title: 'a bug without its source', change: 'bugs: { forgets: source,', into: 'bugs: { forgets: {}, // ✗ 2739\n' },
  // Invariants.
  {
    title: 'an invariant that changes a state',
    change: 'const { length } = node.durable.entries;',
    into: 'const { length } = node.durable.entries;\n node.durable.votedFor = null; // ✗ 2540',
  },
  {
    title: 'an invariant that answers a boolean',
    change: 'return null;',
    into: 'return true;',
    at: ['afterStep(longest, node) {', 2322],
  },
];

// Left out of the definition as a whole; the error is at the definition.
const missingParts = [
  'options: { retryMs: 100 },',
  'durable: () => ({ entries: [], votedFor: null }),',
  'volatile: () => ({ waiting: null, heard: {} }),',
  "bugs: { forgets: source, 'answers-early': source },",
];

const accepted: readonly Case[] = [
  { title: 'the protocol as it stands', change: 'bank', into: 'bank' },
  {
    title: 'a handler with fewer parameters',
    change: 'Copied(node, message, from) {\n      node.volatile.heard[from] = message.count;',
    into: 'Copied(node) {',
  },
  {
    title: 'an early return',
    change: 'return settle(node);',
    into: 'if (message.count === 0) return;\n return settle(node);',
  },
  {
    title: 'a copied array of a message',
    change: 'for (const { key',
    into: 'node.durable.entries = message.entries.map((entry) => ({ ...entry }));\n for (const { key',
  },
  {
    title: 'an answer to a request of any kind',
    change: 'node.reply(request.ref, 4)',
    into: 'node.redirect(request.ref, node.peers[0] ?? null)',
  },
  { title: 'a sum of times', change: 'ms(10)', into: 'ms(10) + ms(node.options.retryMs) / 2' },
  { title: 'a reference that waits in the state', change: 'settle(node);', into: 'settle(node);' },
  { title: 'a timer with a key', change: "setTimer('tick', ms(10)", into: "setTimer('tick', ms(10), undefined, 'n2'" },
];

const minimal = `
import { defineProtocol, nodeId } from '../../engine/index.js';
export const silent = defineProtocol<{}>({ name: 'silent', source: 's', summary: 's' });
export const ping = defineProtocol<{ messages: { Ping: {} } }>({
  name: 'ping', source: 's', summary: 's',
  onStart: (node) => node.broadcast({ type: 'Ping' }),
  onMessage: { Ping: (node, _ping, from) => node.send(from, { type: 'Ping' }) },
});
export const unasked = defineProtocol<{ messages: { Ping: {} } }>({
  name: 'ping', source: 's', summary: 's',
  onMessage: { Ping() {} },
  onTimer: { tick() {} }, // ✗ 2322
  options: { everyMs: 4 }, // ✗ 2322
  durable: () => ({ entries: [] }), // ✗ 2322
  bugs: { forgets: { summary: 's', property: 'p', source: 's', scenario: 's' } }, // ✗ 2322
});
export const silentSpeaks = defineProtocol<{}>({
  name: 'silent', source: 's', summary: 's',
  onStart(node) {
    node.send(nodeId('n1'), { type: 'Ping' }); // ✗ 2345
    node.setTimer('tick', 4); // ✗ 2345
    node.bug('any'); // ✗ 2345
  },
});
// What a simulation must not see.
setTimeout(() => {}, 1); // ✗ 2304
process.exit(); // ✗ 2591
`;

const place = (index: number): string => `tests/types/snippet-${index}.ts`;
const texts: { title: string; text: string; at?: Case['at'] }[] = [
  ...refused.map(({ title, change, into, at }) => ({ title: `refuses ${title}`, text: changed(change, into), at })),
  ...missingParts.map((part) => ({
    title: `refuses a definition without ${part.split(':')[0]}`,
    text: changed(part, ''),
    at: ['export const bank', 2345] as const,
  })),
  ...accepted.map(({ title, change, into }) => ({ title: `accepts ${title}`, text: changed(change, into) })),
  { title: 'lets every part be left out, and then has nothing there', text: minimal },
];
const found = compile(new Map(texts.map(({ text }, index) => [place(index), text])), { types: [], allowUnused: true });

describe('defineProtocol', () => {
  it.each(texts.map((one, index) => ({ ...one, index })))('$title', ({ title, text, at, index }) => {
    const lines = text.split('\n').map((line) => line.trim());
    const expected = lines.flatMap((line) => {
      const mark = /✗ (\d+)/.exec(line);
      return mark === null ? [] : [`${line} → ${mark[1]}`];
    });
    if (at !== undefined) expected.push(`${lines.find((line) => line.startsWith(at[0]))} → ${at[1]}`);
    // A case that expects no error must say that it is one that compiles.
    expect(expected.length > 0, 'what is refused needs a mark').toBe(!title.startsWith('accepts'));
    const errors = found.get(place(index))!;
    expect(errors.map(({ line, code }) => `${lines[line - 1]} → ${code}`)).toEqual(expected);
  });
});

function changed(change: string, into: string): string {
  if (!bank.includes(change)) throw new Error(`the protocol has no ${JSON.stringify(change)}`);
  return bank.replace(change, () => into);
}
