import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultNote, TraceEvent } from '../../engine/index.js';
import { runToJson } from '../../visualizer/embed/embed-run.js';
import { findFaults } from '../../visualizer/model/faults.js';
import { firstAbove, IntervalIndex } from '../../visualizer/model/interval-index.js';
import { pairMessages } from '../../visualizer/model/messages.js';
import { NodeStates } from '../../visualizer/model/node-states.js';
import { abbreviateOperation, describeOperation } from '../../visualizer/model/operations.js';
import { reproduceLine } from '../../visualizer/model/reproduce.js';
import { buildRunModel, type RunModel } from '../../visualizer/model/run-model.js';
import { readRun } from '../../visualizer/source/read-run.js';
import { recordedSimulation, recordedRun } from './recorded-run.js';
import { syntheticRun } from './synthetic-run.js';

/** The model as the page builds it: from JSON. */
function modelOf(record: ReturnType<typeof syntheticRun>): RunModel {
  const reading = readRun(JSON.parse(runToJson(record)));
  if (!reading.ok) throw new Error(reading.problem.title);
  return buildRunModel(reading.record);
}

describe('node states', () => {
  it('are those of the engine at the end of a run, maps and sets included', () => {
    const { simulation, record } = recordedSimulation();
    const last = modelOf(record).states.at(record.events.length - 1);
    for (const node of record.header.nodes) {
      const view = simulation.node(node);
      expect(last.get(node)?.state, node).toEqual({ durable: view?.durable, volatile: view?.volatile });
    }
  });

  it('are the same however one gets to an event', () => {
    const { events, header } = recordedRun();
    const forwards = new NodeStates(events, header.nodes);
    const images = events.map((_, at) => forwards.at(at));
    const jumping = new NodeStates(events, header.nodes);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: events.length - 1 }), (at) => {
        expect([...jumping.at(at)]).toEqual([...(images[at] ?? [])]);
      }),
      { numRuns: 60 },
    );
  });

  it('lose what was not on the disk when a node crashes', () => {
    const model = modelOf(syntheticRun());
    const crash = model.events.findIndex(({ kind }) => kind === 'crash');
    expect(model.states.at(crash - 1).get('n5')?.state).toHaveProperty('volatile');
    expect(model.states.at(crash).get('n5')).toMatchObject({ status: 'down', state: { durable: { currentTerm: 2 } } });
    expect(model.states.at(crash).get('n5')?.state).not.toHaveProperty('volatile');
    const restart = model.events.findIndex(({ kind, why }) => kind === 'start' && why === 'restart');
    expect(model.states.at(restart).get('n5')).toMatchObject({ status: 'up', state: { volatile: { commitIndex: 0 } } });
  });
});

describe('messages', () => {
  it('end where the record says, each once', () => {
    const { events } = recordedRun();
    const { legs, sends } = pairMessages(events);
    const kinds = (kind: string): number => events.filter((event) => event.kind === kind).length;
    expect(legs.filter(({ outcome }) => outcome === 'delivered')).toHaveLength(kinds('deliver'));
    expect(legs.filter(({ outcome }) => outcome === 'lost')).toHaveLength(kinds('drop'));
    expect(legs).toHaveLength(kinds('send') + kinds('duplicate'));
    for (const leg of legs) {
      const sent = events[leg.sentAt];
      expect([sent?.node, sent?.peer]).toEqual([leg.from, leg.to]);
      expect(leg.endedAt).toBeGreaterThan(leg.sentAt);
      expect(sends.get(leg.msg)).toBe(leg.sentAt);
    }
  });

  it('have two legs when the network copies them', () => {
    const event = (id: number, kind: TraceEvent['kind'], rest: Partial<TraceEvent>): TraceEvent => ({
      ...{ id, time: id, kind, node: 'n1', cause: 0, msg: 7, name: 'Ping' },
      ...rest,
    });
    const { legs } = pairMessages([
      event(1, 'send', { peer: 'n2' }),
      event(2, 'duplicate', { peer: 'n2' }),
      event(3, 'deliver', { node: 'n2', peer: 'n1' }),
      event(4, 'drop', { node: 'n2', peer: 'n1', place: 'delivery', why: 'n2 is down' }),
    ]);
    expect(
      legs.map(({ from, to, sentAt, endedAt, outcome, duplicate }) => ({
        from,
        to,
        sentAt,
        endedAt,
        outcome,
        duplicate,
      })),
    ).toEqual([
      { from: 'n1', to: 'n2', sentAt: 0, endedAt: 2, outcome: 'delivered', duplicate: false },
      { from: 'n1', to: 'n2', sentAt: 1, endedAt: 3, outcome: 'lost', duplicate: true },
    ]);
  });

  it('are found by window as a scan of all would find them', () => {
    const interval = fc.tuple(fc.nat(300), fc.nat(40));
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 400 }), fc.nat(320), fc.nat(60), (items, from, width) => {
        const sorted = items.sort((a, b) => a[0] - b[0]);
        const begins = Float64Array.from(sorted, ([begin]) => begin);
        const ends = Float64Array.from(sorted, ([begin, length]) => begin + length);
        const found: number[] = [];
        new IntervalIndex(begins, ends).overlapping(from, from + width, (at) => found.push(at));
        const expected = sorted.flatMap(([begin, length], at) =>
          begin <= from + width && begin + length >= from ? [at] : [],
        );
        expect(found).toEqual(expected);
        expect(firstAbove(begins, from)).toBe(sorted.filter(([begin]) => begin <= from).length);
      }),
    );
  });
});

