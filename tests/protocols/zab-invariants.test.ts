import { describe, expect, it } from 'vitest';
import { nodeId, type Invariant, type NodeView, type World } from '../../engine/index.js';
import type { History, Txn } from '../../protocols/zab/history.js';
import {
  agreement,
  epochsRise,
  globalPrimaryOrder,
  integrity,
  localPrimaryOrder,
  oneLeaderPerEpoch,
  primaryIntegrity,
  promisesRise,
  REMEMBERED_MAX,
  sameState,
  totalOrder,
  zabInvariants,
} from '../../protocols/zab/invariants.js';
import { zab, type Zab } from '../../protocols/zab/protocol.js';
import type { ZabDurable, ZabVolatile } from '../../protocols/zab/shape.js';

/** A cluster of bare states: a test changes them as a (wrong) protocol would. */
class States {
  private readonly views = new Map<string, NodeView<Zab>>();
  readonly memory: unknown;

  constructor(private readonly invariant: Invariant<Zab>) {
    this.memory = invariant.memory();
  }

  step(id: string, durable: Partial<ZabDurable>, volatile: Partial<ZabVolatile> = {}): string | null {
    const before = this.views.get(id);
    const now = { ...(before?.durable ?? zab.durable()), ...durable };
    const view = {
      id: nodeId(id),
      members: [],
      options: zab.options,
      durable: now,
      synced: now,
      volatile: { ...(before?.volatile ?? zab.volatile()), ...volatile },
      up: true,
    } as NodeView<Zab>;
    this.views.set(id, view);
    const world = { now: 0, nodes: [...this.views.values()], node: (wanted: string) => this.views.get(wanted) };
    return this.invariant.afterStep(this.memory, view, world as World<Zab>) ?? null;
  }

  /** Has all of these in its history, and has delivered so many. */
  delivers(id: string, txns: Txn[], delivered = txns.length): string | null {
    return this.step(id, { history: historyOf(...txns) }, { delivered });
  }

  /** Leads this epoch, and has broadcast the last `counter` of these. */
  broadcasts(id: string, epoch: number, txns: Txn[], counter: number, delivered = 0): string | null {
    const leads = { state: 'leading', phase: 'broadcast', epoch, counter, delivered } as const;
    return this.step(id, { history: historyOf(...txns) }, leads);
  }
}

function historyOf(...txns: Txn[]): History {
  return { snapshot: null, first: 1, txns };
}

function txn(epoch: number, counter: number, ref = `r${epoch}.${counter}`): Txn {
  return { zxid: { epoch, counter }, command: { op: 'write', key: 'x', value: 1 }, session: null, ref };
}

const [a, b, c] = [txn(1, 1), txn(1, 2), txn(1, 3)];
const d = txn(2, 1);

