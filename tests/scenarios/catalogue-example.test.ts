import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULT_FAMILIES } from '../../engine/index.js';
import {
  catalogue,
  drawSwarm,
  fault,
  protocols,
  readYamlScenario,
  runScenario,
  scenarioSchema,
} from '../../scenarios/index.js';

const NAME = 'examples/raft-leader-in-the-minority.yaml';
const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL(NAME, root), 'utf8');

describe(NAME, () => {
  const scenario = readYamlScenario(text, NAME);

  it('runs, and does what it says', () => {
    for (const seed of ['1', '2', '3', '4', '5']) {
      const { verdict, violations, result } = runScenario(scenario, { seed, trace: 'events' });
      expect(verdict, `seed ${seed}: ${JSON.stringify(violations)}`).toBe('ok');
      expect(result.marks.get('became-leader')).toBeGreaterThan(1);
      const begun = [...result.trace!.events()].filter(({ kind, name }) => kind === 'fault' && name === 'begin');
      expect(begun.map(({ why }) => why).join()).toMatch(/^partition .*clock of/);
    }
  });

  it('can be fuzzed, with the families that it names', () => {
    const drawn = new Set(Array.from({ length: 30 }, (_, seed) => drawSwarm(scenario, `${seed}`).families).flat());
    expect([...drawn].sort()).toEqual(['crash', 'link', 'partition', 'pause']);
  });

  it('tells editors its schema, which is there', () => {
    const [, path] = /^# yaml-language-server: \$schema=(.*)$/m.exec(text)!;
    const schema = JSON.parse(readFileSync(new URL(path!, new URL(NAME, root)), 'utf8')) as { title: string };
    expect(schema.title).toContain('scenario');
  });
});

describe('docs/scenarios.md', () => {
  const docs = readFileSync(new URL('docs/scenarios.md', root), 'utf8');
  const blocks = [...docs.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml!);

  it('shows scenarios that are right', () => {
    const whole = blocks.filter((yaml) => yaml.includes('protocol:'));
    expect(whole.length).toBeGreaterThan(0);
    for (const yaml of whole)
      expect(runScenario(readYamlScenario(yaml, 'docs/scenarios.md'), { seed: '1' }).verdict).toBe('ok');
  });

  it('says something of every field, fault and family', () => {
    const faults = fault.options.map(({ shape }) => [...shape.do.values][0]!);
    for (const word of [...Object.keys(scenarioSchema.shape), ...faults, ...FAULT_FAMILIES]) {
      expect(docs, word).toContain(`\`${word}\``);
    }
  });

  it('lists the catalogue as it is, with what each expects, and every planted bug', () => {
    const rows = catalogue.map((entry) => {
      const swarm = entry.kind === 'scenario' && entry.swarm !== undefined ? 'yes' : '';
      return `| \`${entry.name}\` | ${entry.summary} | ${wanted(entry)} | ${swarm} |`;
    });
    const bugs = protocols.flatMap(({ name, bugs }) =>
      Object.entries(bugs).map(
        ([bug, { property, scenario }]) => `| ${name} | \`${bug}\` | ${property} | \`${scenario}\` |`,
      ),
    );
    // These lines belong into its tables.
    expect([...rows, ...bugs].filter((row) => !docs.includes(row))).toEqual([]);
  });
});

function wanted(entry: (typeof catalogue)[number]): string {
  if (entry.kind === 'experiment') return 'experiment';
  return entry.expects === undefined || entry.expects === 'ok' ? 'ok' : `violation: ${entry.expects.violation}`;
}
