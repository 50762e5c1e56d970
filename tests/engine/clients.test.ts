import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms, seconds } from '../../engine/index.js';
import type { ClientsConfig, Fault, HistoryEvent, ScriptedOperation, SimulationConfig } from '../../engine/index.js';
import { gossip } from './gossip.js';
import { details, eventsOf, probe, quiet, run, runQuiet } from './probe.js';
import { register, usual } from './register-probe.js';

/** What Jepsen asks of a history. */
function assertWellFormed(history: readonly HistoryEvent[]): void {
  const open = new Map<number, HistoryEvent>();
  const retired = new Set<number>();
  let time = 0;
  history.forEach((event, i) => {
    const process = event.process as number;
    if (event.index !== i) throw new Error(`index ${event.index} at ${i}`);
    if (event.time < time) throw new Error(`time falls at ${i}`);
    ({ time } = event);
    if (retired.has(process)) throw new Error(`process ${process} acts after its info, at ${i}`);
    const before = open.get(process);
    if (event.type === 'invoke') {
      if (before !== undefined) throw new Error(`process ${process} has two open operations at ${i}`);
      open.set(process, event);
      return;
    }
    if (before === undefined) throw new Error(`process ${process} closes nothing at ${i}`);
    if (before.f !== event.f || before.key !== event.key)
      throw new Error(`process ${process} closes another operation at ${i}`);
    open.delete(process);
    if (event.type === 'info') retired.add(process);
    if (event.type !== 'ok' && event.error === undefined) throw new Error(`no reason for ${event.type} at ${i}`);
  });
}

const rough: Partial<SimulationConfig> = {
  network: { latency: { uniform: [ms(1), ms(30)] }, loss: 0.1 },
  faults: [
    { do: 'crash', whom: 'n1', at: ms(300), for: ms(300), times: 2, every: ms(800) },
    { do: 'pause', whom: { random: 1 }, at: ms(200), for: ms(250), times: 3, every: ms(400) },
  ],
};

