/** The files of a new protocol: a register kept by one node. Small, correct, and easy to break. */
export function newProtocolFiles(name: string): Readonly<Record<string, string>> {
  const camel = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const shape = camel[0]!.toUpperCase() + camel.slice(1);
  return {
    'protocol.ts': protocolFile(name, camel, shape),
    'scenario.ts': scenarioFile(name, camel),
    [`${name}.test.ts`]: testFile(name),
    'README.md': readmeFile(name),
  };
}

function protocolFile(name: string, camel: string, shape: string): string {
  return `import { defineProtocol, invariant, type Node, type NodeId, type RequestRef } from 'splitbrain';

/** A register that one node keeps; the others pass requests on to it. */
export interface ${shape} {
  durable: { value: number | null; version: number };
  volatile: { waiting: { [sequence: string]: RequestRef<${shape}> }; sequence: number };
  messages: {
    Read: { sequence: string };
    Write: { sequence: string; value: number };
    Answer: { sequence: string; value: number | null };
  };
  requests: {
    read: { args: { key: string }; result: number | null };
    write: { args: { key: string; value: number }; result: null };
  };
}

const keeper = (node: Node<${shape}>): NodeId => node.members[0]!;

/** Remembers a request until the keeper answers. */
function wait(node: Node<${shape}>, ref: RequestRef<${shape}>): string {
  const sequence = String(++node.volatile.sequence);
  node.volatile.waiting[sequence] = ref;
  return sequence;
}

/** Versions only grow, whatever crashes. */
const versionsGrow = invariant<${shape}>()({
  name: 'Versions Grow',
  says: 'The keeper never forgets a write.',
  memory: () => ({ seen: new Map<string, number>() }),
  afterStep({ seen }, node) {
    const before = seen.get(node.id) ?? 0;
    seen.set(node.id, node.durable.version);
    return node.durable.version < before ? \`\${node.id} went from version \${before} back to \${node.durable.version}\` : null;
  },
});

export const ${camel} = defineProtocol<${shape}>({
  name: '${name}',
  source: 'my own',
  summary: 'A register kept by the first node',
  durable: () => ({ value: null, version: 0 }),
  volatile: () => ({ waiting: {}, sequence: 0 }),
  onMessage: {
    Read(node, { sequence }, from) {
      node.send(from, { type: 'Answer', sequence, value: node.durable.value });
    },
    Write(node, { sequence, value }, from) {
      node.durable.value = value;
      node.durable.version++;
      node.send(from, { type: 'Answer', sequence, value });
    },
    Answer(node, { sequence, value }) {
      const ref = node.volatile.waiting[sequence];
      if (ref === undefined) return;
      delete node.volatile.waiting[sequence];
      node.reply(ref, value);
    },
  },
  onRequest: {
    read(node, { ref }) {
      node.send(keeper(node), { type: 'Read', sequence: wait(node, ref) });
    },
    write(node, { ref, args }) {
      node.send(keeper(node), { type: 'Write', sequence: wait(node, ref), value: args.value });
    },
  },
  roles: ['keeper', 'relay'],
  role: (node) => ({ name: node.id === node.members[0] ? 'keeper' : 'relay' }),
  invariants: [versionsGrow],
});
`;
}

function scenarioFile(name: string, camel: string): string {
  return `import { defineScenario } from 'splitbrain/scenarios';
import { ${camel} } from './protocol';

export const scenario = defineScenario({
  protocol: ${camel},
  name: '${name}',
  summary: 'The keeper crashes and comes back, messages get lost: what was written is still there.',
  nodes: 3,
  until: '10s',
  network: { latency: { uniform: ['1ms', '10ms'] }, loss: 0.01 },
  clients: { count: 3, operations: [{ request: 'read' }, { request: 'write' }], target: 'random', stop: '9s' },
  faults: [{ do: 'crash', whom: 'n1', at: '3s', for: '500ms' }],
  check: { consistency: 'linearizable', model: 'kv' },
  progress: '2s',
  // What \`splitbrain fuzz\` may add. Messages are never doubled: a write that arrives twice is applied twice.
  swarm: { families: ['crash', 'pause', 'partition', 'link', 'clock'], duplicates: false },
});
`;
}

function testFile(name: string): string {
  return `import { runScenario } from 'splitbrain/scenarios';
import { expect, test } from 'vitest';
import { scenario } from './scenario';

test.each(['1', '2', '3'])('${name} keeps its promises, seed %s', (seed) => {
  const { verdict, violations } = runScenario(scenario, { seed });
  expect(violations).toEqual([]);
  expect(verdict).toBe('ok');
});
`;
}

function readmeFile(name: string): string {
  return `# ${name}

A register that the first node keeps; the others pass requests on to it.

    npx splitbrain run ${name}/scenario.ts
    npx splitbrain fuzz ${name}/scenario.ts
    npx splitbrain verify ${name}/scenario.ts

| step | where | checked by |
| --- | --- | --- |
| a write is kept before it is answered | \`onMessage.Write\` | the invariant Versions Grow, linearizability |
| requests to other nodes are passed on | \`onRequest\` | linearizability |
`;
}
