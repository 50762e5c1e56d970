import { describe, expect, it } from 'vitest';
import { nodeId, type Invariant, type NodeView, type World } from '../../engine/index.js';
import {
  committedOperationsSurvive,
  contiguous,
  executedOnce,
  oneLogAView,
  onePrimaryAView,
  REMEMBERED_OPERATIONS_MAX,
  sameState,
  stateMachineSafety,
} from '../../protocols/viewstamped-replication/invariants.js';
import {
  viewstampedReplication,
  type ViewstampedReplication,
} from '../../protocols/viewstamped-replication/protocol.js';
import type { Entry, ViewstampedReplicationVolatile } from '../../protocols/viewstamped-replication/shape.js';

/** A group of bare states: a test changes them as a (wrong) protocol would. */
class States {
  private readonly views = new Map<string, NodeView<ViewstampedReplication>>();
  private readonly memory: unknown;

  constructor(private readonly invariant: Invariant<ViewstampedReplication>) {
    this.memory = invariant.memory();
  }

  step(id: string, volatile: Partial<ViewstampedReplicationVolatile>): string | null {
    const configuration = ['n1', 'n2', 'n3'].map(nodeId);
    const before = this.views.get(id)?.volatile ?? { ...viewstampedReplication.volatile(), configuration };
    const view = { id: nodeId(id), volatile: { ...before, ...volatile } } as NodeView<ViewstampedReplication>;
    this.views.set(id, view);
    return this.invariant.afterStep(this.memory, view, {} as World<ViewstampedReplication>) ?? null;
  }
}

function entry(opNumber: number, value: number, session: Entry['session'] = null): Entry {
  return { opNumber, command: { op: 'write', key: 'x', value }, session, ref: `r${value}` };
}

/** A log with these values, committed up to `commitNumber`. */
function log(values: number[], commitNumber = values.length) {
  return { log: values.map((value, i) => entry(i + 1, value)), commitNumber };
}

/** In normal status in this view, whose primary is n(view mod 3 + 1). */
function inView(viewNumber: number) {
  return { viewNumber, lastNormalView: viewNumber, status: 'normal' as const };
}

