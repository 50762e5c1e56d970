import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { legible } from '../../checkers/index.js';
import { shellWord } from '../../cli/reproduce.js';
import { legibleReport } from '../../cli/screens/legible-report.js';
import { toyScenario, Workplace } from './workplace.js';

/** ESC, BEL, CR, the 8-bit CSI, a bidi override, a line separator. */
const HOSTILE = '\u001b[31mred\u0007\r\u009b1m\u202eturned\u2028\n';
const OWN = new RegExp(String.raw`${'\u001b'}\[\d+m|\n`, 'g');
const actedOn = /[\p{Cc}\p{Zl}\u202e]/u;

describe('a text from elsewhere', () => {
  it('is shown and not acted on', () =>
    expect(legible(HOSTILE)).toBe(String.raw`\u001b[31mred\u0007\r\u009b1m\u202eturned\u2028\n`));
  it.each(['naïve', '🙈', '東京', 'a b', '\\n', 'é', ''])('that is none of it stays as it is: %s', (text) =>
    expect(legible(text)).toBe(text),
  );
  it('has only what is shown, whatever it was, and is the same JSON where it was JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(legible(text)).not.toMatch(actedOn);
        expect(JSON.parse(legible(JSON.stringify(text)))).toBe(text);
      }),
    );
  });
  it('is found in all of a report but what was drawn', () => {
    const report = { marks: { 'a\u0007': 1 }, list: [{ message: 'b\r' }], drawing: '\u001b[31mbar\u001b[0m' };
    expect(legibleReport(report)).toEqual({
      marks: { [String.raw`a\u0007`]: 1 },
      list: [{ message: String.raw`b\r` }],
      drawing: '\u001b[31mbar\u001b[0m',
    });
  });
  it('is one word of a shell that means the same', () =>
    expect(shellWord(`it's\u001b\\`)).toBe(String.raw`$'it\'s\u001b\\'`));
});

describe('the command', () => {
  let place: Workplace;
  beforeAll(() => {
    place = new Workplace();
  });
  afterAll(() => place.remove());
  const text = JSON.stringify(HOSTILE);
  const withoutOwn = (out: string): string => out.replaceAll(OWN, '');

  it.each([
    [
      'an error',
      { onTimer: `throw new Error(${text});` },
      String.raw`Error: \u001b[31mred\u0007\r\u009b1m\u202eturned`,
    ],
    ['a mark', { onTimer: `node.mark("elected" + ${text}, { by: ${text} });` }, String.raw`(by \u001b[31mred\u0007\r`],
  ])('in colours acts on nothing of %s', async (_, change, shown) => {
    place.write('toy.ts', toyScenario(change));
    const { stdout, stderr } = await place.run(['run', 'toy.ts'], { env: { FORCE_COLOR: '1' } });
    expect(withoutOwn(stdout)).toContain(shown);
    expect(withoutOwn(stdout + stderr)).not.toMatch(actedOn);
    expect(stdout).not.toContain('\u001b[31mred');
  });
  it('acts on nothing of a name that it does not know', async () => {
    const { stderr } = await place.run(['run', 'raft/leader-crash', `--${HOSTILE}`]);
    expect(stderr).toContain(String.raw`\u001b[31mred`);
    expect(stderr.replaceAll('\n', '')).not.toMatch(actedOn);
  });
  it('takes NO_COLOR without a word, whatever FORCE_COLOR says', () => {
    // Node itself would have a word to say.
    const { stdout, stderr } = place.spawn(['list', 'raft/happy'], { env: { NO_COLOR: '1', FORCE_COLOR: '1' } });
    expect([stdout.includes('\u001b'), stderr]).toEqual([false, '']);
  });
});
