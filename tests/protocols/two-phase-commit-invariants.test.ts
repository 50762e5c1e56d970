import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation, type RunResult, type SimulationConfig } from '../../engine/index.js';
import { twoPhaseCommit } from '../../protocols/two-phase-commit/protocol.js';

// Each property is seen to break, by a mistake made here for it alone.

type Handlers = typeof twoPhaseCommit.onMessage;

function run(mutation: Partial<Handlers>, no: string[], config: Partial<SimulationConfig> = {}): RunResult {
  const protocol = { ...twoPhaseCommit, onMessage: { ...twoPhaseCommit.onMessage, ...mutation } };
  const script = [{ at: ms(10), client: 'c1', request: 'begin', args: { no }, target: 'n1' }];
  return new Simulation({ protocol, nodes: 3, seed: '1', until: seconds(3), script, ...config }).run();
}

function said(result: RunResult, property: string): string | undefined {
  return result.violations.find((violation) => violation.property === property)?.message;
}

const { Yes, Abort, Commit } = twoPhaseCommit.onMessage;

describe('the properties of atomic commitment', () => {
  it('are kept where nothing is changed', () => {
    for (const no of [[], ['n2'], ['n2', 'n3']]) expect(run({}, no).violations).toEqual([]);
  });

  it('are not broken by a decision that a crash takes before it is on the disk: nobody has heard of it', () => {
    const result = run({}, [], {
      disk: { syncLatency: { constant: ms(20) } },
      faults: [{ do: 'crash', whom: 'subject', when: { mark: 'commit' }, after: ms(5), for: ms(100) }],
      choices: { overrides: new Map([['disk.survivors n1#1', 0]]) },
    });
    expect(result.marks).toEqual(new Map(Object.entries({ commit: 1, abort: 3 })));
    expect(result.violations).toEqual([]);
  });

  it('AC1: a participant does the opposite of what it is told', () => {
    const result = run({ Commit: (node, { txn }, from) => Abort(node, { type: 'Abort', txn }, from) }, []);
    expect(said(result, 'AC1 agreement')).toMatch(/^n[23] decides abort on c1#\S+, on which n1 has decided commit$/);
  });

  it('AC2: a participant does what it is told even when it has decided', () => {
    const turnaround: Partial<Handlers> = {
      // n2 is told both, one after the other, and believes both.
      Commit(node, message, from) {
        Commit(node, message, from);
        if (node.id === 'n2') node.send(node.id, { type: 'Abort', txn: message.txn });
      },
      Abort: (node, { txn }, from) => void node.durable.log.set(txn, { state: 'abort', coordinator: from }),
    };
    const result = run(turnaround, [], { continueAfterViolation: true });
    expect(said(result, 'AC2 no reversal')).toMatch(/^n2 decides abort on c1#\S+ after it had decided commit$/);
  });

  it('AC3: the coordinator takes a No for a Yes', () => {
    const result = run({ No: (node, { txn }, from) => Yes(node, { type: 'Yes', txn }, from) }, ['n2'], {
      continueAfterViolation: true,
    });
    expect(said(result, 'AC3 unanimity')).toMatch(/^n1 commits c1#\S+ without a Yes of n2$/);
  });

  describe('AC4', () => {
    const mutation: Partial<Handlers> = {
      Yes: (node, { txn }, from) => twoPhaseCommit.onMessage.No(node, { type: 'No', txn }, from),
    };

    it('the coordinator takes a Yes for a No', () => {
      const result = run(mutation, []);
      expect(said(result, 'AC4 non-triviality')).toMatch(/^n1 has aborted c1#\S+, for which all have voted Yes/);
      expect(said(run(mutation, ['n2']), 'AC4 non-triviality')).toBeUndefined();
    });

    it('says nothing of runs in which something has failed', () => {
      const crash = [{ do: 'crash', whom: 'n3', at: ms(5), for: ms(1) }] as const;
      expect(said(run(mutation, [], { faults: crash }), 'AC4 non-triviality')).toBeUndefined();
      const slow = { latency: { constant: ms(150) } };
      expect(run({}, [], { network: slow }).marks.get('abort')).toBeGreaterThan(0);
      expect(run({}, [], { network: slow }).violations).toEqual([]);
    });

    it('is not misled by clocks that run fast', () => {
      const faults = [{ do: 'clock', whom: 'all', driftPpm: 900_000, at: 0 }] as const;
      for (let latency = 40; latency < 80; latency += 2) {
        const network = { latency: { constant: ms(latency) } };
        expect(run({}, [], { faults, network }).violations).toEqual([]);
      }
    });
  });

  describe('AC5', () => {
    const deaf: Partial<Handlers> = { Commit: () => undefined, DecisionReq: () => undefined };

    it('a participant does not hear what is decided', () => {
      const message = said(run(deaf, [], { options: { repairedAfterMs: 0 } }), 'AC5 termination');
      expect(message).toMatch(/^n[23] has not decided on c1#\S+, though nothing has failed for 2\.9\d+ s$/);
    });

    it('says nothing where failures are not repaired, or just so', () => {
      expect(run(deaf, []).violations).toEqual([]);
      expect(run(deaf, [], { options: { repairedAfterMs: 2500 } }).violations).toEqual([]);
      const down = [{ do: 'crash', whom: 'n2', at: ms(50) }] as const;
      expect(run(deaf, [], { options: { repairedAfterMs: 0 }, faults: down }).violations).toEqual([]);
    });
  });
});
