import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  catalogue,
  nearest,
  readYamlScenario,
  ScenarioFileError,
  withSettings,
  type Scenario,
} from '../../scenarios/index.js';
import { UsageError } from '../../engine/index.js';

const good = `name: mine
summary: A leader crashes.
protocol: raft
nodes: 5
until: 5s
network:
  loss: 0.01
  latency: {uniform: [1ms, 10ms]}
clients: {count: 2, operations: [{request: read}, {request: write, weight: 2}]}
faults:
  - {do: crash, whom: leader, at: 1s, for: 500ms}
check: {consistency: linearizable, model: kv}
`;

function problem(text: string): string {
  try {
    readYamlScenario(text, 'f.yaml');
  } catch (error) {
    if (error instanceof ScenarioFileError) return error.message;
    throw error;
  }
  return 'none';
}

const changed = (from: string, to: string): string => good.replace(from, to);

describe('a scenario in YAML', () => {
  it('is read', () => expect(problem(good)).toBe('none'));

  it.each([
    [
      'an unknown protocol',
      changed('raft', 'rft'),
      'f.yaml:3:11: protocol: there is no protocol "rft"; did you mean raft?',
    ],
    ['an unknown key', changed('until:', 'untill:'), 'f.yaml:5:1: untill: unknown key "untill"; did you mean until?'],
    [
      'an unknown key inside',
      changed('loss:', 'los:'),
      'f.yaml:7:3: network.los: unknown key "los"; did you mean loss?',
    ],
    ['an unknown unit', changed('5s', '5parsec'), 'f.yaml:5:8: until: a duration such as 150ms'],
    [
      'a wrong type',
      changed('nodes: 5', 'nodes: five'),
      'f.yaml:4:8: nodes: a number or a list was expected, found "five"',
    ],
    ['too much', changed('0.01', '1.5'), 'f.yaml:7:9: network.loss: at most 1 was expected, found 1.5'],
    ['an unknown fault', changed('do: crash', 'do: crahs'), 'f.yaml:11:10: faults.0.do: one of '],
    [
      'an unknown distribution',
      changed('uniform', 'unifrom'),
      'f.yaml:8:13: network.latency.unifrom: unknown key "unifrom"; did you mean uniform?',
    ],
    [
      'an unknown request',
      changed('request: read', 'request: reed'),
      'f.yaml:9:44: clients.operations.0.request: unknown request "reed"',
    ],
    [
      'an unknown request to leave out',
      changed('model: kv', 'model: kv, leaveOut: [raed]'),
      'f.yaml:12:58: check.leaveOut.0: unknown request "raed"',
    ],
    ['an unknown model', changed('model: kv', 'model: kw'), "f.yaml:12:43: check.model: unknown model 'kw'"],
    [
      'a wrong option',
      `${good}options: {preVote: yes please}\n`,
      'f.yaml:13:20: options.preVote: true or false was expected, found "yes please"',
    ],
    ['no protocol', changed('protocol: raft\n', ''), 'f.yaml:1:1: protocol is missing'],
    ['a key twice', `${good}nodes: 3\n`, 'f.yaml:13:1: the key "nodes" is there twice'],
    ['tabs', changed('  loss', '\tloss'), 'f.yaml:7:1: a tab indents this line'],
    ['two documents', `${good}---\nname: x\n`, 'f.yaml:13:1: a second document begins here'],
    ['a list', '- 1\n', 'f.yaml:1:1: a mapping was expected'],
    ['nothing', '', 'f.yaml:1:1: a mapping was expected (name, protocol, nodes, until, …), found nothing'],
    ['brackets without end', `${good}options: ${'['.repeat(5_000)}`, 'f.yaml:13:210: brackets nest deeper than 200'],
    ['itself', `${good}options: &o {preVote: *o}\n`, 'f.yaml:13:'],
    [
      'a key that would be lost',
      `${good}options: {__proto__: 1}\n`,
      'f.yaml:13:22: options.__proto__: a key named "__proto__" cannot be used',
    ],
    ['a number that is none', changed('0.01', '.nan'), 'f.yaml:7:9: network.loss: a number was expected, found NaN'],
  ])('with %s is refused where it stands', (_, text, message) => {
    expect(problem(text)).toContain(message);
  });

  it('tells all its problems, from the top down', () => {
    const text = changed('nodes: 5', 'nodes: five').replace('0.01', '7').replace('raft', 'raft # x');
    expect(
      problem(text)
        .split('\n')
        .map((line) => /^f\.yaml:(\d+):/.exec(line)?.[1]),
    ).toEqual(['4', '7']);
  });

  it('does not grow without bounds through aliases', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `b${i + 1}: &b${i + 1} [${Array(9).fill(`*b${i}`).join()}]`);
    expect(problem(`b0: &b0 [x]\n${levels.join('\n')}\n`)).toContain('aliases that stand for too much');
  });

  it('never fails but with a place, whatever was done to it', () => {
    const strange = fc.constantFrom(
      '[',
      '{',
      '"',
      '\t',
      '&a ',
      '*a',
      '!!js ',
      '|',
      '- ',
      ': ',
      '\n',
      '1e999',
      '0x',
      '\u0000',
      '? ',
      '---\n',
      '%',
      '<<: ',
    );
    const edits = fc.record({ at: fc.nat(good.length), cut: fc.nat(20), put: fc.oneof(strange, fc.string()) });
    fc.assert(
      fc.property(fc.array(edits, { minLength: 1, maxLength: 4 }), (changes) => {
        const text = changes.reduce((old, { at, cut, put }) => old.slice(0, at) + put + old.slice(at + cut), good);
        const found = problem(text);
        if (found !== 'none') for (const line of found.split('\n')) expect(line).toMatch(/^f\.yaml:\d+:\d+: ./);
      }),
      { numRuns: 400 },
    );
  });

  it('cut off in the middle of something is asked whether it was', () => {
    const cut = 'name: mine\nfaults:\n  - { do: crash, whom: n1, at: 5';
    expect(() => readYamlScenario(cut, 'mine.yaml')).toThrow(
      expect.objectContaining({ hint: 'the file ends there: was it cut off?' }),
    );
    expect(() => readYamlScenario(`${cut}\nmore: 1\n`, 'mine.yaml')).toThrow(
      expect.objectContaining({ hint: undefined }),
    );
  });
  it('cut off anywhere is read or refused with a place', () => {
    for (let length = 0; length < good.length; length += 3) {
      expect(problem(good.slice(0, length))).toMatch(/^(none|f\.yaml:\d+:\d+: )/);
    }
  });
});