describe('faults', () => {
  const fault = (id: number, name: string, why: string, note: Partial<FaultNote> = {}): TraceEvent => ({
    ...{ id, time: id, kind: 'fault', node: null, cause: 0, name, why },
    body: { fault: id, family: 'partition', nodes: [], ...note },
  });

  it('last from their begin to their end, until they are undone, or for an instant', () => {
    const events: TraceEvent[] = [
      fault(1, 'begin', 'partition {n1} | {n2}', { groups: [['n1'], ['n2']] }),
      fault(2, 'skipped', 'crash n1 is left out', { family: 'crash', nodes: ['n1'] }),
      fault(3, 'begin', 'crash n2', { family: 'crash', nodes: ['n2'] }),
      fault(4, 'begin', 'all partitions heal'),
      fault(5, 'begin', 'clock of n1 jumps 2 s', { family: 'clock', nodes: ['n1'] }),
      fault(6, 'begin', 'slow n1', { fault: 6, family: 'pause', nodes: ['n1'] }),
      { id: 7, time: 7, kind: 'start', node: 'n2', cause: 0, why: 'restart' },
      fault(8, 'end', 'slow n1', { fault: 6, family: 'pause', nodes: ['n1'] }),
    ];
    expect(findFaults(events).map(({ says, beginsAt, endsAt }) => [says, beginsAt, endsAt])).toEqual([
      ['partition {n1} | {n2}', 0, 3],
      ['crash n2', 2, 6],
      ['all partitions heal', 3, 4],
      ['clock of n1 jumps 2 s', 4, 5],
      ['slow n1', 5, 7],
    ]);
  });
});

describe('story, operations and causes', () => {
  it('tells elections, the partition, the crash and the violation in order', () => {
    const model = modelOf(syntheticRun());
    const told = model.story.map(({ text }) => text);
    expect(told).toEqual([
      'n2 is candidate, term 1',
      'n2 is leader, term 1',
      'n2: won an election {term: 1}',
      'partition {n1 n2} | {n3 n4 n5}',
      'n4 is candidate, term 2',
      'n4 is leader, term 2',
      'n4: won an election {term: 2}',
      'linearizable: read of x by process 1 returned 1 after write x=2 was acknowledged',
      'over: partition {n1 n2} | {n3 n4 n5}',
      'n2 is follower, term 2',
      'n2: stepped down {term: 2}',
      'crash n5',
      'n5 crashes: power lost',
      'over: crash n5',
      'n5 restarts',
    ]);
  });

  it('finds the place of a violation by its operation where no event is named', () => {
    const record = syntheticRun();
    const { event: _event, ...violation } = record.footer.violations[0]!;
    const model = modelOf({ ...record, footer: { ...record.footer, violations: [violation] } });
    expect(model.events[model.story.find(({ kind }) => kind === 'violation')!.at]).toMatchObject({
      kind: 'ok',
      node: 'c2',
    });
  });

  it('says what each operation asked and got', () => {
    const { operations } = modelOf(syntheticRun());
    const said = operations.map((operation) => `${describeOperation(operation)} ${operation.outcome}`);
    expect(said.slice(0, 5)).toEqual([
      'write x=1 ok',
      'read x → 1 ok',
      'write y=7 ok',
      'read y → 7 ok',
      'write y=8 unknown',
    ]);
    expect(said).toContain('cas x [2, 3] fail');
    expect(abbreviateOperation(operations[1]!)).toBe('x → 1');
  });

  it('tells a read that found nothing from one that nobody answered', () => {
    const record = syntheticRun();
    const history = record.history.map((entry) => (entry.index === 3 ? { ...entry, value: null } : entry));
    const { operations } = modelOf({ ...record, history });
    expect(describeOperation(operations[1]!)).toBe('read x → null');
    expect(describeOperation({ ...operations[1]!, outcome: 'unknown' })).toBe('read x');
  });

  it('gives a lane to whom the header forgot: clients are those who ask', () => {
    const record = syntheticRun();
    const model = modelOf({ ...record, header: { ...record.header, nodes: ['n1', 'n2'], clients: [] } });
    expect(model.nodes).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
    expect(model.clients).toEqual(['c1', 'c2', 'c3']);
  });

  it('ends every chain of causes, also in a record whose causes go in circles', () => {
    const record = syntheticRun();
    const events = record.events.map((event) => ({ ...event, cause: event.id + 1 }));
    const model = modelOf({ ...record, events });
    for (let at = 0; at < events.length; at += 50) expect(model.chainOf(at).length).toBeLessThan(3);
  });
});

it('writes the line that runs a run again, quoted where a shell needs it', () => {
  const { header, footer } = syntheticRun();
  expect(reproduceLine(header, footer)).toBe(
    'npx splitbrain run raft/stale-read --seed 4 --bug answers-without-asking --set clients=3',
  );
  expect(reproduceLine({ ...header, file: "my run's.yaml", settings: {} }, { ending: 'stopped' })).toBe(
    `npx splitbrain run 'my run'\\''s.yaml' --seed 4 --bug answers-without-asking --online`,
  );
});
