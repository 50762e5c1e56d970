import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../engine/index.js';
import { readRepro } from '../../fuzz/index.js';

const whole = {
  format: 'splitbrain-repro',
  version: 1,
  scenario: 'raft/leader-crash',
  seed: '7',
  faults: [{ do: 'crash', whom: 'n1', at: '1s', for: 500_000 }],
  network: { loss: 0.1, latency: '5ms' },
  overrides: { 'net.loss n1>n2 AppendEntries#3': 0.999 },
};
const text = JSON.stringify(whole, null, 2);

function problem(content: string): string {
  try {
    readRepro(content, 'r.json');
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'none';
}

describe('a repro', () => {
  it('is read with times as a scenario writes them', () => {
    const { faults, network } = readRepro(text, 'r.json');
    expect([faults?.[0]?.at, faults?.[0]?.for]).toEqual([1_000_000, 500_000]);
    expect(network).toEqual({ loss: 0.1, latency: { constant: 5_000 } });
  });

  it.each([
    ['another version', { version: 2 }, /^r\.json:3:14: version: 1 was expected, found 2$/],
    ['a seed that is no text', { seed: 7 }, /^r\.json:5:11: seed: a text was expected, found 7$/],
    ['an unknown field', { sed: '7' }, /: sed: unknown key "sed"; did you mean seed\?$/],
    [
      'an unknown fault',
      { faults: [{ do: 'crsh' }] },
      /: faults\.0\.do: one of .* found "crsh"; did you mean crash\?$/,
    ],
    [
      'an unknown rule of the network',
      { network: { los: 1 } },
      /: network\.los: unknown key "los"; did you mean loss\?$/,
    ],
    ['a choice that is none', { overrides: { x: 1 } }, /: overrides\.x: .* found 1$/],
    ['overrides that are a list', { overrides: [1] }, /: overrides: a mapping was expected, found \[1\]$/],
    ['settings that are no texts', { settings: { nodes: 7 } }, /: settings\.nodes: a text was expected, found 7$/],
    ['another format', { format: 'x' }, /^r\.json:1:1: this is no repro/],
    ['what nobody wrote', { seed: 'x'.repeat(1e7) }, /^r\.json:1:1: the file has \d+ characters \(at most 10000000/],
  ])('refuses %s, with its place', (_, change, message) => {
    expect(problem(JSON.stringify({ ...whole, ...change }, null, 2))).toMatch(message);
  });

  it('never fails but with a place, whatever was done to it', () => {
    const edits = fc.record({
      at: fc.nat(text.length),
      cut: fc.nat(30),
      put: fc.oneof(fc.string(), fc.constantFrom('[', '{', '"', '1e999', '\t', '&a *a')),
    });
    fc.assert(
      fc.property(fc.array(edits, { minLength: 1, maxLength: 3 }), (changes) => {
        const changed = changes.reduce((old, { at, cut, put }) => old.slice(0, at) + put + old.slice(at + cut), text);
        const found = problem(changed);
        if (found !== 'none') expect(found).toMatch(/^r\.json:\d+:\d+: ./);
      }),
      { numRuns: 500 },
    );
  });
});
