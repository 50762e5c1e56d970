import { describe, expect, it } from 'vitest';
import { nodeId } from '../../engine/index.js';
import { bully, type Bully } from '../../protocols/bully/protocol.js';
import { ScriptedCluster, type Script } from './scripted-cluster.js';

// Garcia-Molina 1982, procedure by procedure. n1 is the lowest node, n4 the highest.

type Cluster = ScriptedCluster<Bully>;

const MEMBERS = ['n1', 'n2', 'n3', 'n4'];

function cluster(options: Partial<Bully['options']> = {}, script: Pick<Script<Bully>, 'bugs'> = {}): Cluster {
  return new ScriptedCluster(bully, MEMBERS, { options: { electsAtStart: false, ...options }, ...script });
}

function flowing(c: Cluster): string[] {
  return c.pending.map(({ from, to, message }) => `${from}>${to} ${message.type}`);
}

function state(c: Cluster, id: string): [string, string | null] {
  const { s, c: coordinator } = c.node(id).volatile;
  return [s, coordinator];
}

function elect(c: Cluster, id: string): Cluster {
  c.do(id, (node) => node.request('elect', {}));
  return c;
}

/** Delivers all that flows, and lets time pass where calls wait, until nothing is under way. */
function settle(c: Cluster, timersMax = 50): Cluster {
  for (let i = 0; i < timersMax; i++) {
    c.deliverAll();
    const waiting = [...c.nodes.values()].find((node) => node.up && node.hasTimer('onTimeout'));
    if (waiting === undefined) return c;
    c.do(waiting.id, (node) => node.fire('onTimeout'));
  }
  throw new Error('it never settles');
}

/** n4 leads all. */
function led(options: Partial<Bully['options']> = {}, script: Pick<Script<Bully>, 'bugs'> = {}): Cluster {
  const c = cluster(options, script);
  return settle(elect(c, 'n4'));
}

describe('Election(i)', () => {
  it('step 1: asks all above whether they are there', () => {
    expect(flowing(elect(cluster(), 'n2'))).toEqual(['n2>n3 AreYouThere', 'n2>n4 AreYouThere']);
  });

  it('step 1: if anybody is, that is the end of it', () => {
    const c = elect(cluster(), 'n2');
    c.crash('n4').deliverAll();
    c.do('n2', (node) => node.fire('onTimeout'));
    expect(c.pending).toEqual([]);
    expect(state(c, 'n2')).toEqual(['Down', null]);
  });

  it('step 2: otherwise it halts all below, one after the other, from the highest down', () => {
    const c = elect(cluster(), 'n3');
    c.crash('n4').deliverAll();
    c.do('n3', (node) => node.fire('onTimeout'));
    expect(flowing(c)).toEqual(['n3>n2 Halt']);
    expect(state(c, 'n3')).toEqual(['Election', null]);
    c.deliver();
    expect(state(c, 'n2')).toEqual(['Election', null]);
    c.deliver();
    expect(flowing(c)).toEqual(['n3>n1 Halt']);
  });

  it('step 2: who does not answer is left out', () => {
    const c = elect(cluster(), 'n3');
    c.crash('n4').crash('n2').deliverAll();
    settle(c);
    expect(c.node('n3').volatile.up).toEqual(['n1']);
    expect(state(c, 'n3')).toEqual(['Normal', 'n3']);
  });

  it('step 3: tells those that it has halted that it leads; step 4: makes them ready', () => {
    const c = elect(cluster(), 'n4');
    c.do('n4', (node) => node.fire('onTimeout'));
    for (let i = 0; i < 3; i++) c.deliver().deliver();
    expect(flowing(c)).toEqual(['n4>n3 NewCoordinator', 'n4>n2 NewCoordinator', 'n4>n1 NewCoordinator']);
    expect(state(c, 'n4')).toEqual(['Reorganization', 'n4']);
    for (let i = 0; i < 6; i++) c.deliver();
    expect(flowing(c)).toEqual(['n4>n3 Ready', 'n4>n2 Ready', 'n4>n1 Ready']);
    expect(state(c, 'n1')).toEqual(['Reorganization', 'n4']);
    c.deliverAll();
    expect(MEMBERS.map((id) => state(c, id))).toEqual(MEMBERS.map(() => ['Normal', 'n4']));
    expect(c.violations).toEqual([]);
  });

  it.each(['NewCoordinator', 'Ready'] as const)('a follower that fails before %s: the election begins anew', (type) => {
    const c = elect(cluster(), 'n4');
    c.do('n4', (node) => node.fire('onTimeout'));
    while (!flowing(c).includes(`n4>n1 ${type}`)) c.deliver();
    c.crash('n1').deliverAll();
    c.do('n4', (node) => node.fire('onTimeout'));
    expect(c.node('n4').marked('election')).toBe(2);
    settle(c);
    expect(c.node('n4').volatile.up).toEqual(['n3', 'n2']);
    expect(c.violations).toEqual([]);
  });
});