describe('--set', () => {
  const scenario = catalogue.find(({ name }) => name === 'raft/leader-crash') as Scenario;
  it.each([
    ['netwrk.loss', '0.1', /unknown key "netwrk"; did you mean network\?/],
    ['network.loss', 'much', /network\.loss: a number was expected, found "much"/],
    ['faults.9.at', '1s', /there is no place "faults\.9\.at"/],
    ['name.x', '1', /there is no place "name\.x"/],
    ['__proto__.x', '1', /there is no place/],
    ['until', '-1s', /cannot be negative/],
    ['options.preVote', '1', /options\.preVote: true or false was expected, found 1/],
  ])('%s=%s is refused', (path, value, message) => {
    expect(() => withSettings(scenario, { [path]: value })).toThrow(message);
  });
  it('never fails but with a UsageError', () => {
    const part = fc.oneof(
      fc.constantFrom('network', 'loss', 'faults', '0', 'clients', 'constructor', 'options', 'nodes'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.oneof(fc.string(), fc.json()), (path, value) => {
        try {
          withSettings(scenario, { [path.join('.')]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the nearest name', () => {
  it.each([
    ['rft', ['raft', 'paxos'], 'did you mean raft?'],
    ['leader-crash', ['raft/leader-crash', 'raft/pre-vote'], 'did you mean raft/leader-crash?'],
    ['zzzzzzzz', ['raft', 'paxos'], 'known: raft, paxos'],
    ['x', [], 'there are none'],
    [
      'zzzzzzzz',
      Array.from({ length: 20 }, (_, i) => `${i % 2 === 0 ? 'raft' : 'paxos'}/${i}`),
      'known: raft/…, paxos/… (`splitbrain list` shows all 20)',
    ],
  ])('to %s', (name, known, hint) => expect(nearest(name, known)).toBe(hint));
});
