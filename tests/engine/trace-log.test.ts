import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ms,
  seconds,
  Simulation,
  type Change,
  type Plain,
  type SimulationConfig,
  type TraceEvent,
} from '../../engine/index.js';
import { Interner } from '../../engine/interner.js';
import { plainEquals } from '../../engine/plain.js';
import { changesBetween } from '../../engine/trace/changes.js';
import { KINDS, NONE, TraceLog, why } from '../../engine/trace/log.js';
import { gossip } from './gossip.js';
import { eventsOf, quiet, run } from './probe.js';

const stormy: SimulationConfig = {
  protocol: gossip,
  nodes: 4,
  seed: '1',
  until: seconds(1),
  trace: 'events',
  clients: { count: 2, operations: [{ request: 'read' }, { request: 'write' }], retry: true },
  network: { loss: 0.05, duplicate: 0.1, corrupt: 0.05, corruptionNoticed: false },
  disk: { syncLatency: { exponential: { mean: ms(2) } }, torn: 0.5 },
  continueAfterViolation: true,
  faults: [
    { do: 'crash', whom: { random: 1 }, at: ms(150), for: ms(80), times: 3, every: ms(200) },
    { do: 'partition', shape: { halves: true }, at: ms(300), for: ms(150) },
    { do: 'pause', whom: 'n1', when: { mark: 'told', nth: 4 }, for: ms(60) },
    { do: 'disk', whom: 'n2', how: 'corrupt', at: ms(500) },
    { do: 'restart', whom: 'n2', at: ms(505) },
  ],
};

describe('the columns of a trace', () => {
  it('give back what was put in', () => {
    const optional = (names: readonly string[]) => fc.option(fc.constantFrom(...names), { nil: undefined });
    const event = fc.record({
      time: fc.integer({ min: 0, max: 1e12 }),
      kind: fc.constantFrom(...KINDS),
      node: fc.option(fc.constantFrom('n1', 'n2', 'c1'), { nil: null }),
      cause: fc.nat(1_000),
      peer: optional(['n1', 'n2', 'c1']),
      msg: fc.option(fc.nat(1e6), { nil: undefined }),
      name: optional(['Vote', 'Append', '']),
      body: fc.constantFrom<Plain>(undefined, null, 0, 'x', { a: [1] }),
      why: optional(['lost', 'cut']),
      place: fc.constantFrom(undefined, 'sending' as const, 'delivery' as const),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.nat(2_000), (events, padding) => {
        const interner = new Interner();
        const ends = ['n1', 'n2', 'c1'];
        const log = new TraceLog((i) => ends[i]!, interner);
        const add = (e: Omit<TraceEvent, 'id'>): void => {
          const text = (value: string | undefined): number => (value === undefined ? NONE : interner.index(value));
          const end = (name: string | null | undefined): number =>
            name === null || name === undefined ? NONE : ends.indexOf(name);
          const place = e.place === undefined ? NONE : e.place === 'sending' ? 0 : 1;
          const detail = e.why === undefined ? NONE : why(interner.index(e.why));
          log.setTime(e.time);
          log.add(KINDS.indexOf(e.kind), end(e.node), e.cause, end(e.peer), e.msg ?? NONE, text(e.name), detail, place);
          if (e.body !== undefined) log.addBody(e.body);
        };
        // Enough to make the columns grow now and then.
        for (let i = 0; i < padding; i++) add({ time: i, kind: 'mark', node: null, cause: 0 });
        for (const one of events) add(one as Omit<TraceEvent, 'id'>);
        const back = [...log.events()].slice(padding);
        expect(back).toEqual(events.map((one, i) => ({ id: padding + i + 1, ...defined(one) })));
      }),
      { numRuns: 60 },
    );
  });

  it('leave out what is not there', () => {
    const log = new TraceLog(() => '', new Interner());
    log.add(0, NONE, 0, NONE, NONE, NONE, NONE, NONE);
    expect(Object.keys(log.event(1))).toEqual(['id', 'time', 'kind', 'node', 'cause']);
  });

  function defined(event: object): object {
    return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));
  }
});

