import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { capShape } from '../../cli/cap-report.js';
import { checkShape, fuzzShape, listShape, replayShape, runOutputShape, verifyShape } from '../../cli/reports.js';
import { toyScenario, Workplace } from './workplace.js';

const shapes = {
  run: runOutputShape,
  replay: replayShape,
  list: listShape,
  check: checkShape,
  fuzz: fuzzShape,
  verify: verifyShape,
  cap: capShape,
} as const;

/** Fields may be added, so nothing is closed. */
function schemaOf(name: keyof typeof shapes): string {
  const schema = z.toJSONSchema(shapes[name], {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => delete jsonSchema.readOnly,
  });
  return `${JSON.stringify({ title: `What splitbrain ${name} --json prints`, ...schema }, null, 2)}\n`;
}

describe.each(Object.keys(shapes) as (keyof typeof shapes)[])('the JSON Schema of %s', (name) => {
  it('is the one in docs/json (npx vitest run tests/cli/json-schemas.test.ts -u writes it)', async () => {
    await expect(schemaOf(name)).toMatchFileSnapshot(`../../docs/json/${name}.schema.json`);
  });
});

describe('real outputs', () => {
  let place: Workplace;
  beforeAll(() => {
    place = new Workplace();
    place.write('hang.ts', toyScenario({ onMessage: 'for (;;) ;' }));
  });
  afterAll(() => place.remove());

  /** One JSON value on stdout and nothing else, all of it described. */
  async function output(
    name: keyof typeof shapes,
    argv: readonly string[],
    status: number,
    env?: Record<string, string>,
  ): Promise<unknown> {
    const line = [...argv, '--json'];
    const done = env === undefined ? await place.run(line) : place.spawn(line, { env });
    expect([done.status, done.stderr]).toEqual([status, '']);
    const value: unknown = JSON.parse(done.stdout);
    // What the shape does not name, it leaves out.
    expect(shapes[name].parse(value)).toEqual(value);
    return value;
  }

  it('list', async () => void (await output('list', ['list'], 0)));
  it('run: ok, and its trace and history', async () => {
    const report = await output('run', ['run', 'raft/leader-crash', '--trace', 't.jsonl', '--history', 'h.jsonl'], 0);
    expect(report).toMatchObject({
      kind: 'scenario',
      verdict: 'ok',
      expected: true,
      seed: '1',
      files: ['t.jsonl', 'h.jsonl'],
    });
    expect(await output('replay', ['replay', 't.jsonl'], 0)).toMatchObject({ same: true, of: 'trace' });
    expect(await output('check', ['check', 'h.jsonl', '--model', 'kv'], 0)).toMatchObject({
      verdict: 'ok',
      violations: [],
    });
  });
  it('run: a violation, whose history check refuses too', async () => {
    const files = ['--history', 'v.edn', '--trace', 'v.jsonl'];
    const report = await output('run', ['run', 'raft/bug-stale-read', '--bug', 'reads-local', '--online', ...files], 1);
    expect(report).toMatchObject({ verdict: 'violation', violations: [{ property: 'linearizable' }] });
    const { online, events, reproduce } = report as Extract<z.infer<typeof runOutputShape>, { kind: 'scenario' }>;
    expect(online).toMatchObject({ refuted: { property: 'linearizable', event: events }, untilUs: 1_500_000 });
    expect(reproduce).toMatch(/ --online$/);
    expect(await output('replay', ['replay', 'v.jsonl'], 0)).toMatchObject({ same: true, run: { online } });
    const judged = (await output('check', ['check', 'v.edn', '--model', 'kv'], 1)) as { violations: unknown[] };
    expect(judged.violations).toHaveLength(1);
  });
  it('run: undecided', async () => {
    expect(await output('run', ['run', 'raft/leader-crash', '--set', 'budget.events=500'], 3)).toMatchObject({
      verdict: 'undecided',
    });
  });
  it('run: many seeds', async () => {
    const argv = ['run', 'raft/bug-stale-read', '--bug', 'reads-local', '--seeds', '3'];
    expect(await output('run', argv, 1)).toMatchObject({ kind: 'seeds', runs: 3 });
  });
  it('run: a handler that never returns', async () => {
    const env = { SPLITBRAIN_HANG_MS: '1000' };
    const report = (await output('run', ['run', 'hang.ts'], 1, env)) as { violations: { message: string }[] };
    expect(report.violations[0]?.message).toMatch(/^toy's onMessage\.Ping at n\d .*has not returned for 1 s/);
  });
  it('verify', async () => void (await output('verify', ['verify', 'raft/bug-stale-read', '--seeds', '2'], 0)));
  it('cap: only what was asked for, the control aside', async () => {
    expect(await output('cap', ['cap', 'abd', '--seeds', '1'], 0)).toMatchObject({
      control: true,
      rows: [{ store: 'abd', class: 'CP', pacelc: 'PC/EC' }],
    });
  });
  it('fuzz: a failure, and its repro', async () => {
    const argv = ['fuzz', 'raft/bug-stale-read', '--bug', 'reads-local', '--runs', '50'];
    const report = (await output('fuzz', argv, 1)) as z.infer<typeof fuzzShape>;
    expect(report.failures).toHaveLength(1);
    expect(await output('replay', ['replay', report.failures[0]!.repro], 1)).toMatchObject({
      same: true,
      digest: report.failures[0]!.digest,
    });
  });
});
