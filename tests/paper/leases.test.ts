import { describe, expect, it } from 'vitest';
import { ms } from '../../engine/index.js';
import { leases, type Leases } from '../../protocols/leases/protocol.js';
import { ScriptedCluster, type Script } from './scripted-cluster.js';

// Gray and Cheriton 1989 (leases), Kleppmann 2016 (fencing tokens), Burrows 2006 (Chubby), rule by rule. Clocks stand still
// unless a test moves `now`; the allowance for drift is a thousandth of the term of one second.

type Cluster = ScriptedCluster<Leases>;

const DRIFT = ms(1);
const TERM = ms(1000);

function cluster(options: Partial<Leases['options']> = {}, bugs: Script<Leases>['bugs'] = []): Cluster {
  const c = new ScriptedCluster(leases, ['lock', 'storage', 'a', 'b'], { options, bugs });
  c.now = ms(5);
  return c;
}

function add(c: Cluster, id: string): string {
  return c.do(id, (node) => node.request('add', {}));
}

const holder = (c: Cluster, id: string) => c.node(id).volatile.holder;
const flowing = (c: Cluster): string[] => c.pending.map(({ from, to, message }) => `${from}>${to} ${message.type}`);

/** `id` has got its lease, has read, and has looked at its lease for the last time before it writes. */
function checked(c: Cluster, id: string): string {
  const ref = add(c, id);
  for (const type of ['Acquire', 'Granted', 'Read', 'ReadOk'] as const) c.deliver({ type });
  return ref;
}

describe('a lease', () => {
  it('is granted for a term, and nobody else is granted another before that is over', () => {
    const c = cluster();
    checked(c, 'a');
    add(c, 'b');
    c.deliver({ type: 'Acquire' });
    expect(flowing(c)).toEqual(['lock>b Held']);
    c.deliver();
    c.now += TERM + DRIFT - 1;
    c.do('b', (node) => node.fire('askAgain'));
    c.deliver({ type: 'Acquire' });
    expect(flowing(c)).toEqual(['lock>b Held']);
  });

  it('ends by itself: when the term is over, with the allowance for clocks, the next one is granted', () => {
    const c = cluster();
    checked(c, 'a');
    c.now += TERM + DRIFT;
    add(c, 'b');
    c.deliver({ type: 'Acquire' });
    expect(flowing(c)).toEqual(['lock>b Granted']);
  });

  it('is counted by the holder from when it asked, less the allowance for clocks', () => {
    const c = cluster();
    add(c, 'a');
    const askedAt = c.now;
    c.deliver({ type: 'Acquire' });
    c.now += ms(300); // The answer takes its time.
    c.deliver({ type: 'Granted' });
    expect(holder(c, 'a').lease).toMatchObject({ token: { epoch: 1, number: 1 }, until: askedAt + TERM - DRIFT });
  });

  it('that was over before it came is not taken', () => {
    const c = cluster();
    add(c, 'a');
    c.deliver({ type: 'Acquire' });
    c.now += TERM;
    c.deliver({ type: 'Granted' });
    expect(holder(c, 'a').lease).toBeNull();
    expect(flowing(c)).toEqual([]);
  });

  it('is extended under the same token, while there is work', () => {
    const c = cluster();
    checked(c, 'a');
    add(c, 'a');
    c.now += ms(950);
    c.do('a', (node) => node.fire('work'));
    for (const type of ['Write', 'WriteOk', 'Acquire', 'Granted'] as const) c.deliver({ type });
    expect(holder(c, 'a').lease).toMatchObject({ token: { epoch: 1, number: 1 }, until: c.now + TERM - DRIFT });
  });

  it('is given back when there is no work left, and is free at once', () => {
    const c = cluster();
    const ref = checked(c, 'a');
    c.do('a', (node) => node.fire('work'));
    c.deliver({ type: 'Write' }).deliver({ type: 'WriteOk' });
    expect(c.node('a').answerTo(ref)?.value).toBe(1);
    expect(holder(c, 'a').lease).toBeNull();
    add(c, 'b');
    c.deliver({ type: 'Release' }).deliver({ type: 'Acquire' });
    expect(flowing(c)).toEqual(['lock>b Granted']);
  });

  it('that was given back is not taken up again when an extension arrives late', () => {
    const c = cluster();
    checked(c, 'a');
    c.do('a', (node) => node.fire('work'));
    const { token } = holder(c, 'a').lease!;
    const late = { type: 'Granted', askedAt: c.now, token, termMs: 1000 } as const;
    c.deliver({ type: 'Write' }).deliver({ type: 'WriteOk' });
    c.do('a', (node) => node.deliver('lock', late));
    expect(holder(c, 'a').lease).toBeNull();
  });

  it('is not given back when the fate of a write is unknown: it is left to run out', () => {
    const c = cluster();
    const ref = checked(c, 'a');
    c.do('a', (node) => node.fire('work'));
    c.do('a', (node) => node.fire('patience'));
    expect(c.node('a').answerTo(ref)).toBeUndefined();
    expect(flowing(c)).toEqual(['a>storage Write']);
    expect(holder(c, 'a').lease).toMatchObject({ inDoubt: true });
    c.now += TERM;
    c.do('a', (node) => node.fire('lapse'));
    expect(holder(c, 'a').lease).toBeNull();
  });

  it('that does not last for the work and the way of the write is not used', () => {
    const c = cluster();
    add(c, 'a');
    for (const type of ['Acquire', 'Granted', 'Read'] as const) c.deliver({ type });
    c.now += ms(950);
    c.deliver({ type: 'ReadOk' });
    expect(c.node('a').marked('checked-lease')).toBe(0);
    expect(flowing(c)).toEqual(['a>lock Acquire']);
  });
});

