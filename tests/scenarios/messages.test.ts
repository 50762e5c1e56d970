import { expect, it } from 'vitest';
import { protocols, scenarioNamed } from '../../scenarios/index.js';

it('compare/messages counts for every protocol what its formula says, at three sizes', () => {
  const experiment = scenarioNamed('compare/messages');
  if (experiment.kind !== 'experiment') throw new Error('compare/messages is a scenario');
  const { comparisons, tables } = experiment.run({ seed: '1', settings: {}, progress: () => undefined });
  expect(comparisons.filter(({ holds }) => !holds)).toEqual([]);
  const rows = tables[0]!.rows;
  expect(new Set(rows.map(([name]) => name))).toEqual(new Set(protocols.map(({ name }) => name)));
  expect(comparisons.length).toBe(3 * rows.length);
  // Nothing was counted that is not there.
  expect(comparisons.every(({ measured }) => measured > 0)).toBe(true);
});
