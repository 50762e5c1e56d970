import { describe, expect, it } from 'vitest';
import { nodeId } from '../../engine/index.js';
import {
  primaryBackup,
  promisesLinearizability,
  type PrimaryBackup,
  type PrimaryBackupOptions,
} from '../../protocols/primary-backup/protocol.js';
import { ScriptedCluster, ScriptedNode } from './scripted-cluster.js';

// Who may take over. Budhiraja, Marzullo, Schneider, Toueg, The Primary-Backup Approach, 1993: the failure detector; Lin, Yang,
// Zhang, Zhou, PacificA, 2008: configurations that are agreed upon, and who is in them.

type Cluster = ScriptedCluster<PrimaryBackup>;

const WITNESSED = ['n1', 'n2', 'n3', 'w1', 'w2'];
const witnesses = ['w1', 'w2'];

function cluster(options: Partial<PrimaryBackupOptions> = {}, members = WITNESSED): Cluster {
  const own = members.filter((member) => member.startsWith('w'));
  return new ScriptedCluster(primaryBackup, members, { options: { witnesses: own, ...options } }).deliverAll();
}

function write(c: Cluster, value: number, at = 'n1'): string {
  return c.do(at, (node) => node.request('write', { key: 'x', value }));
}

/** So much later the node's failure detector fires; whatever it says is still on its way. */
function suspect(c: Cluster, id: string, afterMs = 400): void {
  c.now += afterMs * 1_000;
  c.do(id, (node) => node.fire('election'));
}

function flowing(c: Cluster, type: string): string[] {
  return c.pending.filter(({ message }) => message.type === type).map(({ from, to }) => `${from}>${to}`);
}

/** Delivers among these, and loses what goes to or comes from others. */
function among(c: Cluster, ids: readonly string[]): void {
  for (let at = c.pending[0]; at !== undefined; at = c.pending[0]) {
    const fits = { from: at.from, to: at.to, type: at.message.type };
    if (ids.includes(at.from) && ids.includes(at.to)) c.deliver(fits);
    else c.drop(fits);
  }
}

const role = (c: Cluster, id: string): string => c.node(id).volatile.role;
const epochs = (c: Cluster): number[] => WITNESSED.map((id) => c.node(id).durable.vote.epoch);

describe('the failure detector', () => {
  const pair: Partial<PrimaryBackupOptions> = { fencing: 'none', electionTimeoutMsMin: 80, electionTimeoutMsMax: 80 };

  it('takes silence for a crash: the backup is primary, and answers by itself', () => {
    const c = cluster(pair, ['n1', 'n2']).crash('n1');
    suspect(c, 'n2', 80);
    expect(role(c, 'n2')).toBe('primary');
    const ref = write(c, 7, 'n2');
    c.deliverAll();
    expect(c.node('n2').answerTo(ref)?.kind).toBe('reply');
  });

  it('whatever the primary says puts it off', () => {
    const c = cluster(pair, ['n1', 'n2']);
    c.now = 50_000;
    write(c, 7);
    c.deliverAll();
    c.now = 80_000;
    c.do('n2', (node) => node.fire('election'));
    expect(role(c, 'n2')).toBe('backup');
    expect(c.node('n2').timers.get('election')?.after).toBe(50_000);
  });

  it('the primary does without a backup that it does not hear', () => {
    const c = cluster(pair, ['n1', 'n2']).crash('n2');
    const ref = write(c, 7);
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.now = 100_000;
    c.do('n1', (node) => node.fire('heartbeat'));
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
    expect(c.node('n1').volatile.recorded).toEqual(['n1']);
  });

  it('is wrong where the primary was only slow: both are primary, and neither listens to the other', () => {
    const c = cluster(pair, ['n1', 'n2']);
    suspect(c, 'n2', 80);
    c.deliverAll();
    for (const id of ['n1', 'n2']) c.do(id, (node) => node.fire('heartbeat'));
    c.deliverAll();
    expect([role(c, 'n1'), role(c, 'n2')]).toEqual(['primary', 'primary']);
  });
});

describe('fencing', () => {
  const heartbeat = (epoch: number) => ({ type: 'Heartbeat', epoch, seq: 0, round: 0 }) as const;

  it('who has heard of a higher epoch refuses lower ones, and says so', () => {
    const node = new ScriptedNode(primaryBackup, { id: 'n3' }).start().deliver('n2', heartbeat(4));
    node.takeSent();
    node.deliver('n1', heartbeat(3));
    expect(node.takeSent()).toEqual([{ to: 'n1', message: { type: 'Refuse', epoch: 4 } }]);
  });

  it('a primary that hears of one gives way: reads ask elsewhere, writes stay without an answer', () => {
    const node = new ScriptedNode(primaryBackup, { id: 'n1' }).start();
    const written = node.request('write', { key: 'x', value: 7 });
    const asked = node.request('read', { key: 'x' });
    node.deliver('n2', { type: 'Refuse', epoch: 2 });
    expect(node.volatile.role).toBe('backup');
    expect(node.answerTo(written)).toBeUndefined();
    expect(node.answerTo(asked)).toMatchObject({ kind: 'redirect' });
    expect(node.hasTimer('heartbeat')).toBe(false);
  });

  it('with epochs alone the next primary gives itself one', () => {
    const c = cluster({ fencing: 'epochs' }, ['n1', 'n2']);
    suspect(c, 'n2');
    expect(c.node('n2').durable.vote).toEqual({ epoch: 2, votedFor: 'n2' });
    c.deliverAll();
    expect([role(c, 'n1'), role(c, 'n2')]).toEqual(['backup', 'primary']);
  });
});