describe('histories', () => {
  it('are well formed, whatever happens', () => {
    const clients: fc.Arbitrary<ClientsConfig> = fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      operations: fc.constant([
        ...usual.operations,
        { request: 'refuse' },
        { request: 'never' },
        { request: 'slow', args: { afterMs: 90 } },
      ]),
      keys: fc.integer({ min: 1, max: 3 }),
      retry: fc.boolean(),
      timeout: fc.constantFrom(ms(60), ms(300)),
      attemptTimeout: fc.constantFrom(ms(20), ms(100)),
      target: fc.constantFrom<NonNullable<ClientsConfig['target']>>('leader', 'random', 'sticky', {
        nodes: ['n2', 'n3'],
      }),
    });
    const rate = fc.option(fc.integer({ min: 20, max: 300 }), { nil: undefined });
    const script = fc.array(
      fc.record({
        at: fc.nat(1_000).map(ms),
        client: fc.constantFrom('c1', 'c2', 'c5'),
        request: fc.constantFrom('read', 'refuse', 'never'),
        args: fc.constant({ key: 'x' }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(clients, rate, script, fc.string(), (config, perSecond, scripted, seed) => {
        const open = perSecond === undefined ? {} : { rate: perSecond };
        const { trace: _, ...settings } = quiet({ protocol: register, ...rough });
        const result = run({ ...settings, seed, clients: { ...config, ...open }, script: scripted });
        expect(result.violations).toEqual([]);
        assertWellFormed(result.history);
      }),
      { numRuns: 60 },
    );
  });

  it('are in the trace, event by event', () => {
    const result = runQuiet({ protocol: register, clients: usual });
    expect(eventsOf(result, 'invoke', 'ok', 'fail', 'info').map(({ body }) => body)).toEqual(result.history);
    expect(result.history.length).toBeGreaterThan(60);
  });

  it('hold what was asked, and what came back', () => {
    const script: ScriptedOperation[] = [
      { at: 0, client: 'c1', request: 'write', args: { key: 'x', value: 5 } },
      { at: ms(100), client: 'c1', request: 'read', args: { key: 'x' } },
      { at: ms(200), client: 'c1', request: 'cas', args: { key: 'x', from: 5, to: 6 } },
      { at: ms(300), client: 'c1', request: 'cas', args: { key: 'x', from: 5, to: 7 } },
      { at: ms(400), client: 'c1', request: 'refuse', args: { what: 'this' } },
      // A list of steps is a transaction: it comes back with what its reads found.
      { at: ms(450), client: 'c1', request: 'txn', args: [['r', 'x', null]] },
      { at: ms(500), client: 'c1', request: 'never' },
    ];
    const result = runQuiet({ protocol: register, nodes: 1, script, until: seconds(2) });
    const lines = result.history.map(({ type, f, value, error }) => [
      type,
      f,
      value,
      ...(error === undefined ? [] : [error]),
    ]);
    expect(lines).toEqual([
      ['invoke', 'write', 5],
      ['ok', 'write', 5],
      ['invoke', 'read', null],
      ['ok', 'read', 5],
      ['invoke', 'cas', [5, 6]],
      ['ok', 'cas', [5, 6]],
      ['invoke', 'cas', [5, 7]],
      ['fail', 'cas', [5, 7], 'mismatch'],
      ['invoke', 'refuse', { what: 'this' }],
      ['fail', 'refuse', null, 'no'],
      ['invoke', 'txn', [['r', 'x', null]]],
      ['ok', 'txn', [['r', 'x', 5]]],
      ['invoke', 'never', null],
      ['info', 'never', null, 'timed out'],
    ]);
    expect(result.history.map(({ key }) => key).slice(0, 9)).toEqual([...new Array(8).fill('x'), undefined]);
    expect(result.history[1]!.node).toBe('n1');
  });

  it('that break a rule are seen by this test', () => {
    const event = (index: number, type: HistoryEvent['type'], process: number): HistoryEvent => ({
      index,
      time: index,
      type,
      process,
      f: 'read',
      value: null,
      error: 'x',
    });
    expect(() => assertWellFormed([event(0, 'invoke', 1), event(1, 'invoke', 1)])).toThrow(/two open/);
    expect(() => assertWellFormed([event(0, 'invoke', 1), event(1, 'info', 1), event(2, 'invoke', 1)])).toThrow(
      /after its info/,
    );
    expect(() => assertWellFormed([event(0, 'ok', 1)])).toThrow(/closes nothing/);
  });
});

describe('a closed loop', () => {
  it('has one operation of each client at a time, with a pause between', () => {
    const clients: ClientsConfig = { ...usual, think: { constant: ms(10) } };
    const { history } = runQuiet({ protocol: register, nodes: 1, clients });
    const first = history.filter(({ process }) => process === 0);
    expect(first.map(({ time }) => time / 1_000).slice(0, 5)).toEqual([10, 12, 22, 24, 34]);
  });

  it('goes on at its pace although the script breaks in', () => {
    const clients: ClientsConfig = { count: 1, operations: [{ request: 'read' }], think: { constant: ms(50) } };
    const script = Array.from({ length: 10 }, (_, i) => ({
      at: ms(20 + 60 * i),
      client: 'c1',
      request: 'read',
      args: { key: 'x' },
    }));
    const { history } = runQuiet({ protocol: register, nodes: 1, clients, script });
    // A second a loop of 52 ms: without the script 19 operations, and not twice as many with it.
    expect(history.filter(({ type }) => type === 'invoke').length).toBeLessThan(30);
  });

  it('starts, stops and counts where it is told to', () => {
    const clients: ClientsConfig = { ...usual, think: { constant: ms(1) }, start: ms(100), stop: ms(200) };
    const invokes = runQuiet({ protocol: register, clients }).history.filter(({ type }) => type === 'invoke');
    expect(invokes[0]!.time).toBeGreaterThanOrEqual(ms(100));
    expect(invokes.at(-1)!.time).toBeLessThan(ms(200));
    const few = runQuiet({ protocol: register, clients: { ...clients, operationsMax: 7 } }).history;
    expect(few.filter(({ type }) => type === 'invoke').length).toBe(7);
  });

  it('is not for clients that only the script names', () => {
    const clients: ClientsConfig = { ...usual, count: 1 };
    const script = [{ at: 0, client: 'c3', request: 'read', args: { key: 'x' } }];
    const { history } = runQuiet({ protocol: register, clients, script });
    const processes = history.filter(({ type }) => type === 'invoke').map(({ process }) => process);
    expect(processes.filter((process) => process === 2).length).toBe(1);
    expect(processes).not.toContain(1);
  });
});

describe('an open loop', () => {
  it('issues at random times at this rate, whether or not there are answers', () => {
    const clients: ClientsConfig = { count: 2, operations: [{ request: 'never' }], rate: 500, timeout: seconds(10) };
    const { history } = runQuiet({ protocol: register, clients, until: seconds(4) });
    expect(Math.abs(history.length - 2_000)).toBeLessThan(225);
    assertWellFormed(history);
    expect(new Set(history.map(({ process }) => process)).size).toBe(history.length);
    const gaps = history.map(({ time }, i) => time - (history[i - 1]?.time ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) * (gap - mean), 0) / gaps.length);
    // Exponential gaps deviate as much as they are long.
    expect(deviation / mean).toBeGreaterThan(0.9);
    expect(deviation / mean).toBeLessThan(1.1);
  });

  it('shows other sessions for operations that overlap: within one, numbers come in order', () => {
    const clients: ClientsConfig = { count: 2, operations: [{ request: 'write' }], rate: 400, retry: true };
    const result = runQuiet({ protocol: register, nodes: 1, clients, network: { latency: { uniform: [0, ms(40)] } } });
    const last = new Map<string, number>();
    for (const { session } of details(result, 'asked')) {
      expect(session.sequence).toBeGreaterThanOrEqual(last.get(session.client) ?? 0);
      last.set(session.client, session.sequence);
    }
    expect(last.size).toBeGreaterThan(10);
  });
});

