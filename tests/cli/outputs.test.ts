import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './workplace.js';

const bin = fileURLToPath(new URL('../../bin/splitbrain.js', import.meta.url));
const yaml = 'name: mine\nsummary: Short.\nprotocol: raft\nnodes: 3\nuntil: 1s\n';
const history = [
  '{"index":0,"time":1,"type":"invoke","process":0,"f":"write","key":"x","value":1}',
  '{"index":1,"time":2,"type":"ok","process":0,"f":"write","key":"x","value":1}\n',
].join('\n');

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
  place.write('mine.yaml', yaml);
  place.write('h.jsonl', history);
});
afterAll(() => place.remove());

const refusal = (...argv: string[]): Promise<string> => place.refusal(argv);

describe('an output', () => {
  it.runIf(process.platform === 'linux')('that does not fit is not left behind in part', () => {
    // The shell's limit on files does what a full disk does: it cuts a write short, and refuses the next one.
    const limited = spawnSync(
      'sh',
      ['-c', `ulimit -f 100; exec "$0" "$@"`, process.execPath, bin, 'run', 'mine.yaml', '--html', 'cut.html'],
      {
        cwd: place.folder,
        encoding: 'utf8',
      },
    );
    expect(limited.status).toBe(2);
    expect(limited.stderr).toContain('cannot write cut.html: it is too large');
    expect(readdirSync(place.folder).filter((name) => name.startsWith('cut'))).toEqual([]);
  });

  it('that is a device stays one', async () => {
    expect((await place.run(['run', 'mine.yaml', '--trace', '/dev/null'])).status).toBe(0);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('that is a link is written where the link leads', async () => {
    place.write('real.jsonl', 'old');
    symlinkSync(place.path('real.jsonl'), place.path('link.jsonl'));
    expect((await place.run(['run', 'mine.yaml', '--trace', 'link.jsonl'])).status).toBe(0);
    expect(lstatSync(place.path('link.jsonl')).isSymbolicLink()).toBe(true);
    expect(readFileSync(place.path('real.jsonl'), 'utf8')).toContain('"footer"');
  });

  it('never takes the place of what is read', async () => {
    expect(await refusal('run', 'mine.yaml', '--trace', './mine.yaml')).toContain('it is what is read');
    expect(await refusal('check', 'h.jsonl', '--model', 'kv', '--html', 'h.jsonl')).toContain('it is what is read');
    expect(readFileSync(place.path('mine.yaml'), 'utf8')).toBe(yaml);
    expect(readFileSync(place.path('h.jsonl'), 'utf8')).toBe(history);
  });

  it('is no dash, which elsewhere means standard output', async () => {
    expect(await refusal('run', 'mine.yaml', '--trace', '-')).toContain('a file was expected, found -');
    expect(existsSync(place.path('-'))).toBe(false);
  });

  it('of fuzz needs a folder before the search begins', async () => {
    expect(await refusal('fuzz', 'mine.yaml', '--runs', '5', '--out', 'h.jsonl')).toContain(
      'h.jsonl: a part of its path is no folder',
    );
    expect(await refusal('fuzz', 'mine.yaml', '--runs', '5', '--out', 'h.jsonl/below')).toContain(
      'a part of its path is no folder',
    );
  });
});

describe('a number that was meant otherwise', () => {
  it('is refused where it would fill the memory', async () => {
    expect(await refusal('run', 'mine.yaml', '--seeds', '99999999999')).toContain('at most 1000000 were expected');
    expect(await refusal('verify', 'mine.yaml', '--seeds', '99999999999')).toContain('at most 1000000 were expected');
    expect(await refusal('cap', 'abd', '--seeds', '99999999999')).toContain('--seeds: "99999999999" (at most 10000');
    expect(await refusal('run', 'mine.yaml', '--set', 'nodes=1e9')).toContain(
      'at most 10000 was expected, found 1000000000',
    );
    const clients = 'clients: { count: 1000000000, operations: [{ request: read }] }';
    place.write('many.yaml', `${yaml}${clients}\n`);
    expect(await refusal('run', 'many.yaml')).toContain('many.yaml:6:19: clients.count: at most 100000 was expected');
  });
});