describe('votes', () => {
  const claim = (epoch: number) => ({ type: 'Claim', epoch, position: { epoch: 1, seq: 0 } }) as const;
  const witness = (): ScriptedNode<PrimaryBackup> =>
    new ScriptedNode(primaryBackup, { id: 'w1', members: WITNESSED, options: { witnesses } }).start();
  const granted = (node: ScriptedNode<PrimaryBackup>): string[] =>
    node.sentOfType('Grant').map(({ to, message }) => `${message.epoch} to ${to}`);

  it('an epoch is granted once, also after a restart, and again to the same node', () => {
    const node = witness().deliver('n2', claim(2)).deliver('n3', claim(2)).crash().restart();
    node.deliver('n3', claim(2)).deliver('n2', claim(2)).deliver('n3', claim(3));
    expect(granted(node)).toEqual(['2 to n2', '2 to n2', '3 to n3']);
  });

  it('tell what was recorded last', () => {
    const configuration = { epoch: 1, version: 3, inSync: ['n1', 'n3'].map(nodeId) };
    const node = witness().deliver('n1', { type: 'Record', configuration });
    node.deliver('n1', { type: 'Record', configuration: { epoch: 1, version: 2, inSync: [nodeId('n1')] } });
    node.deliver('n2', claim(2));
    expect(node.sentOfType('Grant')[0]?.message.configuration).toEqual(configuration);
  });

  it('who hears a primary votes for nobody', () => {
    const node = witness().deliver('n1', { type: 'Heartbeat', epoch: 1, seq: 0, round: 0 });
    node.now = 100_000;
    expect(granted(node.deliver('n2', claim(2)))).toEqual([]);
    node.now = 200_000;
    expect(granted(node.deliver('n2', claim(2)))).toEqual(['2 to n2']);
  });

  it('where not all must have all, nobody votes for who has less than itself', () => {
    const node = new ScriptedNode(primaryBackup, { id: 'n3', options: { mode: 'semi-synchronous' } }).start();
    node.durable.replica.seq = 4;
    node.deliver('n2', { type: 'Claim', epoch: 2, position: { epoch: 1, seq: 3 } });
    expect(granted(node)).toEqual([]);
    node.deliver('n2', { type: 'Claim', epoch: 3, position: { epoch: 1, seq: 4 } });
    expect(granted(node)).toEqual(['3 to n2']);
  });
});

describe('taking over with witnesses', () => {
  it('takes votes of a majority and a record at a majority: two round trips', () => {
    const c = cluster().crash('n1');
    suspect(c, 'n2');
    expect(flowing(c, 'Claim')).toEqual(['n2>n1', 'n2>n3', 'n2>w1', 'n2>w2']);
    c.deliver({ type: 'Claim', to: 'w1' }).deliver({ type: 'Claim', to: 'w2' });
    c.deliver({ type: 'Grant' });
    expect(flowing(c, 'Record')).toEqual([]);
    c.deliver({ type: 'Grant' });
    expect(flowing(c, 'Record')).toEqual(['n2>n1', 'n2>n3', 'n2>w1', 'n2>w2']);
    expect(role(c, 'n2')).toBe('candidate');
    c.deliver({ type: 'Record', to: 'w1' }).deliver({ type: 'Record', to: 'w2' });
    c.deliver({ type: 'Recorded' }).deliver({ type: 'Recorded' });
    expect(role(c, 'n2')).toBe('primary');
    expect(c.node('n2').volatile.recorded).toEqual(['n2']);
  });

  it('the others copy the state, and count as in sync when they have it', () => {
    const c = cluster();
    write(c, 7);
    c.deliverAll().crash('n1');
    suspect(c, 'n2');
    c.deliverAll();
    expect(c.node('n2').volatile.recorded).toEqual(['n2', 'n3']);
    expect(c.node('n3').durable.replica).toMatchObject({ epoch: 2, seq: 1 });
    expect(epochs(c).slice(1)).toEqual([2, 2, 2, 2]);
    expect(c.violations).toEqual([]);
  });

  it('who is not in sync does not take over, and lets time-outs pass before it stands again', () => {
    const c = cluster();
    c.now = 400_000;
    c.do('n1', (node) => node.fire('heartbeat'));
    among(c, ['n1', 'n2', 'w1', 'w2']);
    c.do('n1', (node) => node.fire('heartbeat'));
    among(c, ['n1', 'n2', 'w1', 'w2']);
    expect(c.node('w1').durable.configuration?.inSync).toEqual(['n1', 'n2']);
    c.crash('n1');
    suspect(c, 'n3');
    c.deliverAll();
    expect(role(c, 'n3')).toBe('backup');
    expect(c.node('n3').marked('not-in-sync')).toBe(1);
    suspect(c, 'n3');
    expect(flowing(c, 'Claim')).toEqual([]);
  });

  it('an old primary can neither drop the new one, nor acknowledge, nor read without it', () => {
    const c = cluster();
    suspect(c, 'n2');
    among(c, ['n2', 'n3', 'w1', 'w2']);
    expect(role(c, 'n2')).toBe('primary');
    const written = write(c, 7);
    const asked = c.do('n1', (node) => node.request('read', { key: 'x' }));
    among(c, ['n1']);
    c.do('n1', (node) => node.fire('heartbeat'));
    among(c, ['n1']);
    c.do('n1', (node) => node.fire('heartbeat'));
    expect([written, asked].map((ref) => c.node('n1').answerTo(ref))).toEqual([undefined, undefined]);
    c.deliverAll();
    expect(role(c, 'n1')).toBe('backup');
    expect(c.violations).toEqual([]);
  });
});