describe('retries', () => {
  const retrying: ClientsConfig = { count: 1, operations: [], retry: true, attemptTimeout: ms(50), timeout: ms(400) };
  const write = (at: number): ScriptedOperation => ({ at, client: 'c1', request: 'do', args: { value: at } });

  /** Answers the n-th attempt of every operation as `plan` says: after so long, ok or fail or not at all. */
  const answering = (...plan: readonly (readonly [afterMs: number, how: 'ok' | 'fail' | 'redirect'] | null)[]) =>
    probe({
      volatile: () => ({ attempts: {} }),
      onRequest: {
        do(node, { ref, session }) {
          const attempt = (node.volatile['attempts'][session.sequence] ?? 0) + 1;
          node.volatile['attempts'][session.sequence] = attempt;
          node.mark('attempt', session);
          const answer = plan[attempt - 1];
          if (answer) node.setTimer('answer', ms(answer[0]), { ref, how: answer[1] }, ref);
        },
      },
      onTimer: {
        answer(node, { ref, how }) {
          if (how === 'ok') node.reply(ref, 1);
          else if (how === 'fail') node.fail(ref, 'not done');
          else node.redirect(ref, null);
        },
      },
    });
  const history = (protocol: ReturnType<typeof answering>, script = [write(0)]) => {
    const result = runQuiet({ protocol, nodes: 1, clients: retrying, script, until: seconds(1) });
    return {
      result,
      lines: result.history.map(({ type, time, error }) => [
        type,
        time / 1_000,
        ...(error === undefined ? [] : [error]),
      ]),
    };
  };

  it('carry one idempotency key', () => {
    const { result, lines } = history(answering(null, null, [0, 'ok']), [write(0), write(ms(300))]);
    expect(details(result, 'attempt')).toEqual([
      ...new Array(3).fill({ client: 'c1', sequence: 1 }),
      ...new Array(3).fill({ client: 'c1', sequence: 2 }),
    ]);
    expect(lines.map(([type]) => type)).toEqual(['invoke', 'ok', 'invoke', 'ok']);
  });

  it('without them there is no key', () => {
    const result = runQuiet({ protocol: register, clients: usual });
    expect(details(result, 'asked').every(({ session }) => session === null)).toBe(true);
  });

  it('a refusal counts when it is the only attempt', () => {
    expect(history(answering([10, 'fail'])).lines).toEqual([
      ['invoke', 0],
      ['fail', 12, 'not done'],
    ]);
  });

  it('a refusal after a doubtful attempt is no refusal: that one may still have its effect', () => {
    expect(history(answering(null, [10, 'fail'])).lines).toEqual([
      ['invoke', 0],
      ['info', 62, 'not done'],
    ]);
  });

  it('a late refusal of an earlier attempt says nothing of the present one', () => {
    expect(history(answering([70, 'fail'], [45, 'ok'])).lines).toEqual([
      ['invoke', 0],
      ['ok', 97],
    ]);
    // Refused at 72 and 82 ms; the third attempt at 100 ms is answered never.
    expect(history(answering([70, 'fail'], [90, 'fail'])).lines.at(-1)).toEqual(['info', 400, 'timed out']);
  });

  it('a late answer of an earlier attempt is an answer', () => {
    expect(history(answering([70, 'ok'])).lines).toEqual([
      ['invoke', 0],
      ['ok', 72],
    ]);
  });

  it('sent away until the time is up, an operation surely had no effect', () => {
    const away = probe({ onRequest: { do: (node, { ref }) => node.redirect(ref, null) } });
    expect(history(away).lines.at(-1)).toEqual(['fail', 400, 'no node took it']);
    const doubtful = answering(null, ...new Array<[number, 'redirect']>(30).fill([0, 'redirect']));
    expect(history(doubtful).lines.at(-1)).toEqual(['info', 400, 'timed out']);
  });

  it('the process of an unknown outcome never acts again', () => {
    const { result } = history(answering(null), [write(0), write(ms(10))]);
    expect(result.history.map(({ type, process }) => [type, process])).toEqual([
      ['invoke', 0],
      ['info', 0],
      ['invoke', 1],
      ['info', 1],
    ]);
  });
});