describe('the events of a run', () => {
  const events = eventsOf(run(stormy));
  const byId = new Map(events.map((event) => [event.id, event]));

  it('are numbered from 1 in the order of time', () => {
    expect(events.length).toBeGreaterThan(500);
    events.forEach((event, i) => {
      expect(event.id).toBe(i + 1);
      expect(event.time).toBeGreaterThanOrEqual(events[i - 1]?.time ?? 0);
    });
  });

  it('have causes that form a forest: each cause is an earlier event', () => {
    for (const { id, cause } of events) {
      expect(cause).toBeGreaterThanOrEqual(0);
      expect(cause).toBeLessThan(id);
    }
    // Roots are few: the first starts, clients that begin, planned faults.
    const roots = events.filter(({ cause }) => cause === 0);
    expect(new Set(roots.map(({ kind }) => kind))).toEqual(new Set(['start', 'invoke', 'fault']));
    expect(roots.length).toBeLessThan(30);
  });

  it('have causes that mean something', () => {
    for (const event of events) {
      const cause = byId.get(event.cause);
      if (event.kind === 'deliver' || (event.kind === 'drop' && event.place === 'delivery')) {
        expect(cause).toMatchObject({
          kind: 'send',
          msg: event.msg,
          name: event.name,
          node: event.peer,
          peer: event.node,
        });
      }
      if (event.kind === 'drop' && event.place === 'sending')
        expect(cause).toMatchObject({ kind: 'send', msg: event.msg });
      if (event.kind === 'timer') expect(cause!.node).toBe(event.node);
      if (event.kind === 'send' || event.kind === 'mark') expect(cause!.node).toBe(event.node);
      if (event.kind === 'crash') expect(cause!.kind).toBe('fault');
      if (event.kind === 'ok') expect(['deliver']).toContain(cause!.kind);
      if (event.kind === 'fault' && event.name === 'end') expect(cause).toMatchObject({ kind: 'fault', name: 'begin' });
    }
  });

  it('give every message its fate: delivered or dropped as often as there are copies, unless time was up', () => {
    const fates = new Map<number, number>();
    const count = (msg: number, by: number): void => void fates.set(msg, (fates.get(msg) ?? 0) + by);
    for (const { kind, msg } of events) {
      if (kind === 'send' || kind === 'duplicate') count(msg!, 1);
      if (kind === 'deliver' || kind === 'drop') count(msg!, -1);
    }
    for (const [msg, left] of fates) {
      expect(left).toBeGreaterThanOrEqual(0);
      if (left > 0) expect(events.find((event) => event.msg === msg)!.time).toBeGreaterThan(stormy.until - ms(100));
    }
  });

  it('happen on nodes that run', () => {
    const up = new Set<string>();
    const paused = new Set<string>();
    for (const { kind, node, name } of events) {
      if (node === null || node.startsWith('c')) continue;
      if (kind === 'start') {
        expect(up.has(node)).toBe(false);
        up.add(node);
      } else if (kind === 'crash' || kind === 'halt') {
        expect(up.delete(node)).toBe(true);
        paused.delete(node);
      } else if (kind === 'pause') paused.add(node);
      else if (kind === 'resume') paused.delete(node);
      else if (kind === 'deliver' || kind === 'timer' || kind === 'send' || kind === 'mark') {
        if (!up.has(node) || paused.has(node)) throw new Error(`${kind} ${name} at ${node}`);
      }
    }
  });

  it('tell a violation where it was noticed', () => {
    const { violations } = run(stormy);
    for (const { event, property, message } of violations) {
      expect(byId.get(event!)).toMatchObject({ kind: 'violation', name: property, why: message });
    }
  });

  it('compare event by event', () => {
    const make = (until: number, seed = '1') => new Simulation({ ...stormy, until, seed, compare: true }).run().trace!;
    const whole = make(ms(400));
    expect(whole.firstDifference(make(ms(400)))).toBeNull();
    const half = make(ms(200));
    expect(whole.firstDifference(half)).toBe(half.length + 1);
    expect(half.firstDifference(whole)).toBe(half.length + 1);
    const other = make(ms(400), '2');
    const at = whole.firstDifference(other)!;
    expect(at).toBe(other.firstDifference(whole));
    for (let id = 1; id < at; id++) expect(other.event(id)).toEqual(whole.event(id));
  });
});

