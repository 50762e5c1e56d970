import { describe, expect, it } from 'vitest';
import { ms, nodeId } from '../../engine/index.js';
import { zab } from '../../protocols/zab/protocol.js';
import { runScenario, scenarioNamed, type Scenario } from '../../scenarios/index.js';
import { established, flowing, settle, sync, write, zxidsOf, type ZabCluster } from './zab-cluster.js';

// Zab, DSN 2011: an epoch has one leader; of two that are established at once, only the newer one's quorum can answer.

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];
const OLD = ['n1', 'n5'];
const NEW = ['n2', 'n3', 'n4'];
const across = (from: string, to: string): boolean => OLD.includes(from) !== OLD.includes(to);

/** n2, n3 and n4 are told that they are cut off from n1 and n5, who hear nothing of it. */
function cutOff(c: ZabCluster): void {
  for (const id of NEW) {
    for (const peer of OLD) c.do(id, (node) => node.step((api) => zab.onConnection?.reset?.(api, nodeId(peer))));
  }
}

/** Delivers on either side, and loses what would have to go across. */
function settleApart(c: ZabCluster): void {
  for (;;) {
    for (const id of c.nodes.keys()) sync(c, id);
    const next = c.pending[0];
    if (next === undefined) return;
    const { from, to, message } = next;
    const fits = { from, to, type: message.type };
    if (across(from, to)) c.drop(fits);
    else c.deliver(fits);
  }
}

/** n5 leads epoch 1 and has been cut off with n1; n4 leads epoch 2. */
function twoLeaders(): ZabCluster {
  const c = established({}, five);
  write(c, 0, 'n5');
  settle(c);
  cutOff(c);
  settleApart(c);
  c.now += ms(20);
  for (const id of NEW) if (c.node(id).hasTimer('finalize')) c.do(id, (node) => node.fire('finalize'));
  settleApart(c);
  return c;
}

describe('two established leaders', () => {
  it('each leads its epoch, and believes in it', () => {
    const c = twoLeaders();
    expect(c.node('n5').role()).toEqual({ name: 'leader', term: 1 });
    expect(c.node('n4').role()).toEqual({ name: 'leader', term: 2 });
  });

  it('ℓ.3.2: what the old one proposes has two acknowledgements of five, and is never committed', () => {
    const c = twoLeaders();
    const old = write(c, 1, 'n5');
    const recent = write(c, 2, 'n4');
    settleApart(c);
    expect(zxidsOf(c.node('n1').durable.history)).toEqual(['1.1', '1.2']);
    expect(c.node('n5').answerTo(old)).toBeUndefined();
    expect(c.node('n4').answerTo(recent)?.kind).toBe('reply');
    expect(['n1', 'n5'].map((id) => c.node(id).volatile.delivered)).toEqual([1, 1]);
    expect(NEW.map((id) => c.node(id).volatile.machine.data.get('x'))).toEqual([2, 2, 2]);
    expect(c.end()).toEqual([]);
  });

  it('f.1.2: who has promised epoch 2 hears nothing of epoch 1 any more', () => {
    const c = twoLeaders();
    write(c, 1, 'n5');
    expect(flowing(c, 'PROPOSE')).toEqual(['n5>n1', 'n5>n2', 'n5>n3', 'n5>n4']);
    settle(c);
    for (const id of NEW) expect(zxidsOf(c.node(id).durable.history)).toEqual(['1.1']);
    expect(c.node('n5').volatile.delivered).toBe(1);
    expect(c.end()).toEqual([]);
  });

  it('back again, the old one’s own are cut, and it follows', () => {
    const c = twoLeaders();
    write(c, 1, 'n5');
    write(c, 2, 'n4');
    settleApart(c);
    // It counts its followers, finds one too few, and looks for a leader; n1 does so when it hears no more of it.
    c.now += ms(1000);
    c.do('n5', (node) => node.fire('tick'));
    c.do('n1', (node) => node.step((api) => zab.onConnection?.reset?.(api, nodeId('n5'))));
    settle(c);
    c.now += ms(20);
    for (const id of OLD) if (c.node(id).hasTimer('finalize')) c.do(id, (node) => node.fire('finalize'));
    settle(c);
    for (const id of OLD) {
      expect(c.node(id).role()).toEqual({ name: 'follower', term: 2 });
      expect(zxidsOf(c.node(id).durable.history)).toEqual(['1.1', '2.1']);
    }
    expect(c.end()).toEqual([]);
  });

  it('zab/two-leaders: for a while both are established', () => {
    for (const seed of ['1', '2', '3']) {
      const { result } = runScenario(scenarioNamed('zab/two-leaders') as Scenario, { seed, trace: 'events' });
      const marks = [...result.trace!.events()].filter(({ kind }) => kind === 'mark');
      const last = (name: string, node: string): number =>
        marks.filter((mark) => mark.name === name && mark.node === node).at(-1)!.time;
      expect(last('became-leader', 'n4')).toBeLessThan(last('lost-quorum', 'n5'));
      // It has proposed in vain meanwhile.
      expect(last('broadcast', 'n5')).toBeGreaterThan(last('became-leader', 'n4'));
    }
  });
});