describe('each invariant can fail', () => {
  it('One Primary A View: two of them, where groups differ', () => {
    const states = new States(onePrimaryAView);
    expect(states.step('n2', inView(1))).toBeNull();
    expect(states.step('n3', { ...inView(1), configuration: ['n1', 'n3', 'n2'].map(nodeId) })).toBe(
      'n2 and n3 are primary of view 0/1',
    );
  });

  it('One Primary A View: again after a crash', () => {
    const states = new States(onePrimaryAView);
    expect(states.step('n2', inView(1))).toBeNull();
    expect(states.step('n2', { status: 'recovering', viewNumber: 0 })).toBeNull();
    expect(states.step('n2', inView(4))).toBeNull();
    expect(states.step('n2', inView(1))).toBe('n2 was primary of view 0/1, has crashed, and is its primary again');
  });

  it('State Machine Safety', () => {
    const states = new States(stateMachineSafety);
    expect(states.step('n1', log([1, 2]))).toBeNull();
    expect(states.step('n2', log([1, 3], 1))).toBeNull();
    expect(states.step('n2', { commitNumber: 2 })).toBe(
      'as operation 2 n1 has committed write x = 2 and n2 write x = 3',
    );
  });

  it('State Machine Safety: after a crash everything is looked at again', () => {
    const states = new States(stateMachineSafety);
    expect(states.step('n1', log([1, 2]))).toBeNull();
    expect(states.step('n1', log([]))).toBeNull();
    expect(states.step('n1', log([3]))).toContain('as operation 1');
  });

  it('State Machine Safety remembers so much and no more', () => {
    const memory = stateMachineSafety.memory() as { committed: Map<number, unknown> };
    const values = Array.from({ length: REMEMBERED_OPERATIONS_MAX + 10 }, (_, i) => i);
    const volatile = { ...viewstampedReplication.volatile(), ...log(values) };
    const node = { id: nodeId('n1'), volatile } as unknown as NodeView<ViewstampedReplication>;
    stateMachineSafety.afterStep(memory, node, {} as World<ViewstampedReplication>);
    expect(memory.committed.size).toBe(REMEMBERED_OPERATIONS_MAX);
    expect(memory.committed.has(values.length)).toBe(true);
  });

  it('Committed Operations Survive', () => {
    const states = new States(committedOperationsSurvive);
    expect(states.step('n1', log([1, 2]))).toBeNull();
    expect(states.step('n2', { ...inView(1), ...log([1], 0) })).toBe(
      'n2 begins view 0/1 without write x = 2, which n1 has committed as operation 2',
    );
  });

  it('Committed Operations Survive: also where another operation stands there', () => {
    const states = new States(committedOperationsSurvive);
    expect(states.step('n1', log([1]))).toBeNull();
    expect(states.step('n2', { ...inView(1), ...log([9], 0) })).toContain('without write x = 1');
  });

  it('Committed Operations Survive: what a later view has committed a view need not know that begins after it', () => {
    const states = new States(committedOperationsSurvive);
    expect(states.step('n3', { ...inView(2), ...log([1]) })).toBeNull();
    expect(states.step('n2', { ...inView(1), ...log([], 0) })).toBeNull();
    expect(states.step('n1', { ...inView(3), ...log([], 0) })).toContain('n1 begins view 0/3');
  });

  it('One Log A View', () => {
    const states = new States(oneLogAView);
    expect(states.step('n1', log([1], 0))).toBeNull();
    expect(states.step('n2', log([1], 0))).toBeNull();
    expect(states.step('n3', { ...inView(1), ...log([2], 0) })).toBeNull();
    expect(states.step('n3', inView(0))).toBe('in view 0/0 operation 1 is write x = 1 at n1 and write x = 2 at n3');
  });

  it('Executed Once', () => {
    const session = (sequence: number) => ({ client: 'c1', sequence });
    const requests = (...sequences: number[]) => ({
      log: sequences.map((sequence, i) => entry(i + 1, i, session(sequence))),
      commitNumber: sequences.length,
    });
    expect(new States(executedOnce).step('n1', requests(1, 2, 5))).toBeNull();
    expect(new States(executedOnce).step('n1', requests(1, 1))).toBe(
      'request 1 (write) of c1 is executed as operation 1 and as operation 2',
    );
    expect(new States(executedOnce).step('n1', requests(2, 1))).toBe(
      'request 1 (write) of c1 is executed as operation 2, after its request 2',
    );
  });

  it('Same State', () => {
    const states = new States(sameState);
    const checkpoint = (opNumber: number, value: number | readonly number[]) => ({
      checkpoint: { opNumber, machine: { data: new Map([['x', value]]), sessions: new Map() } },
    });
    expect(states.step('n1', checkpoint(3, [1, 2]))).toBeNull();
    expect(states.step('n2', checkpoint(3, [1, 2]))).toBeNull();
    expect(states.step('n3', checkpoint(3, [1, 3]))).toBe('after operation 3 n1 and n3 hold different values of x');
  });

  it('Contiguous', () => {
    expect(new States(contiguous).step('n1', { log: [entry(1, 1), entry(3, 3)] })).toContain('and the last one is 3');
    expect(new States(contiguous).step('n1', { commitNumber: 1 })).toBe(
      'n1 has committed up to 1, and its log ends with 0',
    );
    const states = new States(contiguous);
    expect(states.step('n1', { ...inView(4), ...log([1, 2]) })).toBeNull();
    expect(states.step('n1', { commitNumber: 1 })).toBe('n1 had committed up to 2, and now up to 1');
    expect(states.step('n1', inView(3))).toBe('n1 goes back from view 0/4 to 0/3');
  });

  it('Contiguous: within a life, and an epoch', () => {
    const states = new States(contiguous);
    expect(states.step('n1', { ...inView(4), ...log([1, 2]) })).toBeNull();
    expect(states.step('n1', { ...inView(0), epochNumber: 1 })).toBeNull();
    expect(states.step('n1', { status: 'recovering', epochNumber: 0, ...log([]) })).toBeNull();
    expect(states.step('n1', inView(1))).toBeNull();
  });
});
