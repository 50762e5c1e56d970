import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

// A checkout in small: the real launcher and stamp, one source in a room, and a command that prints what it was given.
const bin = fileURLToPath(new URL('../../bin', import.meta.url));
let template: string;
let checkout: string;

beforeAll(() => {
  template = mkdtempSync(join(tmpdir(), 'splitbrain-launcher-'));
  checkout = template;
  cpSync(bin, join(checkout, 'bin'), { recursive: true });
  write('package.json', '{ "type": "module" }');
  write('tsconfig.base.json', '{}');
  write('engine/tsconfig.json', '{}');
  write('engine/time.ts', 'export const now = 0;');
  write('visualizer/page.html', '<p>');
  write(
    'dist/cli/main.js',
    'export async function main(argv) { console.log(JSON.stringify(argv)); return argv.length; }',
  );
  const script = `import { takeStamp, writeStamp } from './bin/build-stamp.js';
    for (const target of ['code', 'page']) writeStamp(takeStamp(target));`;
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: template, encoding: 'utf8' });
  expect(done.stderr).toBe('');
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'splitbrain-launcher-'));
  cpSync(template, checkout, { recursive: true, preserveTimestamps: true });
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(join(checkout, path, '..'), { recursive: true });
  writeFileSync(join(checkout, path), text);
}

/** Moves a file's time on, as a save, a copy or a clone does. */
function touch(path: string, seconds = 10): void {
  const time = Date.now() / 1000 + seconds;
  utimesSync(join(checkout, path), time, time);
}

function launch(argv: string[], options: { cwd?: string; node?: string[] } = {}) {
  const command = [...(options.node ?? []), join(checkout, 'bin/splitbrain.js'), ...argv];
  return spawnSync(process.execPath, command, { cwd: options.cwd ?? checkout, encoding: 'utf8' });
}

const oneLine = (text: string): boolean => /^[^\n]+\n$/.test(text);

describe('bin/splitbrain.js', () => {
  it('is executable, as it is linked and not built', () => {
    expect(statSync(join(bin, 'splitbrain.js')).mode & 0o111).toBe(0o111);
  });

  it('hands over the words and exits with what the command returns', () => {
    const done = launch(['run', 'x']);
    expect([done.status, done.stdout, done.stderr]).toEqual([2, '["run","x"]\n', '']);
    expect(launch([]).status).toBe(0);
  });

  it('works from another folder', () => {
    expect(launch(['list'], { cwd: tmpdir() }).stdout).toBe('["list"]\n');
  });

  it('works through a link, as npm and npx install it', () => {
    const link = join(checkout, 'splitbrain');
    symlinkSync(join(checkout, 'bin/splitbrain.js'), link);
    expect(spawnSync(link, ['list'], { cwd: tmpdir(), encoding: 'utf8' }).stdout).toBe('["list"]\n');
  });

  it('says what to do where nothing is built', () => {
    rmSync(join(checkout, 'dist'), { recursive: true });
    const done = launch(['list']);
    expect([done.status, done.stdout, oneLine(done.stderr)]).toEqual([2, '', true]);
    expect(done.stderr).toContain('npm ci');
  });

  it('refuses an old Node in one line', () => {
    const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'18.20.4'}})`;
    const done = launch(['list'], { node: ['--import', pretend] });
    expect([done.status, done.stdout, oneLine(done.stderr)]).toEqual([2, '', true]);
    expect(done.stderr).toMatch(/20\.19.*18\.20\.4/);
  });

  it('lets a reader go early', () => {
    write(
      'dist/cli/main.js',
      `export async function main() { for (let i = 0; i < 1e5; i++) console.log('line ' + i); return 0; }`,
    );
    const line = `'${process.execPath}' '${join(checkout, 'bin/splitbrain.js')}' | head -n 1`;
    const done = spawnSync('bash', ['-c', `set -o pipefail; ${line}`], { encoding: 'utf8' });
    expect([done.status, done.stdout, done.stderr]).toEqual([0, 'line 0\n', '']);
  });
});

describe('a dist that is older than the sources', () => {
  const refusal = (path: string) => [
    2,
    '',
    expect.stringMatching(new RegExp(`^dist is older than .*${path}.*npm run build.*\n$`)),
  ];
  const outcome = (argv: string[]) => {
    const { status, stdout, stderr } = launch(argv);
    return [status, stdout, stderr];
  };

  it('is refused after a change', () => {
    write('engine/time.ts', 'export const now = 1;');
    touch('engine/time.ts');
    expect(outcome(['list'])).toEqual(refusal('engine/time.ts'));
  });
  it('is refused after a new file, however old it is', () => {
    write('engine/queue.ts', '');
    touch('engine/queue.ts', -1e6);
    expect(outcome(['list'])).toEqual(refusal('engine/queue.ts'));
  });
  it('is refused after a removal', () => {
    rmSync(join(checkout, 'engine/time.ts'));
    expect(outcome(['list'])).toEqual(refusal('engine/time.ts'));
  });
  it('is refused where it was built before there were stamps', () => {
    rmSync(join(checkout, 'dist/.stamp-code.json'));
    expect(outcome(['list'])).toEqual(refusal('the sources'));
  });
  it('is none when only the times moved, as in a copied folder', () => {
    touch('engine/time.ts');
    touch('tsconfig.base.json');
    expect(outcome(['list'])).toEqual([1, '["list"]\n', '']);
  });
  it('matters for the page only where the page is wanted', () => {
    write('visualizer/page.html', '<p>new');
    touch('visualizer/page.html');
    expect(outcome(['list'])[0]).toBe(1);
    expect(outcome(['open'])).toEqual(refusal('visualizer/page.html'));
    expect(outcome(['run', 'x', '--html=f'])).toEqual(refusal('visualizer/page.html'));
  });
  it("is nobody's concern in an installed package, which has no sources", () => {
    rmSync(join(checkout, 'engine'), { recursive: true });
    rmSync(join(checkout, 'dist/.stamp-code.json'));
    expect(outcome(['list'])).toEqual([1, '["list"]\n', '']);
  });
});
