import { describe, expect, it } from 'vitest';
import { ms, seconds, Simulation } from '../../engine/index.js';
import {
  primaryBackup,
  type PrimaryBackup,
  type PrimaryBackupOptions,
} from '../../protocols/primary-backup/protocol.js';
import type { Update } from '../../protocols/primary-backup/shape.js';
import { ScriptedCluster, ScriptedNode } from './scripted-cluster.js';

// Alsberg and Day, A Principle for Resilient Sharing of Distributed Resources, ICSE 1976; Budhiraja, Marzullo, Schneider, Toueg,
// The Primary-Backup Approach, 1993. Who may take over: tests/paper/primary-backup-failover.test.ts.

type Cluster = ScriptedCluster<PrimaryBackup>;

const THREE = ['n1', 'n2', 'n3'];

function cluster(options: Partial<PrimaryBackupOptions> = {}, members = THREE): Cluster {
  const c = new ScriptedCluster(primaryBackup, members, { options });
  return c.deliverAll();
}

function write(c: Cluster, value: number, at = 'n1'): string {
  return c.do(at, (node) => node.request('write', { key: 'x', value }));
}

function flowing(c: Cluster, type: string): string[] {
  return c.pending.filter(({ message }) => message.type === type).map(({ from, to }) => `${from}>${to}`);
}

function seqs(c: Cluster): number[] {
  return THREE.map((id) => c.node(id).durable.replica.seq);
}

const update = (seq: number, value: number): Update => ({
  seq,
  command: { op: 'write', key: 'x', value },
  session: null,
});

