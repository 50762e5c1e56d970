import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkShape } from '../../cli/reports.js';
import { Workplace, type Done } from './workplace.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
  place.write('opposite.edn', OPPOSITE);
  place.write('skew.edn', SKEW);
});
afterAll(() => place.remove());

// Two clients see two writes in opposite orders: causal memory, and not causal convergence.
const OPPOSITE = `{:process 1 :type :invoke :f :write :key :x :value 1}
{:process 1 :type :ok :f :write :key :x :value 1}
{:process 2 :type :invoke :f :write :key :x :value 2}
{:process 2 :type :ok :f :write :key :x :value 2}
{:process 1 :type :invoke :f :read :key :x :value nil}
{:process 1 :type :ok :f :read :key :x :value 2}
{:process 2 :type :invoke :f :read :key :x :value nil}
{:process 2 :type :ok :f :read :key :x :value 1}
`;

const SKEW = `[{:type :invoke, :process 0, :f :txn, :value [[:r :x nil] [:append :y 1]]}
{:type :invoke, :process 1, :f :txn, :value [[:r :y nil] [:append :x 2]]}
{:type :ok, :process 0, :f :txn, :value [[:r :x nil] [:append :y 1]]}
{:type :ok, :process 1, :f :txn, :value [[:r :y nil] [:append :x 2]]}]
`;

function check(...argv: string[]): Promise<Done> {
  return place.run(['check', ...argv]);
}

describe('check --certify', () => {
  it('has either verdict confirmed', async () => {
    // As independent tests have it, which is recognised, and said.
    place.write('pairs.edn', OPPOSITE.replaceAll(/:key :x :value (\w+)/g, ':value [:x $1]'));
    const argv = ['pairs.edn', '--model', 'kv', '--certify'];
    const bad = await check(...argv);
    expect(bad.status).toBe(1);
    expect(bad.stdout).toContain('not linearizable (key x)');
    expect(bad.stdout).toContain('certified: a second, separate checker confirms it');
    expect(bad.stdout).toMatch(/values were taken for pairs.*--no-independent\n$/);
    const json = JSON.parse((await check(...argv, '--json')).stdout) as { takenForPairs?: boolean };
    expect(checkShape.parse(json)).toEqual(json);
    expect(json).toMatchObject({ verdict: 'violation', certified: true, takenForPairs: true });
    const whole = JSON.parse((await check(...argv, '--json', '--no-independent')).stdout) as typeof json;
    expect(whole.takenForPairs).toBeUndefined();
    expect(whole).toMatchObject({ verdict: 'violation', keys: [{ operations: 4 }] });
  });
});

describe('check --history', () => {
  it.each(['.jsonl', '.edn', '.txt'])('writes it anew, as the name ends in %s', async (ending) => {
    const file = `anew${ending}`;
    expect((await check('opposite.edn', '--model', 'kv', '--history', file)).status).toBe(1);
    const again = await check(file, '--model', 'kv', '--no-independent');
    expect([again.status, again.stdout]).toEqual([1, expect.stringContaining('4 operations')]);
  });

  it('writes the log of one register, and no file for what that cannot say', async () => {
    place.write('one.edn', OPPOSITE.replaceAll(':key :x ', ''));
    expect((await check('one.edn', '--model', 'register', '--history', 'one.log')).status).toBe(1);
    expect(readFileSync(place.path('one.log'), 'utf8')).toMatch(/^INFO {2}jepsen\.util - 1\t:invoke\t:write\t1\n/);
    expect((await check('one.log', '--model', 'register')).status).toBe(1);

    const refused = await check('opposite.edn', '--model', 'kv', '--history', 'x.log');
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('x.log: event 0 has a key: this log has one register only');
    expect(existsSync(place.path('x.log'))).toBe(false);
  });
});