describe('each invariant can fail', () => {
  it('Integrity', () => {
    const states = new States(integrity);
    expect(states.broadcasts('n1', 1, [a, b], 2)).toBeNull();
    expect(states.delivers('n2', [a])).toBeNull();
    expect(states.delivers('n2', [a, txn(1, 2, 'other')])).toBe(
      'n2 delivers 1.2 (other), which no primary has broadcast',
    );
    expect(states.delivers('n3', [a, b, c])).toContain('n3 delivers 1.3');
  });

  it('Local Primary Order', () => {
    const states = new States(localPrimaryOrder);
    expect(states.broadcasts('n1', 1, [a, b, c], 3)).toBeNull();
    expect(states.delivers('n2', [a, b, c])).toBeNull();
    expect(states.delivers('n3', [a, c])).toBe('n3 delivers 1.3 (r1.3) after 1.1, without 1.2 between them');
  });

  it('Global Primary Order', () => {
    const states = new States(globalPrimaryOrder);
    expect(states.delivers('n1', [a, d])).toBeNull();
    expect(states.delivers('n2', [d, a])).toBe('n2 delivers 1.1 (r1.1) after 2.1');
  });

  it('Total Order', () => {
    const states = new States(totalOrder);
    expect(states.delivers('n1', [a, b, c])).toBeNull();
    expect(states.delivers('n2', [a, b])).toBeNull();
    expect(states.delivers('n3', [a, c])).toBe('n3 delivers 1.3 (r1.3) as number 2, and another did as number 3');
    const reversed = new States(totalOrder);
    expect(reversed.delivers('n1', [a, c])).toBeNull();
    expect(reversed.delivers('n2', [a, b, c])).toContain('n2 delivers 1.3 (r1.3) as number 3');
  });

  it('Agreement', () => {
    const states = new States(agreement);
    expect(states.delivers('n1', [a, b])).toBeNull();
    expect(states.delivers('n2', [a])).toBeNull();
    expect(states.delivers('n2', [a, d])).toBe('as number 2 n1 has delivered 1.2 (r1.2) and n2 delivers 2.1 (r2.1)');
  });

  it('Agreement: after a restart everything is looked at again', () => {
    const states = new States(agreement);
    expect(states.delivers('n1', [a])).toBeNull();
    expect(states.delivers('n1', [a], 0)).toBeNull();
    expect(states.delivers('n1', [d])).toContain('as number 1');
  });

  it('Primary Integrity: what was delivered before the primary broadcast', () => {
    const states = new States(primaryIntegrity);
    expect(states.delivers('n1', [a, b])).toBeNull();
    expect(states.broadcasts('n2', 2, [a, d], 1, 1)).toBe(
      'n2 broadcasts in epoch 2 with 1 delivered; of epoch 1 number 2 is',
    );
    expect(new States(primaryIntegrity).broadcasts('n2', 2, [a, d], 1, 1)).toBeNull();
  });

  it('Primary Integrity: what is delivered after it', () => {
    const states = new States(primaryIntegrity);
    expect(states.delivers('n1', [a])).toBeNull();
    expect(states.broadcasts('n2', 2, [a, d], 1, 1)).toBeNull();
    expect(states.delivers('n1', [a, b])).toBe(
      'n1 delivers 1.2 (r1.2), which n2 had not when it first broadcast in epoch 2',
    );
  });

  it('One Leader Per Epoch', () => {
    const states = new States(oneLeaderPerEpoch);
    const leads = { state: 'leading', epoch: 3 } as const;
    expect(states.step('n1', {}, { ...leads, phase: 'broadcast' })).toBeNull();
    expect(states.step('n2', {}, { ...leads, phase: 'synchronization' })).toBeNull();
    expect(states.step('n2', {}, { phase: 'broadcast' })).toBe('n1 and n2 are both established leaders of epoch 3');
  });

  it('Promises Rise, across crashes', () => {
    const states = new States(promisesRise);
    const to = (epoch: number, leader: string) => ({ promise: { epoch, to: nodeId(leader) } });
    expect(states.step('n1', {}, to(1, 'n2'))).toBeNull();
    expect(states.step('n1', {}, { promise: null })).toBeNull();
    expect(states.step('n1', {}, to(1, 'n3'))).toBe('n1 has promised epoch 1 to n2, and now promises 1 to n3');
    expect(states.step('n1', {}, to(2, 'n3'))).toBeNull();
  });

  it('Epochs Rise, within a life', () => {
    const states = new States(epochsRise);
    const life = { session: 3 };
    expect(states.step('n1', { acceptedEpoch: 4, currentEpoch: 3 }, life)).toBeNull();
    expect(states.step('n1', { acceptedEpoch: 3 }, life)).toBe('n1 goes back from accepted epoch 4 to 3');
    expect(states.step('n1', { currentEpoch: 2 }, life)).toBe('n1 goes back from epoch 3 to 2');
    expect(states.step('n1', { currentEpoch: 5 }, life)).toBe('n1 is in epoch 5 and has accepted only 3');
    expect(states.step('n1', { acceptedEpoch: 0, currentEpoch: 0 }, { session: 1 })).toBeNull();
  });

  it('Same State', () => {
    const states = new States(sameState);
    const snapshot = (index: number, value: number): Partial<ZabDurable> => ({
      history: {
        snapshot: { zxid: a.zxid, index, machine: { data: new Map([['x', value]]), sessions: new Map() } },
        first: index + 1,
        txns: [],
      },
    });
    expect(states.step('n1', snapshot(3, 1))).toBeNull();
    expect(states.step('n2', snapshot(3, 1))).toBeNull();
    expect(states.step('n3', snapshot(3, 2))).toBe('after number 3 n1 and n3 hold different values of x');
  });
});

it('what came within a snapshot is not looked at again', () => {
  const behind = { snapshot: { zxid: b.zxid, index: 2, machine: zab.volatile().machine }, first: 3, txns: [d] };
  for (const invariant of [integrity, localPrimaryOrder, globalPrimaryOrder, totalOrder, agreement]) {
    const states = new States(invariant);
    states.broadcasts('n1', 2, [d], 1);
    states.step('n1', {}, { state: 'following', delivered: 0 });
    expect(states.step('n2', { history: behind }, { delivered: 3 }), invariant.name).toBeNull();
  }
});

it('memories stay bounded', () => {
  const many = Array.from({ length: REMEMBERED_MAX + 10 }, (_, i) => txn(1, i + 1));
  for (const invariant of zabInvariants) {
    const states = new States(invariant);
    expect(states.broadcasts('n1', 1, many, many.length), invariant.name).toBeNull();
    expect(states.delivers('n1', many), invariant.name).toBeNull();
    for (const part of Object.values(states.memory as Record<string, unknown>)) {
      if (part instanceof Map) expect(part.size, invariant.name).toBeLessThanOrEqual(REMEMBERED_MAX);
    }
  }
});