describe('who is in sync', () => {
  it('writes wait for a silent backup until a majority has recorded that they need not', () => {
    const c = cluster().crash('n3');
    const ref = write(c, 7);
    c.deliverAll();
    c.now = 400_000;
    for (let i = 0; i < 2; i++) {
      c.do('n1', (node) => node.fire('heartbeat'));
      if (i === 0) among(c, ['n1', 'n2']);
    }
    expect(flowing(c, 'Record')).toContain('n1>w1');
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
    c.deliverAll();
    expect(c.node('n1').answerTo(ref)?.kind).toBe('reply');
    expect(c.node('n1').volatile.recorded).toEqual(['n1', 'n2']);
  });

  it('writes wait for a backup that comes back before it is recorded', () => {
    const c = cluster();
    c.now = 400_000;
    for (let i = 0; i < 2; i++) {
      c.do('n1', (node) => node.fire('heartbeat'));
      among(c, ['n1', 'n2', 'w1', 'w2']);
    }
    expect(c.node('n1').volatile.recorded).toEqual(['n1', 'n2']);
    c.do('n1', (node) => node.fire('heartbeat'));
    c.deliver({ type: 'Heartbeat', to: 'n3' }).deliver({ type: 'Acknowledge', from: 'n3' });
    const ref = write(c, 7);
    for (let i = 0; i < 4; i++) if (flowing(c, 'Record').length > 0) c.drop({ type: 'Record' });
    c.drop({ type: 'Copy', to: 'n3' });
    among(c, ['n1', 'n2']);
    expect(c.node('n1').answerTo(ref)).toBeUndefined();
  });
});

describe('manual failover', () => {
  const options: Partial<PrimaryBackupOptions> = { failover: 'manual', fencing: 'epochs' };
  const members = ['n1', 'n2'];

  it('nobody takes over by himself', () => {
    expect(new ScriptedNode(primaryBackup, { id: 'n2', members, options }).start().timers.size).toBe(0);
  });

  it('the operator makes a node primary', () => {
    const node = new ScriptedNode(primaryBackup, { id: 'n2', members, options: { ...options, primary: 'n2' } });
    node.start('upgrade');
    expect(node.volatile.role).toBe('primary');
    expect(node.durable.vote.epoch).toBe(2);
  });

  it('a primary that comes back is primary, unless it has heard of another one', () => {
    const node = new ScriptedNode(primaryBackup, { id: 'n1', members, options }).start().crash().restart();
    expect(node.volatile.role).toBe('primary');
    node.deliver('n2', { type: 'Heartbeat', epoch: 2, seq: 0, round: 0 }).crash().restart();
    expect(node.volatile.role).toBe('backup');
  });
});

it('what each configuration promises', () => {
  const { options } = primaryBackup;
  const promised = (changes: Partial<PrimaryBackupOptions>, nodes = 3): boolean =>
    promisesLinearizability({ ...options, ...changes }, nodes);
  expect(promised({})).toBe(true);
  expect(promised({ fencing: 'epochs' })).toBe(false);
  expect(promised({ fencing: 'none' })).toBe(false);
  expect(promised({ mode: 'asynchronous' })).toBe(false);
  expect(promised({ readMode: 'local' })).toBe(false);
  expect(promised({ mode: 'semi-synchronous', acknowledgements: 1 })).toBe(true);
  expect(promised({ mode: 'semi-synchronous', acknowledgements: 1 }, 5)).toBe(false);
  expect(promised({ mode: 'semi-synchronous', acknowledgements: 2 }, 5)).toBe(true);
});
