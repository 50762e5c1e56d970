import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './workplace.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

describe('traces', () => {
  let lines: string[];
  beforeAll(async () => {
    await place.run(['run', 'raft/bug-stale-read', '--trace', 'good.jsonl']);
    lines = readFileSync(place.path('good.jsonl'), 'utf8').split('\n');
  });
  it.each([
    ['cut', (all: string[]) => all.slice(0, 50), /bad\.jsonl:50:1: the file ends without a footer/],
    [
      'of another version',
      (all: string[]) => [all[0]!.replace('"version":1', '"version":9'), ...all.slice(1)],
      /bad\.jsonl:1:1: the trace has version 9/,
    ],
    [
      'with a line changed',
      (all: string[]) => all.map((line, i) => (i === 50 ? line.replace('"time":', '"time":1') : line)),
      /bad\.jsonl:51:1:/,
    ],
    [
      'of a version that is no number but a book',
      (all: string[]) => [all[0]!.replace('"version":1', `"version":"${'9'.repeat(100_000)}"`), ...all.slice(1)],
      /^.*bad\.jsonl:1:1: the trace has version "9{60}…", this splitbrain reads version 1\n/,
    ],
    [
      'of one line that never ends',
      () => [`{"format":"splitbrain-trace","version":1,"more":"${'x'.repeat(17_000_000)}`],
      /bad\.jsonl:1:1: 170000\d\d characters, from "\{\\"format.*…" on \(at most 16777216 in a line were expected\)/,
    ],
    ['with a line removed', (all: string[]) => all.filter((_, i) => i !== 50), /bad\.jsonl:51:1:/],
    ['with a tail', (all: string[]) => [...all, 'more'], /something follows the footer/],
    ['that are rubbish', () => ['\u0000\u0001\u0002'], /bad\.jsonl:1:1:/],
    ['that are empty', () => [], /bad\.jsonl is empty/],
  ])('%s are refused at the line', async (_, change, message) => {
    place.write('bad.jsonl', change(lines).join('\n'));
    expect(await place.refusal(['replay', 'bad.jsonl'])).toMatch(message);
  });
  it('are read from standard input', async () => {
    expect((await place.run(['replay', '-'], { input: lines.join('\n') })).status).toBe(0);
  });
});

describe('histories', () => {
  const event = (index: number, type: string, process: number, more = ''): string =>
    `{"index":${index},"time":${index},"type":"${type}","process":${process},"f":"read","value":null${more}}`;
  it.each([
    ['an answer to nothing', event(0, 'ok', 0)],
    ['two open operations of one process', `${event(0, 'invoke', 0)}\n${event(1, 'invoke', 0)}`],
    ['an index twice', `${event(0, 'invoke', 0)}\n${event(0, 'ok', 0)}`],
    ['rubbish', '\u0000\u0001\u0002'],
  ])('with %s are refused with their place', async (_, text) => {
    place.write('bad.jsonl', text);
    expect(await place.refusal(['check', 'bad.jsonl', '--model', 'register'])).toMatch(/bad\.jsonl:\d+(:\d+)?: /);
  });
  it('are read from standard input', async () => {
    const input = event(0, 'ok', 0);
    expect(await place.refusal(['check', '-', '--model', 'register'], { input })).toMatch(/standard input:1(:\d+)?: /);
  });
});