describe('immediate procedures', () => {
  it('Halt: stops the election that it finds, and remembers who said so', () => {
    const c = elect(cluster(), 'n2');
    c.do('n2', (node) => node.deliver('n4', { type: 'Halt', call: 7 }));
    expect(c.node('n2').volatile).toMatchObject({ s: 'Election', h: 'n4', calls: null });
    expect(c.node('n2').hasTimer('onTimeout')).toBe(false);
    expect(c.pending.at(-1)?.message).toEqual({ type: 'Response', call: 7, yes: true });
  });

  it('NewCoordinator: only of whom it was halted by, and only once', () => {
    const c = led();
    const offer = (from: string): boolean => {
      c.do('n1', (node) => node.deliver(from, { type: 'NewCoordinator', call: 7 }));
      return (c.pending.pop()!.message as { yes: boolean }).yes;
    };
    expect(offer('n3')).toBe(false);
    c.do('n1', (node) => node.deliver('n3', { type: 'Halt', call: 6 }));
    expect(offer('n4')).toBe(false);
    expect(offer('n3')).toBe(true);
    expect(state(c, 'n1')).toEqual(['Reorganization', 'n3']);
    expect(offer('n3')).toBe(false);
  });

  it('Ready: only of its coordinator, and only in Reorganization', () => {
    const c = led();
    c.do('n1', (node) => node.deliver('n3', { type: 'Halt', call: 6 }));
    c.do('n1', (node) => node.deliver('n3', { type: 'Ready', call: 7 }));
    expect(state(c, 'n1')).toEqual(['Election', null]);
  });

  it('AreYouThere: always; AreYouNormal: only when it follows the one who asks', () => {
    const c = led();
    const answers = (type: 'AreYouThere' | 'AreYouNormal', from: string): boolean => {
      c.do('n1', (node) => node.deliver(from, { type, call: 7 }));
      return (c.pending.pop()!.message as { yes: boolean }).yes;
    };
    expect(answers('AreYouThere', 'n3')).toBe(true);
    expect(answers('AreYouNormal', 'n4')).toBe(true);
    expect(answers('AreYouNormal', 'n3')).toBe(false);
    c.crash('n1').node('n1').restart();
    expect(answers('AreYouThere', 'n3')).toBe(true);
    expect(answers('AreYouNormal', 'n4')).toBe(false);
  });
});

describe('Timeout(i)', () => {
  it('asks whether the coordinator is there, and calls an election when it is not', () => {
    const c = led();
    c.do('n3', (node) => node.fire('timeout'));
    expect(flowing(c)).toEqual(['n3>n4 AreYouThere']);
    c.deliverAll();
    expect(c.node('n3').marked('election')).toBe(0);
    c.crash('n4').do('n3', (node) => node.fire('timeout'));
    c.deliverAll();
    c.do('n3', (node) => node.fire('onTimeout'));
    expect(c.node('n3').marked('election')).toBe(1);
    settle(c);
    expect(['n1', 'n2', 'n3'].map((id) => state(c, id))).toEqual(Array(3).fill(['Normal', 'n3']));
    expect(c.violations).toEqual([]);
  });

  it('halted and told nothing more, it calls an election', () => {
    const c = cluster();
    c.do('n1', (node) => node.deliver('n4', { type: 'Halt', call: 6 }));
    c.do('n1', (node) => node.fire('timeout'));
    expect(flowing(c)).toContain('n1>n2 AreYouThere');
  });
});

describe('Check(i) and Recovery(i)', () => {
  it('the coordinator asks all; a new election wins back who is not normal', () => {
    const c = led();
    c.crash('n1').node('n1').restart();
    c.do('n4', (node) => node.fire('check'));
    expect(flowing(c)).toEqual(['n4>n1 AreYouNormal', 'n4>n2 AreYouNormal', 'n4>n3 AreYouNormal']);
    settle(c);
    expect(state(c, 'n1')).toEqual(['Normal', 'n4']);
    expect(c.violations).toEqual([]);
  });

  it('who does not answer is no reason for an election', () => {
    const c = led();
    c.crash('n1').do('n4', (node) => node.fire('check'));
    settle(c);
    expect(c.node('n4').marked('election')).toBe(1);
  });

  it('who recovers calls an election', () => {
    const c = new ScriptedCluster(bully, MEMBERS);
    expect(flowing(c)).toContain('n3>n4 AreYouThere');
    settle(c);
    expect(MEMBERS.map((id) => state(c, id))).toEqual(MEMBERS.map(() => ['Normal', 'n4']));
    expect(c.violations).toEqual([]);
  });

  it('an answer to an earlier life is none', () => {
    const c = elect(cluster(), 'n2');
    const { message } = c.pending[0]!;
    c.pending = [];
    c.crash('n2').do('n2', (node) => node.restart());
    elect(c, 'n2');
    c.do('n2', (node) => node.deliver('n3', { type: 'Response', call: (message as { call: number }).call, yes: true }));
    expect(c.node('n2').volatile.calls).toMatchObject({ phase: 'AreYouThere', awaited: ['n3', 'n4'] });
  });
});

