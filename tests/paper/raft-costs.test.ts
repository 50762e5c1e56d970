import { describe, expect, it } from 'vitest';
import { ms, Simulation, type SimulationConfig, type TraceEvent } from '../../engine/index.js';
import { raft, type RaftOptions } from '../../protocols/raft/protocol.js';

// What one operation costs where nothing fails: with n servers and a delay of d each way.

const D = 10;

function operation(
  nodes: number,
  request: 'read' | 'write',
  options: Partial<RaftOptions> = {},
): { latencyMs: number; entries: number; heartbeats: number; replies: number } {
  const config: SimulationConfig = {
    protocol: raft,
    nodes,
    seed: '1',
    until: ms(1_000),
    network: { latency: { constant: ms(D) } },
    clocks: { offsetMax: 0, driftPpmMax: 0 },
    // n1 leads, and no heartbeat of its timer falls into the 60 ms that are watched.
    options: { heartbeatMs: 145, electionTimeoutMsMin: 300, electionTimeoutMsMax: 300, ...options },
    nodeOptions: { n1: { electionTimeoutMsMin: 150, electionTimeoutMsMax: 150 } },
    script: [
      {
        at: ms(500),
        client: 'c1',
        request,
        args: request === 'read' ? { key: 'x' } : { key: 'x', value: 1 },
        target: 'n1',
      },
    ],
    trace: 'events',
  };
  const result = new Simulation(config).run();
  const [invoked, answered] = result.history;
  expect(answered?.type).toBe('ok');
  const sent = [...result.trace!.events()].filter(
    ({ kind, time }) => kind === 'send' && time >= ms(500) && time < ms(560),
  );
  const appends = sent.filter(({ name }) => name === 'AppendEntries');
  const carries = ({ body }: TraceEvent): boolean => (body as { entries: readonly unknown[] }).entries.length > 0;
  return {
    latencyMs: ((answered?.time ?? 0) - (invoked?.time ?? 0)) / 1_000,
    entries: appends.filter(carries).length,
    heartbeats: appends.filter((event) => !carries(event)).length,
    replies: sent.filter(({ name }) => name === 'AppendEntriesReply').length,
  };
}

describe.each([3, 5, 7])('%d servers', (n) => {
  it('a write takes one round trip to the followers: 2(n − 1) messages, four delays as its client sees it', () => {
    expect(operation(n, 'write')).toEqual({ latencyMs: 4 * D, entries: n - 1, heartbeats: 0, replies: n - 1 });
  });

  it('a read by ReadIndex takes the same, without an entry', () => {
    expect(operation(n, 'read')).toEqual({ latencyMs: 4 * D, entries: 0, heartbeats: n - 1, replies: n - 1 });
  });

  it('a read by lease takes nothing but the client’s own messages', () => {
    const { latencyMs, entries, replies } = operation(n, 'read', { readMode: 'lease' });
    expect({ latencyMs, entries, replies }).toEqual({ latencyMs: 2 * D, entries: 0, replies: 0 });
  });
});
