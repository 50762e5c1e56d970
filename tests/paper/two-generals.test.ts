import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { twoGenerals, type TwoGenerals } from '../../protocols/two-generals/protocol.js';
import { ScriptedCluster } from './scripted-cluster.js';

type Options = Partial<TwoGenerals['options']>;

function generals(options: Options): ScriptedCluster<TwoGenerals> {
  return new ScriptedCluster(twoGenerals, ['a', 'b'], { options });
}

/** Lets `delivered` messengers through, catches the next one and whoever would follow, and waits for dawn. */
function campaign(
  options: Options,
  delivered: number,
): { plans: string[]; violations: readonly string[]; sent: number } {
  const c = generals(options);
  let sent = c.pending.length;
  for (let i = 0; i < delivered; i++) {
    const before = c.pending.length;
    c.deliver();
    sent += c.pending.length - before + 1;
  }
  c.pending = [];
  for (const id of ['a', 'b']) c.do(id, (node) => node.fire('dawn'));
  return { plans: ['a', 'b'].map((id) => c.node(id).volatile.plan ?? ''), violations: c.violations, sent };
}

describe('messengers', () => {
  it('the first general sends the order, the other one answers, until all acknowledgements are made', () => {
    const c = generals({ acknowledgements: 2 });
    const seen: unknown[] = [];
    while (c.pending.length > 0) {
      const { from, message } = c.pending[0]!;
      seen.push([from, message.number]);
      c.deliver();
    }
    expect(seen).toEqual([
      ['a', 0],
      ['b', 1],
      ['a', 2],
    ]);
  });

  it('each message takes all messengers; the first to arrive is answered, the others are not', () => {
    const c = generals({ messengers: 3, acknowledgements: 1 });
    expect(c.pending).toHaveLength(3);
    c.deliver();
    expect(c.pending.filter(({ from }) => from === 'b')).toHaveLength(3);
    c.deliver({ from: 'a' }).deliver({ from: 'a' });
    expect(c.pending.filter(({ from }) => from === 'b')).toHaveLength(3);
  });

  it('whoever comes after dawn changes nothing', () => {
    const c = generals({ acknowledgements: 0 });
    c.do('b', (node) => node.fire('dawn'));
    c.deliver();
    expect(c.node('b').role()).toEqual({ name: 'retreat' });
  });
});

describe('rules', () => {
  it('the order alone: the first general attacks in any case', () => {
    expect(campaign({ acknowledgements: 0 }, 0)).toMatchObject({ plans: ['attack', 'retreat'] });
    expect(campaign({ acknowledgements: 0 }, 1)).toMatchObject({ plans: ['attack', 'attack'], violations: [] });
  });

  it('the first message is enough: the answer to the order decides, further answers only cost', () => {
    for (const acknowledgements of [1, 2, 5]) {
      const options = { acknowledgements, rule: 'first-message' } as const;
      expect(campaign(options, 0).plans).toEqual(['retreat', 'retreat']);
      expect(campaign(options, 1).plans).toEqual(['retreat', 'attack']);
      for (let k = 2; k <= acknowledgements + 1; k++) expect(campaign(options, k).plans).toEqual(['attack', 'attack']);
    }
  });

  it('the last message is needed: only its own loss parts them, whichever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.nat(), (acknowledgements, n) => {
        const delivered = n % (acknowledgements + 2);
        const { plans, violations, sent } = campaign({ acknowledgements }, delivered);
        expect(sent).toBe(Math.min(delivered, acknowledgements) + 1);
        const attackers = delivered === acknowledgements + 1 ? 2 : delivered === acknowledgements ? 1 : 0;
        expect(plans.filter((plan) => plan === 'attack')).toHaveLength(attackers);
        expect(violations).toHaveLength(attackers === 1 ? 1 : 0);
      }),
    );
  });
});

describe('why no finite protocol does it', () => {
  // Every protocol of this family attacks when all messengers arrive and has somebody retreat when none does. Taking away
  // one delivery after another, from the last, each changes what one general knows; somewhere a plan changes, and there
  // the other general, who cannot have noticed, still has his.
  it.each(['first-message', 'last-message'] as const)(
    'rule %s: somewhere the loss of one messenger parts them',
    (rule) => {
      for (let acknowledgements = 0; acknowledgements <= 8; acknowledgements++) {
        const outcomes = Array.from({ length: acknowledgements + 2 }, (_, k) =>
          campaign({ acknowledgements, rule }, k),
        );
        expect(outcomes.at(-1)?.plans).toEqual(['attack', 'attack']);
        expect(outcomes.filter(({ violations }) => violations.length > 0)).toHaveLength(1);
        expect(outcomes.flatMap(({ violations }) => violations)[0]).toMatch(/^coordinated attack: [ab] attacks alone/);
      }
    },
  );
});