describe('with a quorum', () => {
  it('too few followers: it does not lead', () => {
    const c = cluster({ quorum: true });
    c.crash('n1').crash('n2');
    settle(elect(c, 'n4'));
    expect(state(c, 'n4')).toEqual(['Election', null]);
  });

  it('waits for an earlier lease to run out before it leads', () => {
    const c = cluster({ quorum: true });
    elect(c, 'n4').do('n4', (node) => node.fire('onTimeout'));
    c.deliverAll();
    expect(c.node('n4').volatile.calls?.phase).toBe('Lease');
    expect(c.node('n4').timers.get('onTimeout')?.after).toBeGreaterThanOrEqual(1000 * (100 + 2 * 25));
    settle(c);
    expect(state(c, 'n4')).toEqual(['Normal', 'n4']);
  });

  it('steps down when a majority is no longer with it', () => {
    const c = led({ quorum: true });
    c.crash('n1')
      .crash('n2')
      .do('n4', (node) => node.fire('check'));
    settle(c);
    expect(state(c, 'n4')).toEqual(['Election', null]);
    expect(c.node('n4').marked('stepped-down')).toBe(1);
  });
});

describe('the textbook variant', () => {
  it('ELECTION to all above; ANSWER and an election of its own; COORDINATOR to all below', () => {
    const c = cluster({ variant: 'textbook' }).crash('n4');
    elect(c, 'n2');
    expect(flowing(c)).toEqual(['n2>n3 Election', 'n2>n4 Election']);
    c.deliver();
    expect(flowing(c)).toEqual(['n2>n4 Election', 'n3>n2 Answer', 'n3>n4 Election']);
    c.deliverAll();
    c.do('n3', (node) => node.fire('onTimeout'));
    expect(flowing(c)).toEqual(['n3>n1 Coordinator', 'n3>n2 Coordinator']);
    c.deliverAll();
    expect(['n1', 'n2', 'n3'].map((id) => state(c, id))).toEqual(Array(3).fill(['Normal', 'n3']));
  });

  it('a node calls one election at a time, and another when nobody announces itself', () => {
    const c = cluster({ variant: 'textbook' });
    elect(c, 'n2').deliver({ to: 'n3' }).deliver({ type: 'Answer' });
    c.do('n2', (node) => node.deliver('n1', { type: 'Election' }));
    expect(c.node('n2').marked('election')).toBe(1);
    c.do('n2', (node) => node.fire('onTimeout'));
    expect(c.node('n2').marked('election')).toBe(2);
  });

  it('a coordinator from below is told better', () => {
    const c = led({ variant: 'textbook' });
    c.do('n3', (node) => node.deliver('n2', { type: 'Coordinator' }));
    expect(flowing(c)).toEqual(['n3>n4 Election']);
  });
});

describe('what is promised can break', () => {
  function spoilt(spoil: (volatile: Bully['volatile'], id: string) => void): readonly string[] {
    const c = led({ repairedAfterMs: 0 });
    expect(c.violations).toEqual([]);
    c.now = 10_000_000;
    for (const node of c.nodes.values()) spoil(node.volatile, node.id);
    return c.end();
  }

  it('everybody settles', () => {
    expect(spoilt((volatile, id) => void (id === 'n2' && (volatile.s = 'Election')))).toEqual([
      'everybody settles: n2 is in Election, though nothing has failed since 0 µs',
    ]);
  });

  it('the highest leads', () => {
    expect(spoilt((volatile) => void (volatile.c = nodeId('n3')))).toEqual([
      'the highest leads: n1 follows n3, while n4 is up, though nothing has failed since 0 µs',
    ]);
  });

  it('one coordinator', () => {
    const c = led();
    c.node('n1').volatile.c = nodeId('n2');
    c.do('n3', (node) => node.fire('timeout'));
    expect(c.violations).toEqual(['one coordinator: n3 (Normal) follows n4, while n1 (Normal) follows n2']);
  });
});
