import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toyScenario, Workplace } from './workplace.js';

// Before the command is loaded, which looks at it once.
vi.hoisted(() => (process.env['SPLITBRAIN_HANG_MS'] = '1000'));

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

describe('protocols that go wrong', () => {
  const outcome = async (change: Parameters<typeof toyScenario>[0], verb: readonly string[] = ['run']) => {
    place.write('toy.ts', toyScenario(change));
    const { status, stdout } = await place.run([...verb, 'toy.ts']);
    return [status, stdout.replace(/\s+/g, ' ')];
  };
  it.each([
    ['throw', { onMessage: 'throw new Error("boom");' }, /no-exceptions .*onMessage\.Ping at n\d threw Error: boom/],
    ['loop at one instant', { onTimer: 'return void node.setTimer("tick", 0);' }, /no-livelock .*onTimer\.tick/],
    ['send to nobody', { onMessage: 'node.send("n9", { type: "Ping" });' }, /known-receivers .*"n9"/],
    [
      'send a function',
      { onMessage: 'node.send(from, { type: "Ping", f: () => 1 });' },
      /plain-data .*the function f at f/,
    ],
    [
      'loop in an invariant',
      {
        more: 'invariants: [invariant<any>()({ name: "L", says: "x", memory: () => ({}), afterStep() { for (;;) ; } })],',
      },
      /loops for ever/,
    ],
  ])('%s', async (_, change, message) => expect(await outcome(change)).toEqual([1, expect.stringMatching(message)]));

  it.each([
    [
      'chance of their own',
      { onMessage: 'node.durable.seen += Math.random();' },
      /Math\.random was used.*onMessage\.Ping/,
    ],
    ['a clock of their own', { onMessage: 'node.durable.seen = Date.now();' }, /Date was used.*onMessage\.Ping/],
    [
      'waiting',
      { onMessage: 'return (async () => { await 1; node.durable.seen++; })();' },
      /onMessage\.Ping at n\d returned a promise/,
    ],
    [
      'state outside the node',
      { outside: 'let n = 0;', onMessage: 'node.durable.seen = ++n;' },
      /run twice differ from event \d+/,
    ],
    [
      'what is inherited, which a copy leaves behind',
      { onMessage: 'if (message.value.n < 3) node.send(from, { type: "Ping", value: Object.create({ n: 9 }) });' },
      /speed differ from event \d+ on: .*n\d's message holds an object with a prototype of its own at value/,
    ],
    [
      'a message changed after it came',
      { onMessage: 'message.value.n++; node.durable.seen += message.value.n;' },
      /differ from event \d+|read only/,
    ],
  ])('are caught by verify: %s', async (_, change, message) => {
    expect(await outcome(change, ['verify', '--seeds', '1'])).toEqual([1, expect.stringMatching(message)]);
  });

  it('loop in a timer, and a line that is replaced again and again says that the run goes on', async () => {
    place.write('toy.ts', toyScenario({ onTimer: 'for (;;) ;' }));
    const { status, stdout, stderr } = await place.run(['run', 'toy.ts'], { columns: 24 });
    expect([status, stdout]).toEqual([1, expect.stringMatching(/toy's onTimer\.tick at n\d .*loops for ever/)]);
    const [before, ...lines] = stderr.split('\r\u001b[2K');
    expect([before, lines.at(-1)]).toEqual(['', '']);
    expect(lines[0]).toMatch(/^toy\.ts {3}(starting|\d+ steps) {3}\d/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(24);
  });

  it('that loop are found by fuzz, with a repro that shows it', async () => {
    const [status, text] = await outcome({ onMessage: 'if (node.durable.seen++ > 20) for (;;) ;' }, [
      'fuzz',
      '--runs',
      '20',
      '--workers',
      '1',
      '--out',
      'hung',
    ]);
    expect([status, text]).toEqual([
      1,
      expect.stringMatching(/onMessage\.Ping at n\d .*reproduce: npx splitbrain replay hung\/toy-ts-1\.json/),
    ]);
    expect((await place.run(['replay', 'hung/toy-ts-1.json'])).status).toBe(1);
  });
});
