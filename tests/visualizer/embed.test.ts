import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunRecord } from '../../engine/index.js';
import { embedRun, runToJson } from '../../visualizer/embed/embed-run.js';
import { decodePlain } from '../../visualizer/source/decode.js';
import { syntheticRun } from './synthetic-run.js';

const PAGE = '<html><script type="application/json" id="run"></script><script type="module">go()</script></html>';

it('replaces the one place for a run, and does so again', () => {
  const first = embedRun(PAGE, syntheticRun());
  const second = embedRun(first, syntheticRun({ seed: 5 }));
  expect(second).toBe(embedRun(PAGE, syntheticRun({ seed: 5 })));
  expect(second.endsWith('<script type="module">go()</script></html>')).toBe(true);
});

it('refuses a page without a place for a run', () => {
  expect(() => embedRun('<html></html>', syntheticRun())).toThrow(/no <script type="application\/json" id="run">/);
});

it('lets nothing out of its element, whatever it holds', () => {
  const nasty = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '</script>',
      '</SCRIPT >',
      '<!--',
      '-->',
      '<script>',
      ']]>',
      '$&',
      "$'",
      '$`',
      '\u2028',
      '\u2029',
      '\0',
      '\\u003c',
    ),
  );
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 8 }), (parts) => {
      const scenario = parts.join('');
      const record = { header: { scenario } } as unknown as RunRecord;
      const page = embedRun(PAGE, record);
      const [before = '', after = ''] = PAGE.split('></script><script type="module">');
      const inside = page.slice(
        before.length + 1,
        page.length - after.length - '</script><script type="module">'.length,
      );
      expect(inside).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(inside)).toEqual({ header: { scenario } });
    }),
  );
});

it('keeps maps, sets and large integers', () => {
  const body = {
    votes: new Set(['n1', 2]),
    next: new Map<string | number, unknown>([['n1', new Map([[1, { a: [null] }]])]]),
  };
  const record = {
    ...syntheticRun(),
    events: [{ body }],
    history: [{ value: 12345678901234567890n }],
  } as unknown as RunRecord;
  const back = JSON.parse(runToJson(record)) as { events: [{ body: unknown }]; history: [{ value: unknown }] };
  expect(decodePlain(back.events[0].body)).toEqual(body);
  expect(decodePlain(back.history[0].value)).toBe('12345678901234567890');
});
