import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { scenarioNamed } from '../../scenarios/index.js';

it('docs/checkers-consistency.md shows what compare/spectrum finds', () => {
  const docs = readFileSync(new URL('../../docs/checkers-consistency.md', import.meta.url), 'utf8');
  const [, shown = ''] = /## Eight stores[^]*?```text\n([^]*?)```/.exec(docs) ?? [];
  const words = (line: string): string => line.trim().split(/ {2,}/).join(' | ');
  const experiment = scenarioNamed('compare/spectrum');
  if (experiment.kind !== 'experiment') throw new Error('compare/spectrum is an experiment');
  const { tables, notes } = experiment.run({ seed: '1', settings: { seeds: 8 }, progress: () => undefined });
  const found = tables.flatMap(({ title, columns, rows }) => [
    title,
    columns.join(' | '),
    ...rows.map((row) => row.join(' | ')),
  ]);
  expect(
    shown
      .split('\n')
      .map(words)
      .filter((line) => line !== ''),
  ).toEqual([...found, ...notes]);
  for (const { rows } of tables) expect(new Set(rows.map((row) => row.slice(1).join('')))).not.toHaveLength(1);
}, 60_000);