describe('the lock service restarts', () => {
  it('with nothing on disk but its epoch and the longest term, and waits until all leases of its last life are over', () => {
    const c = cluster();
    checked(c, 'a');
    c.now += ms(100);
    c.crash('lock').do('lock', (node) => node.restart());
    expect(c.node('lock').durable).toMatchObject({ epoch: 2, longestTermMs: 1000 });
    c.now += TERM + DRIFT - 1;
    add(c, 'b');
    c.deliver({ type: 'Acquire' });
    expect(flowing(c)).toEqual(['lock>b Held']);
    c.now += 1;
    c.deliver().do('b', (node) => node.fire('askAgain'));
    c.deliver({ type: 'Acquire' }).deliver({ type: 'Granted' });
    expect(holder(c, 'b').lease).toMatchObject({ token: { epoch: 2, number: 1 } });
  });

  it('and waits for the longest term that it ever granted, not for the one that it grants now', () => {
    const c = new ScriptedCluster(leases, ['lock', 'storage', 'a', 'b'], {
      options: { termMs: 100 },
      durable: { epoch: 7, longestTermMs: 1000 },
    });
    expect(c.node('lock').volatile.service.freeAt).toBe(TERM + DRIFT);
    expect(c.node('lock').durable).toMatchObject({ epoch: 8, longestTermMs: 1000 });
  });
});

describe('fencing tokens', () => {
  it('rise with every holder, and with every life of the service', () => {
    const c = cluster();
    checked(c, 'a');
    c.now += TERM + DRIFT;
    c.pending = [];
    add(c, 'b');
    c.deliver({ type: 'Acquire' }).deliver({ type: 'Granted' });
    expect(holder(c, 'b').lease?.token).toEqual({ epoch: 1, number: 2 });
  });

  it('a holder that has crashed gets a new one at once: its old lease is as good as given back', () => {
    const c = cluster();
    checked(c, 'a');
    c.crash('a').do('a', (node) => node.restart());
    c.now += 1;
    add(c, 'a');
    c.deliver({ type: 'Acquire' }).deliver({ type: 'Granted' });
    expect(holder(c, 'a').lease?.token).toEqual({ epoch: 1, number: 2 });
  });

  it('the storage refuses a write with a lower token than it has seen, and takes others', () => {
    const c = cluster();
    checked(c, 'a');
    c.now += TERM + DRIFT;
    checked(c, 'b');
    c.do('a', (node) => node.fire('work')); // It was frozen, and does not know what time it is.
    c.deliver({ type: 'Write', from: 'a' });
    expect(flowing(c)).toEqual(['storage>a Refused']);
    c.do('b', (node) => node.fire('work'));
    c.deliver({ type: 'Write', from: 'b' });
    expect(c.node('storage').durable.storage).toMatchObject({ value: 1, writes: 1, by: 'b' });
    expect(c.violations).toEqual([]);
  });

  it('the same token may be used again and again', () => {
    const c = cluster();
    checked(c, 'a');
    const second = add(c, 'a');
    c.do('a', (node) => node.fire('work'));
    for (const type of ['Write', 'WriteOk', 'Read', 'ReadOk'] as const) c.deliver({ type });
    c.do('a', (node) => node.fire('work'));
    c.deliver({ type: 'Write' }).deliver({ type: 'WriteOk' });
    expect(c.node('a').answerTo(second)?.value).toBe(2);
  });

  it('the storage remembers the highest token across a restart', () => {
    const c = cluster();
    checked(c, 'a');
    c.crash('storage').do('storage', (node) => node.restart());
    expect(c.node('storage').durable.storage.highest).toEqual({ epoch: 1, number: 1 });
  });

  it('whoever is refused tries again under a new lease', () => {
    const c = cluster();
    const ref = checked(c, 'a');
    c.now += TERM + DRIFT;
    checked(c, 'b');
    c.do('a', (node) => node.fire('work'));
    c.deliver({ type: 'Write', from: 'a' }).deliver({ type: 'Refused' });
    expect(holder(c, 'a').waiting).toEqual([ref]);
    expect(flowing(c)).toEqual(['a>lock Acquire']);
  });
});

it('nobody may ask the service or the storage to add', () => {
  const c = cluster();
  expect(c.node('lock').answerTo(add(c, 'lock'))?.kind).toBe('redirect');
  expect(c.node('storage').answerTo(add(c, 'storage'))?.kind).toBe('redirect');
});

it('who comes when ten are waiting is sent away', () => {
  const c = cluster();
  const refs = Array.from({ length: 11 }, () => add(c, 'a'));
  expect(refs.map((ref) => c.node('a').answerTo(ref)?.kind)).toEqual([...Array<undefined>(10), 'fail']);
});