describe('the primary', () => {
  it('does what it is asked, copies it to all backups, and answers when all of them have it', () => {
    const c = cluster();
    const ref = write(c, 7);
    expect(flowing(c, 'Copy')).toEqual(['n1>n2', 'n1>n3']);
    c.deliver({ type: 'Acknowledge', from: 'n1' });
    c.deliver({ type: 'Copy', to: 'n2' }).deliver({ type: 'Acknowledge', from: 'n2' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.deliver({ type: 'Copy', to: 'n3' }).deliver({ type: 'Acknowledge', from: 'n3' });
    expect(c.node('n1').answerTo(ref)).toEqual({ ref, kind: 'reply', value: null });
    expect(seqs(c)).toEqual([1, 1, 1]);
  });

  it('counts its own copy when that is on its disk, as a message leaves only then', () => {
    const c = cluster();
    const ref = write(c, 7);
    c.deliver({ type: 'Copy', to: 'n2' }).deliver({ type: 'Acknowledge', from: 'n2' });
    c.deliver({ type: 'Copy', to: 'n3' }).deliver({ type: 'Acknowledge', from: 'n3' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.deliver({ type: 'Acknowledge', from: 'n1' });
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
  });

  it('tells what came of it: compare-and-set, and a repeated command', () => {
    const c = cluster();
    const session = { client: 'c1', sequence: 1 };
    const twice = [1, 2].map(() => c.do('n1', (node) => node.request('cas', { key: 'x', from: null, to: 5 }, session)));
    const other = c.do('n1', (node) => node.request('cas', { key: 'x', from: null, to: 6 }));
    c.deliverAll();
    expect([...twice, other].map((ref) => c.node('n1').answerTo(ref)?.value)).toEqual([true, true, false]);
  });

  it('copies again what is not acknowledged for a whole interval', () => {
    const c = cluster();
    write(c, 7);
    c.drop({ type: 'Copy', to: 'n2' }).deliverAll();
    c.do('n1', (node) => node.fire('heartbeat'));
    c.deliverAll();
    expect(seqs(c)).toEqual([1, 0, 1]);
    c.do('n1', (node) => node.fire('heartbeat'));
    expect(flowing(c, 'Copy')).toEqual(['n1>n2']);
    c.deliverAll();
    expect(seqs(c)).toEqual([1, 1, 1]);
  });

  it('sends the whole state to who lags behind further than updates are kept', () => {
    const c = cluster({ windowMax: 2, mode: 'asynchronous' });
    for (const value of [1, 2, 3, 4]) write(c, value);
    while (flowing(c, 'Copy').includes('n1>n2')) c.drop({ type: 'Copy', to: 'n2' });
    c.deliverAll();
    for (let i = 0; i < 2; i++) c.do('n1', (node) => node.fire('heartbeat'));
    expect(flowing(c, 'State')).toEqual(['n1>n2']);
    c.deliverAll();
    expect(seqs(c)).toEqual([4, 4, 4]);
    expect(c.node('n1').volatile.updates.size).toBe(2);
  });

  it('lets no more requests wait than it is told to', () => {
    const c = cluster({ windowMax: 1 });
    write(c, 1);
    const ref = write(c, 2);
    expect(c.node('n1').answerTo(ref)).toMatchObject({ kind: 'fail', value: 'overloaded' });
  });
});

describe('Pb2 and Pb3: requests go to the primary, and who is not does nothing with them', () => {
  it.each(['n2', 'n3'])('%s sends clients to the primary', (id) => {
    const c = cluster();
    const ref = write(c, 7, id);
    expect(c.node(id).answerTo(ref)).toEqual({ ref, kind: 'redirect', value: 'n1' });
    expect(seqs(c)).toEqual([0, 0, 0]);
  });

  it('a witness too', () => {
    const c = cluster({ witnesses: ['w1'] }, ['n1', 'n2', 'w1']);
    const ref = write(c, 7, 'w1');
    expect(c.node('w1').answerTo(ref)).toMatchObject({ kind: 'redirect', value: 'n1' });
  });
});

describe('a backup', () => {
  const copy = (seq: number, epoch = 1) => ({ type: 'Copy', epoch, update: update(seq, 10 * seq) }) as const;
  const backup = (): ScriptedNode<PrimaryBackup> => new ScriptedNode(primaryBackup, { id: 'n2' }).start();
  const acknowledged = (node: ScriptedNode<PrimaryBackup>): (number | null)[] =>
    node.sentOfType('Acknowledge').map(({ message }) => message.seq);

  it('applies updates in their order, whatever the order in which they come', () => {
    const node = backup();
    for (const seq of [1, 3, 4, 2]) node.deliver('n1', copy(seq));
    expect(acknowledged(node)).toEqual([1, 1, 1, 4]);
    expect(node.durable.replica.machine.data.get('x')).toBe(40);
    expect(node.volatile.early.size).toBe(0);
  });

  it('applies each once', () => {
    const node = backup();
    for (const seq of [1, 2, 1, 2]) node.deliver('n1', copy(seq));
    expect(acknowledged(node)).toEqual([1, 2, 2, 2]);
    expect(node.durable.replica.machine.data.get('x')).toBe(20);
  });

  it('has nothing of a new epoch until it has the state from which that began', () => {
    const node = backup().deliver('n1', copy(1)).deliver('n3', copy(5, 2));
    expect(acknowledged(node)).toEqual([1, null]);
    const machine = { data: new Map([['x', 99]]), sessions: new Map() };
    node.deliver('n3', { type: 'State', epoch: 2, seq: 4, machine }).deliver('n3', copy(5, 2));
    expect(acknowledged(node)).toEqual([1, null, 4, 5]);
    expect(node.durable.replica).toMatchObject({ epoch: 2, seq: 5 });
  });

  it('does not go back to a state that it is beyond', () => {
    const node = backup();
    for (const seq of [1, 2]) node.deliver('n1', copy(seq));
    node.deliver('n1', { type: 'State', epoch: 1, seq: 1, machine: { data: new Map(), sessions: new Map() } });
    expect(node.durable.replica.seq).toBe(2);
  });

  it('outlives a crash, and halts on a damaged disk', () => {
    const node = backup().deliver('n1', copy(1)).crash().restart();
    expect(node.durable.replica.seq).toBe(1);
    node.crash().restart([{ field: 'replica', kind: 'corrupt' }]);
    expect(node.haltedBecause).toContain('replica');
  });
});

describe('how many copies a write waits for', () => {
  it('semi-synchronous: so many, whichever they are', () => {
    const c = cluster({ mode: 'semi-synchronous', acknowledgements: 1 });
    const ref = write(c, 7);
    c.deliver({ type: 'Acknowledge', from: 'n1' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.deliver({ type: 'Copy', to: 'n3' }).deliver({ type: 'Acknowledge', from: 'n3' });
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
  });

  it('asynchronous: none', () => {
    const c = cluster({ mode: 'asynchronous' });
    const ref = write(c, 7);
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
    expect(flowing(c, 'Copy')).toEqual(['n1>n2', 'n1>n3']);
  });

  it('asynchronous with a delay: copies leave later, each as late', () => {
    const c = cluster({ mode: 'asynchronous', copyDelayMs: 30 });
    write(c, 7);
    write(c, 8);
    expect(flowing(c, 'Copy')).toEqual([]);
    expect(c.node('n1').timers.get('copy/2')?.after).toBe(30_000);
    c.do('n1', (node) => node.fire('copy', '1'));
    expect(flowing(c, 'Copy')).toEqual(['n1>n2', 'n1>n3']);
    c.deliverAll();
    expect(seqs(c)).toEqual([2, 1, 1]);
  });
});

describe('reads', () => {
  it('are confirmed by those that must hold writes, after the question', () => {
    const c = cluster();
    write(c, 7);
    c.deliverAll();
    const ref = c.do('n1', (node) => node.request('read', { key: 'x' }));
    expect(flowing(c, 'Heartbeat')).toEqual(['n1>n2', 'n1>n3']);
    c.deliver({ type: 'Heartbeat', to: 'n2' }).deliver({ type: 'Acknowledge', from: 'n2' });
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)).toMatchObject({ kind: 'reply', value: 7 });
  });

  it('wait for the writes that they see', () => {
    const c = cluster();
    write(c, 7);
    const ref = c.do('n1', (node) => node.request('read', { key: 'x' }));
    c.drop({ type: 'Copy', to: 'n2' }).deliverAll();
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
  });

  it('are answered at once by the primary, or by any replica, where that was asked for', () => {
    const answers = (['local', 'replica'] as const).map((readMode) => {
      const c = cluster({ readMode });
      write(c, 7);
      c.deliverAll();
      return ['n1', 'n2'].map((id) => {
        const ref = c.do(id, (node) => node.request('read', { key: 'x' }));
        return c.node(id).answerTo(ref);
      });
    });
    expect(answers[0]).toMatchObject([{ value: 7 }, { kind: 'redirect' }]);
    expect(answers[1]).toMatchObject([{ value: 7 }, { kind: 'reply', value: 7 }]);
  });
});

describe('what a write costs without failures', () => {
  it.each([2, 3, 5])('%d nodes: one copy and one acknowledgement for each backup, one round trip', (nodes) => {
    const latency = 7;
    const result = new Simulation({
      protocol: primaryBackup,
      nodes,
      seed: '1',
      network: { latency: { constant: ms(latency) } },
      script: [1, 2, 3].map((value) => ({
        ...{ at: seconds(value), client: 'c1', request: 'write', args: { key: 'x', value }, target: 'n1' },
      })),
      until: seconds(4),
      trace: 'events',
    }).run();
    const counts = { Copy: 0, Acknowledge: 0 };
    const acknowledged = new Set<string>();
    for (const { kind, name, node, peer, body } of result.trace!.events()) {
      if (kind !== 'send' || node === peer) continue;
      if (name === 'Copy') counts.Copy++;
      if (name !== 'Acknowledge') continue;
      // Heartbeats are acknowledged too: with the number of what was acknowledged before.
      const what = `${node} ${(body as { seq: number }).seq}`;
      if (!what.endsWith(' 0') && !acknowledged.has(what)) counts.Acknowledge++;
      acknowledged.add(what);
    }
    expect(counts).toEqual({ Copy: 3 * (nodes - 1), Acknowledge: 3 * (nodes - 1) });
    const times = result.history.map(({ time }) => time);
    expect(times[1]! - times[0]!).toBe(ms(4 * latency));
  });
});
