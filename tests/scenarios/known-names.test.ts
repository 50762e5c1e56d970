import { describe, expect, it } from 'vitest';
import { defineProtocol, seconds } from '../../engine/index.js';
import { raft } from '../../protocols/raft/protocol.js';
import { defineScenario, notesOf, readYamlScenario, runScenario } from '../../scenarios/index.js';

const base = { protocol: raft, name: 'mine', summary: 'Short.', nodes: 3, until: seconds(1), zones: { left: ['n1'] } };
const mine = (more: object) => defineScenario({ ...base, ...more } as never);
const withFault = (fault: object) => (): unknown => mine({ faults: [fault] });
const at = { at: '100ms' };

describe('a role or a type of message that the protocol does not know', () => {
  it.each([
    ['whom: leeder', { do: 'crash', whom: 'leeder', ...at }, /faults\.0\.whom: unknown role "leeder" .*mean leader\?/],
    ['in a list', { do: 'crash', whom: ['n1', 'leeder'], ...at }, /faults\.0\.whom\.1: unknown role "leeder"/],
    ['as a role', { do: 'crash', whom: { role: 'zed' }, ...at }, /faults\.0\.whom\.role: unknown role "zed"/],
    ['all but', { do: 'pause', whom: { not: 'leeder' }, ...at }, /faults\.0\.whom\.not: unknown role/],
    ['one of', { do: 'pause', whom: { random: 1, of: 'folower' }, ...at }, /whom\.of: unknown role .*follower\?/],
    ['a partition', { do: 'partition', shape: { isolate: 'leeder' }, ...at }, /shape\.isolate: unknown role/],
    ['groups', { do: 'partition', shape: { groups: ['n1', 'leeder'] }, ...at }, /shape\.groups\.1: unknown role/],
    [
      'a constrained election',
      { do: 'partition', shape: { constrained: { leader: 'leeder', hub: 'n1' } }, ...at },
      /shape\.constrained\.leader: unknown role/,
    ],
    ['a link', { do: 'link', to: 'leeder', rule: { loss: 1 }, ...at }, /faults\.0\.to: unknown role/],
    [
      'types of a link',
      { do: 'link', types: ['AppendEntires'], rule: { loss: 1 }, ...at },
      /types\.0: unknown message type "AppendEntires" .*mean AppendEntries\?/,
    ],
    ['sent', { do: 'crash', whom: 'n1', when: { sent: 'RequestVot' } }, /when\.sent: .*mean RequestVote\?/],
    ['delivered', { do: 'crash', whom: 'n1', when: { delivered: 'x' } }, /when\.delivered: unknown message type "x"/],
    ['when.node', { do: 'crash', whom: 'n1', when: { mark: 'a', node: 'leeder' } }, /when\.node: unknown role/],
  ])('%s', (_, fault, message) => expect(withFault(fault)).toThrow(message));
  it('in rules of the network, and in what clients ask', () => {
    expect(() => mine({ network: { links: [{ types: ['Nope'], loss: 1 }] } })).toThrow(/network\.links\.0\.types\.0/);
    const clients = { count: 1, operations: [{ request: 'read' }], target: { nodes: 'leeder' } };
    expect(() => mine({ clients })).toThrow(/clients\.target\.nodes: unknown role "leeder"/);
  });
  it('in YAML is refused where it stands', () => {
    const yaml = 'name: mine\nsummary: Short.\nprotocol: raft\nnodes: 3\nuntil: 1s\nfaults:\n';
    expect(() => readYamlScenario(`${yaml}  - {do: crash, whom: leeder, at: 1ms}\n`, 'f.yaml')).toThrow(
      'f.yaml:7:23: faults.0.whom: unknown role "leeder"',
    );
  });
  it.each(['leader', 'all', 'subject', 'n2', 'c1', 'left', ['n1', 'follower'], { zone: 'left' }])(
    'are none of these: %j',
    (whom) => expect(withFault({ do: 'pause', whom, ...at })).not.toThrow(),
  );
  it('nor what clients send and get', () => {
    expect(withFault({ do: 'crash', whom: 'n1', when: { sent: 'request:read' } })).not.toThrow();
    expect(withFault({ do: 'link', types: ['reply:ok'], rule: { loss: 1 }, ...at })).not.toThrow();
  });

  it('may be one of another version', () => {
    const next = { ...raft, roles: [...raft.roles!, 'observer'] };
    expect(() => mine({ versions: { next }, faults: [{ do: 'pause', whom: 'observer', ...at }] })).not.toThrow();
  });
});

describe('what a run tells beside its verdict', () => {
  const silent = defineProtocol<{ volatile: object; timers: { tick: void }; messages: { New: object } }>({
    name: 'silent',
    source: 'a test',
    summary: 'Marks, and does not say which roles it has.',
    volatile: () => ({}),
    onStart: (node) => node.setTimer('tick', 10_000),
    onTimer: { tick: (node) => (node.mark('ticked'), node.broadcast({ type: 'New' })) },
    onMessage: { New: () => undefined },
    role: () => ({ name: 'follower' }),
  });
  const notes = (faults: readonly object[], protocol = silent): string[] =>
    notesOf(
      runScenario(
        defineScenario({ protocol, name: 'silent', summary: 'Short.', nodes: 2, until: '50ms', faults } as never),
        {
          seed: '1',
        },
      ).result,
    );

  it.each([
    [
      { do: 'crash', whom: 'leeder', at: 1_000 },
      'fault 1 (crash) never struck: no node was "leeder" when it looked (the roles then: follower)',
    ],
    [
      { do: 'crash', whom: 'n1', when: { mark: 'tiked' } },
      'fault 1 (crash) never struck: there was no mark "tiked" (there were: ticked); did you mean ticked?',
    ],
    [
      { do: 'crash', whom: 'n1', when: { mark: 'ticked', nth: 9 } },
      'fault 1 (crash) never struck: what it waits for came 2 times, never as it was to',
    ],
    [
      { do: 'crash', whom: 'n1', when: { mark: 'ticked' }, after: '1s' },
      'fault 1 (crash) never struck: what it waits for came, and the run ended before its "after" was over',
    ],
    [{ do: 'crash', whom: 'n1', when: { sent: 'reply:ok' } }, 'fault 1 (crash) never struck: no reply:ok was sent'],
  ])('%j', (fault, note) => expect(notes([fault])).toEqual([note]));
  it('is nothing where all of the plan struck', () =>
    expect(notes([{ do: 'crash', whom: 'follower', at: 20_000 }])).toEqual([]));
  it('is which messages nobody understood', () => {
    const deaf = { ...silent, onMessage: {} } as unknown as typeof silent;
    expect(notes([], deaf)).toEqual(['lost, as the receiver has no handler for it: New ×2']);
  });
});