describe('check --consistency', () => {
  it('one level that holds, one that does not', async () => {
    const causal = await check('opposite.edn', '--model', 'kv', '-c', 'causal');
    expect([causal.status, causal.stdout]).toEqual([0, '✓ causal   4 operations, model kv\n']);
    const convergent = await check('opposite.edn', '--model', 'kv', '-c', 'causal-convergence');
    expect(convergent.status).toBe(1);
    expect(convergent.stdout).toContain('CyclicCF');
  });
  it('all of them, as text and as JSON', async () => {
    const all = await check('opposite.edn', '--model', 'kv', '-c', 'all');
    expect(all.status).toBe(1);
    expect(all.stdout).toContain('✓ causal-memory');
    expect(all.stdout).toContain('✗ sequential           falls with causal-convergence');
    const json: unknown = JSON.parse((await check('opposite.edn', '--model', 'kv', '-c', 'all', '--json')).stdout);
    expect(checkShape.parse(json)).toEqual(json);
    expect(json).toMatchObject({
      verdict: 'violation',
      consistency: 'all',
      strongest: ['causal-memory', 'bounded-staleness'],
    });
  });
  it('bounds', async () => {
    expect((await check('opposite.edn', '-m', 'kv', '-c', 'bounded-staleness', '--staleness', '1')).status).toBe(0);
    expect((await check('opposite.edn', '-m', 'kv', '-c', 'bounded-staleness', '--staleness', '0')).status).toBe(1);
    expect((await check('opposite.edn', '-m', 'kv', '-c', 'bounded-staleness', '--staleness', '1us')).status).toBe(1);
  });
  it.each([
    [['opposite.edn', '-m', 'kv', '-c', 'casual'], /no consistency level "casual"\n {2}did you mean causal/],
    [['opposite.edn', '-m', 'kv', '-c', 'serializable'], /serializable is a level of transactions/],
    [['skew.edn', '-c', 'causal-memory'], /causal-memory is a level of single operations/],
    [['opposite.edn'], /what the operations are about is not said/],
    [['opposite.edn', '-m', 'kv', '--staleness', 'some'], /a number of versions or a time such as 200ms was expected/],
  ])('wrong use: %s', async (argv, message) => {
    const { status, stdout, stderr } = await check(...argv);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('check --steps and --memory', () => {
  it('end it undecided, with what was spent, as text and as JSON', async () => {
    const few = await check('opposite.edn', '--model', 'kv', '-c', 'all', '--steps', '3');
    expect(few.status).toBe(3);
    expect(few.stdout).toContain('? undecided; nothing is known to hold   4 operations, model kv');
    expect(few.stdout).toContain('? causal               the budget of steps ended after 0 steps and 0.0 MB');
    const argv = ['skew.edn', '-c', 'serializable', '--memory', '0KB', '--json'];
    const open = await check(...argv);
    expect(open.status).toBe(3);
    const json: unknown = JSON.parse(open.stdout);
    expect(checkShape.parse(json)).toEqual(json);
    expect(json).toMatchObject({ exhausted: 'memory', memoryBytes: 0, isolation: { graph: { complete: false } } });
    expect((await check(...argv)).stdout).toBe(open.stdout);
    expect((await check('opposite.edn', '--model', 'kv', '--steps', '1k', '--memory', '1MB')).status).toBe(1);
  });
  it('are whole numbers', async () => {
    for (const wrong of [
      ['--steps', '1.5M'],
      ['--steps', '-1'],
      ['--memory', '100'],
      ['--memory', '1mb'],
    ])
      expect((await check('opposite.edn', '--model', 'kv', ...wrong)).status).toBe(2);
  });
});

describe('check of a folder', () => {
  it('takes a test of Jepsen or Maelstrom, and the newest one of a store', async () => {
    place.write('store/lin-kv/run/history.edn', OPPOSITE);
    place.write('store/latest/history.edn', SKEW);
    expect((await check('store/lin-kv/run', '-m', 'kv', '-c', 'causal')).status).toBe(0);
    expect((await check('store')).stdout).toContain('G2-item');
    place.write('nothing/x.txt', '');
    expect(await check('nothing')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/no history in the folder.*\n.*looked for: history\.edn/),
    });
  });
  it('takes the newest run where the links are lost', async () => {
    place.write('packed/lin-kv/20240820T082634.633-0500/history.edn', OPPOSITE);
    place.write('packed/append/20240821T090000.000-0500/history.edn', SKEW);
    place.write('packed/append/20240820T090000.000-0500/history.edn', OPPOSITE);
    expect((await check('packed')).stdout).toContain('G2-item');
    expect((await check('packed/append')).stdout).toContain('G2-item');
    expect((await check('packed/lin-kv', '-m', 'kv', '-c', 'causal')).status).toBe(0);
  });
  it('says what Jepsen alone can read', async () => {
    place.write('binary/test.jepsen', 'JEPSEN');
    expect((await check('binary')).stderr).toMatch(
      /test\.jepsen is in a binary format.*\n.*its history\.edn is needed/,
    );
    place.write('binary/history.edn', SKEW);
    expect((await check('binary/test.jepsen')).stderr).toContain('give history.edn, which lies beside it');
    expect((await check('binary')).stdout).toContain('G2-item');
  });
});

describe('check --html and --svg', () => {
  it('write a page and a picture of what was found', async () => {
    const argv = ['opposite.edn', '-m', 'kv', '-c', 'all', '--html', 'page.html', '--svg', 'picture.svg'];
    expect((await check(...argv)).status).toBe(1);
    const page = readFileSync(place.path('page.html'), 'utf8');
    expect(page).toContain('not causal-convergence: CyclicCF');
    expect(readFileSync(place.path('picture.svg'), 'utf8')).toContain('not causal-convergence: CyclicCF');
  });
  it('two outputs in one file are refused', async () => {
    expect((await check('skew.edn', '--html', 'one', '--svg', 'one')).status).toBe(2);
  });
});

describe('check of transactions', () => {
  it('knows them by their operations, and judges by isolation level', async () => {
    const strict = await check('skew.edn');
    expect(strict.status).toBe(1);
    expect(strict.stdout).toContain('G2-item, write skew   SQL: write skew (A5B)');
    expect((await check('skew.edn', '--consistency', 'snapshot-isolation')).status).toBe(0);
    expect((await check('skew.edn', '--model', 'list-append', '-c', 'serializable')).status).toBe(1);
  });
  it('as JSON', async () => {
    const json: unknown = JSON.parse((await check('skew.edn', '--json')).stdout);
    expect(checkShape.parse(json)).toEqual(json);
    expect(json).toMatchObject({ model: 'list-append', isolation: { strongest: ['strong-snapshot-isolation'] } });
  });
  it('causal, of registers', async () => {
    const missed = ['[[:w :x 1]]', '[[:r :x 1] [:w :y 1]]', '[[:r :y 1]]', '[[:r :x nil]]'].map((value, i) => {
      const process = Math.min(i, 2);
      return `{:type :invoke :process ${process} :f :txn :value ${value}}\n{:type :ok :process ${process} :f :txn :value ${value}}\n`;
    });
    place.write('causal.edn', missed.join(''));
    const { status, stdout } = await check('causal.edn', '-c', 'causal');
    expect(status).toBe(1);
    expect(stdout).toMatch(/not causal {3}4 transactions, rw-register\n {2}G-single-process/);
    expect(stdout).toContain('T6 read x = null without T0’s write of 1');
    expect((await check('causal.edn', '-c', 'read-committed')).status).toBe(0);
  });
  it('all levels of isolation, with the smallest evidence for what breaks', async () => {
    const { status, stdout } = await check('skew.edn', '-c', 'all');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^✗ may still be: strong-snapshot-isolation {3}2 transactions, list-append\n/);
    expect(stdout).toMatch(/\n {2}✗ serializable +falls with repeatable-read\n/);
    expect(stdout).toMatch(/\n {2}✓ causal +nothing is missed/);
    expect(stdout).toMatch(/\n {2}✗ repeatable-read +G2-item, write skew {3}SQL: write skew \(A5B\), phantom \(P3\)\n/);
    expect(stdout).toContain('not seen: P0, P1, P2, P4, A5A\n');
    expect(stdout).toMatch(/\n✗ not repeatable-read\n {2}G2-item, write skew/);
    const json = JSON.parse((await check('skew.edn', '-c', 'all', '--json')).stdout) as {
      levels: { level: string; verdict: string; follows?: string; evidence?: { name: string } }[];
    };
    expect(checkShape.parse(json)).toEqual(json);
    expect(json.levels).toHaveLength(19);
    expect(json.levels.find(({ level }) => level === 'serializable')).toMatchObject({ follows: 'repeatable-read' });
    expect(json.levels.find(({ evidence }) => evidence !== undefined)?.evidence?.name).toBe('G2-item');
  });
  it('draws its evidence', async () => {
    expect((await check('skew.edn', '-c', 'all', '--html', 'skew.html', '--svg', 'skew.svg')).status).toBe(1);
    const picture = readFileSync(place.path('skew.svg'), 'utf8');
    expect(picture).toContain('may still be: strong-snapshot-isolation');
    expect(picture).toContain('G2-item, write skew, SQL: write skew (A5B), phantom (P3)');
    // A bar for each of the two, and an arrow each way, with its kind.
    expect(picture.match(/marker-end/g)).toHaveLength(2);
    expect(picture.match(/>rw</g)).toHaveLength(2);
    expect(readFileSync(place.path('skew.html'), 'utf8')).toContain('T1 read y = [] without T0’s append of 1');
  });
  it('says where a transaction makes no sense', async () => {
    const bad = place.write('bad.edn', SKEW.replace('[:append :x 2]]}]', '[:push :x 2]]}]'));
    expect((await check(bad)).stderr).toMatch(/bad\.edn:4: /);
  });
});

it('a scenario is judged by the level that it names', async () => {
  const run = async (level: string): Promise<number | null> =>
    (await place.run(['run', 'raft/bug-stale-read', '--bug', 'reads-local', '--set', `check.consistency=${level}`]))
      .status;
  expect([await run('sequential'), await run('regular')]).toEqual([0, 1]);
  const typo = await place.run(['run', 'raft/bug-stale-read', '--set', 'check.consistency=casual']);
  expect([typo.status, typo.stderr]).toEqual([2, expect.stringContaining('check.consistency')]);
});