describe('changes of states', () => {
  const plain: fc.Arbitrary<Plain> = fc.letrec<{ value: Plain }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Plain>(null, true, false, 0, 1, 2, '', 'a', 'b'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c', '1'), tie('value'), { maxKeys: 3 }),
      fc
        .array(fc.tuple(fc.constantFrom<string | number>('a', 'b', '1', 1, 2), tie('value')), { maxLength: 3 })
        .map((all) => new Map(all)),
      fc.array(fc.constantFrom<string | number>('a', 'b', 1), { maxLength: 3 }).map((items) => new Set(items)),
    ),
  })).value;

  it('applied to the old state give the new one', () => {
    const state = fc.dictionary(fc.constantFrom('x', 'y', 'z'), plain, { maxKeys: 3 });
    fc.assert(
      fc.property(state, state, (before, after) => {
        const changed = changesBetween(before, after).reduce<Plain>(
          (value, change) => applied(value, change, 0),
          before,
        );
        if (!plainEquals(changed, after)) throw new Error('the changes do not lead from one to the other');
      }),
      { numRuns: 2_000 },
    );
  });

  it('are none where nothing changed, and only the place where something did', () => {
    const state = { log: [{ term: 1 }, { term: 2 }], next: new Map([['n1', 3]]), votes: new Set(['n1']) };
    expect(changesBetween(state, structuredClone(state))).toEqual([]);
    expect(changesBetween(state, { ...state, log: [...state.log, { term: 3 }] })).toEqual([
      { path: ['log', 2], to: { term: 3 } },
    ]);
    expect(changesBetween(state, { ...state, log: [] })).toEqual([{ path: ['log', 1] }, { path: ['log', 0] }]);
    expect(
      changesBetween(state, {
        ...state,
        next: new Map([
          ['n1', 4],
          ['n2', 1],
        ]),
      }),
    ).toEqual([
      { path: ['next', 'n1'], to: 4 },
      { path: ['next', 'n2'], to: 1 },
    ]);
    expect(changesBetween(state, { ...state, votes: new Set(['n2']) })).toEqual([
      { path: ['votes'], to: new Set(['n2']) },
    ]);
  });

  it('of a run lead to the states at its end', () => {
    const simulation = new Simulation({ ...stormy, trace: 'states' });
    const result = simulation.run();
    const states = new Map<string, Plain>();
    for (const { node, kind, changes } of result.trace!.events()) {
      if (node === null || changes === undefined) continue;
      // A start says the whole state.
      let state: Plain = kind === 'start' ? {} : states.get(node)!;
      for (const change of changes) state = applied(state, change, 0);
      states.set(node, state);
    }
    for (const { id, up, durable, volatile } of simulation.world.nodes) {
      if (up) expect(plainEquals(states.get(id), { durable, volatile })).toBe(true);
    }
    expect(simulation.world.nodes.filter(({ up }) => up).length).toBeGreaterThan(2);
  });

  it('of roles are told when they change', () => {
    const result = new Simulation({ ...quiet({ protocol: gossip }), ...stormy, faults: [], trace: 'states' }).run();
    const roles = [...result.trace!.events()].filter(({ role }) => role !== undefined);
    expect(roles.length).toBeGreaterThan(5);
    const last = new Map<string, string>();
    for (const { node, role } of roles) {
      expect(JSON.stringify(role)).not.toBe(last.get(node!));
      last.set(node!, JSON.stringify(role));
    }
  });

  /** What a page does with a change. */
  function applied(value: Plain, change: Change, depth: number): Plain {
    if (depth === change.path.length) return change.to;
    const key = change.path[depth]!;
    const removing = depth === change.path.length - 1 && !('to' in change);
    if (value instanceof Map) {
      const copy = new Map(value as ReadonlyMap<string | number, Plain>);
      if (removing) copy.delete(key);
      else copy.set(key, applied(copy.get(key), change, depth + 1));
      return copy;
    }
    if (Array.isArray(value)) {
      const copy = [...(value as readonly Plain[])];
      if (removing) copy.splice(key as number, 1);
      else copy[key as number] = applied(copy[key as number], change, depth + 1);
      return copy;
    }
    const { [key as string]: old, ...rest } = value as Record<string, Plain>;
    if (removing) return rest;
    return { ...(value as Record<string, Plain>), [key]: applied(old, change, depth + 1) };
  }
});
