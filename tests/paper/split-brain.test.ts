import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { splitBrain, type SplitBrain } from '../../protocols/split-brain/protocol.js';
import { ScriptedCluster, type Script } from './scripted-cluster.js';

// A cluster of three and a storage, message by message.

type Cluster = ScriptedCluster<SplitBrain>;

function cluster(options: Partial<SplitBrain['options']> = {}, bugs: Script<SplitBrain>['bugs'] = []): Cluster {
  return new ScriptedCluster(splitBrain, ['n1', 'n2', 'n3', 'storage'], { options, bugs });
}

const flowing = (c: Cluster): string[] => c.pending.map(({ from, to, message }) => `${from}>${to} ${message.type}`);
const role = (c: Cluster, id: string): string => c.node(id).volatile.role;
const storage = (c: Cluster) => c.node('storage').durable.storage;
const add = (c: Cluster, id: string): string => c.do(id, (node) => node.request('add', {}));

/** `id` leads, has read, and everything else that was on its way is lost. */
function leading(c: Cluster, id: string): void {
  c.do(id, (node) => node.fire('election'));
  const voter = id === 'n2' ? 'n3' : 'n2';
  if (c.node(id).options.quorum) {
    c.deliver({ type: 'RequestVote', from: id, to: voter }).deliver({ type: 'Vote', from: voter });
  }
  c.deliver({ type: 'Mount', from: id }).deliver({ type: 'Mounted', to: id });
  c.pending = [];
}

describe('without a quorum', () => {
  it('whoever hears nobody leads, in the next epoch', () => {
    const c = cluster({ quorum: false });
    c.do('n2', (node) => node.fire('election'));
    expect(role(c, 'n2')).toBe('leader');
    expect(flowing(c)).toEqual(['n2>storage Mount', 'n2>n1 Heartbeat', 'n2>n3 Heartbeat']);
  });

  it('two leaders of one epoch, when they hear each other: the one with the lower name stays', () => {
    const c = cluster({ quorum: false });
    leading(c, 'n1');
    leading(c, 'n2');
    c.do('n1', (node) => node.deliver('n2', { type: 'Heartbeat', epoch: 1 }));
    c.do('n2', (node) => node.deliver('n1', { type: 'Heartbeat', epoch: 1 }));
    expect([role(c, 'n1'), role(c, 'n2')]).toEqual(['leader', 'follower']);
  });
});

describe('with a quorum', () => {
  it('whoever hears nobody asks for votes, and leads with those of more than half', () => {
    const c = cluster();
    c.do('n1', (node) => node.fire('election'));
    expect(role(c, 'n1')).toBe('candidate');
    c.deliver({ type: 'RequestVote', to: 'n2' }).deliver({ type: 'Vote' });
    expect(role(c, 'n1')).toBe('leader');
  });

  it('a node votes once an epoch, and remembers it across a restart', () => {
    const c = cluster();
    c.do('n1', (node) => node.fire('election'));
    c.do('n3', (node) => node.fire('election'));
    c.deliver({ type: 'RequestVote', from: 'n1', to: 'n2' });
    c.crash('n2').do('n2', (node) => node.restart());
    c.deliver({ type: 'RequestVote', from: 'n3', to: 'n2' });
    const votes = c.pending.filter(({ message }) => message.type === 'Vote').map(({ to, message }) => [to, message]);
    expect(votes).toEqual([
      ['n1', { type: 'Vote', epoch: 1, granted: true }],
      ['n3', { type: 'Vote', epoch: 1, granted: false }],
    ]);
  });

  it('a leader that less than a majority has answered for a while leads no longer', () => {
    const c = cluster({ stepDownMs: 200 });
    leading(c, 'n1');
    c.now = ms(200);
    c.do('n1', (node) => node.fire('heartbeat'));
    expect(role(c, 'n1')).toBe('leader');
    c.pending = [];
    c.now = ms(201);
    c.do('n1', (node) => node.fire('heartbeat'));
    expect(role(c, 'n1')).toBe('follower');
    expect(c.node('n1').marked('lost-quorum')).toBe(1);
  });

  it('and with the answer of one of two others goes on', () => {
    const c = cluster({ stepDownMs: 200 });
    leading(c, 'n1');
    c.now = ms(150);
    c.do('n1', (node) => node.fire('heartbeat'));
    c.deliver({ type: 'Heartbeat', to: 'n2' }).deliver({ type: 'HeartbeatOk' });
    c.now = ms(300);
    c.do('n1', (node) => node.fire('heartbeat'));
    expect(role(c, 'n1')).toBe('leader');
  });
});

describe('the storage', () => {
  it('without fencing takes what comes, and the second leader overwrites the first', () => {
    const c = cluster({ fencing: false });
    leading(c, 'n1');
    leading(c, 'n2');
    add(c, 'n1');
    add(c, 'n2');
    c.deliver({ type: 'Write' }).deliver({ type: 'Write' });
    expect(storage(c)).toMatchObject({ value: 1, writes: 2 });
    expect(c.violations).toEqual(['no write is lost: storage has accepted 2 writes, and counts 1 after that of n2']);
  });

  it('with fencing refuses a leader from the moment on that its successor has read', () => {
    const c = cluster();
    leading(c, 'n1');
    leading(c, 'n2');
    const ref = add(c, 'n1');
    c.deliver({ type: 'Write', from: 'n1' }).deliver({ type: 'Fenced' });
    expect(storage(c)).toMatchObject({ value: 0, writes: 0, highest: 2 });
    expect(c.node('n1').answerTo(ref)).toMatchObject({ kind: 'fail' });
    expect(role(c, 'n1')).toBe('follower');
  });

  it('refuses to let an old leader read, too', () => {
    const c = cluster();
    leading(c, 'n2');
    leading(c, 'n3');
    c.do('storage', (node) => node.deliver('n2', { type: 'Mount', epoch: 1 }));
    expect(flowing(c)).toEqual(['storage>n2 Fenced']);
  });
});

describe('a leader', () => {
  it('writes from memory what it has read once, without waiting for the last write', () => {
    const c = cluster();
    leading(c, 'n1');
    const refs = [add(c, 'n1'), add(c, 'n1')];
    for (const type of ['Write', 'Write', 'Written', 'Written'] as const) c.deliver({ type });
    expect(refs.map((ref) => c.node('n1').answerTo(ref)?.value)).toEqual([1, 2]);
  });

  it('reads again when its connection to the storage was lost, as writes may be gone with it', () => {
    const c = cluster();
    leading(c, 'n1');
    const { reset, open } = splitBrain.onConnection!;
    c.do('n1', (node) => node.step((inside) => reset!(inside, 'storage' as never)));
    expect(c.node('n1').answerTo(add(c, 'n1'))).toMatchObject({ kind: 'fail', value: 'no leader' });
    c.do('n1', (node) => node.step((inside) => open!(inside, 'storage' as never)));
    expect(flowing(c)).toEqual(['n1>storage Mount']);
  });
});