describe('the script', () => {
  it('runs in order; what comes too early waits its turn', () => {
    const script = [30, 10, 20, 15].map((at) => ({
      at: ms(at),
      client: 'c1',
      request: 'slow',
      args: { afterMs: 50, value: at },
    }));
    const { history } = runQuiet({ protocol: register, nodes: 1, script });
    const invokes = history.filter(({ type }) => type === 'invoke');
    expect(invokes.map(({ value }) => value)).toEqual([10, 15, 20, 30]);
    expect(invokes.map(({ time }) => time / 1_000)).toEqual([10, 62, 114, 166]);
    assertWellFormed(history);
  });

  it('may use variables', () => {
    const script = [
      { at: 0, client: 'c1', request: 'write', args: { key: '$key', value: '$unique' } },
      { at: ms(100), client: 'c1', request: 'cas', args: { key: 'x', from: '$seen', to: '$unique' } },
    ];
    const { history } = runQuiet({ protocol: register, nodes: 1, script });
    expect(history.map(({ type, key, value }) => [type, key, value])).toEqual([
      ['invoke', 'x', 1],
      ['ok', 'x', 1],
      ['invoke', 'x', [1, 2]],
      ['ok', 'x', [1, 2]],
    ]);
  });
});

describe('faults bite clients', () => {
  it('a crash shows as unknown outcomes, a quiet run has none', () => {
    const infos = (faults: readonly Fault[]) =>
      run({
        protocol: gossip,
        nodes: 3,
        seed: '1',
        until: seconds(2),
        clients: { count: 3, operations: usual.operations.slice(0, 2) },
        faults,
      }).history.filter(({ type }) => type === 'info').length;
    expect(infos([])).toBe(0);
    expect(infos([{ do: 'crash', whom: ['n1', 'n2'], at: ms(300) }])).toBeGreaterThan(2);
  });
});
