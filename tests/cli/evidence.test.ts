import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceBand, EvidenceData } from '../../checkers/index.js';
import { nemesisOf, withNemesis } from '../../cli/nemesis.js';
import type { HistoryEvent, TraceEvent } from '../../engine/index.js';
import { Workplace } from './workplace.js';

let place: Workplace;
beforeAll(() => void (place = new Workplace()));
afterAll(() => place.remove());

function dataOf(page: string): EvidenceData {
  const json = /<script type="application\/json" id="data">(.*)<\/script>/.exec(readFileSync(place.path(page), 'utf8'));
  return JSON.parse(json![1]!) as EvidenceData;
}

function named(bands: readonly EvidenceBand[], text: RegExp): EvidenceBand {
  return bands.find((band) => text.test(band.text))!;
}

describe('the evidence of a run', () => {
  it('shows who led and what was broken while the operation was answered that fits nowhere', async () => {
    const argv = ['run', 'raft/bug-stale-read', '--seed', '2', '--bug', 'reads-local', '--evidence', 'e.html'];
    expect((await place.run([...argv, '--history', 'h.jsonl'])).status).toBe(1);
    const { verdict, bands, bars, findings } = dataOf('e.html');
    expect(verdict).toBe('violation');
    const read = bars.find(({ id }) => id === findings[0]!.fitsNowhere)!;
    const during = ({ from, to }: EvidenceBand): boolean => from < read.from && (to === null || to > read.to!);
    for (const band of [/^n1: leader/, /^n2: leader/, /^partition \{n1\}/].map((text) => named(bands, text)))
      expect([band, during(band)]).toEqual([band, true]);
    expect(findings[0]!.orders[0]!.operations.length).toBeGreaterThan(0);

    expect((await place.run(['check', 'h.jsonl', '--model', 'kv', '--html', 'h.html'])).status).toBe(1);
    expect(dataOf('h.html').bands).toEqual(bands);
  });

  it('needs a history that is judged', async () => {
    const done = await place.run(['run', 'two-phase-commit/coordinator-crash', '--evidence', 'none.html']);
    expect(done.status).toBe(2);
    expect(done.stderr).toContain('two-phase-commit/coordinator-crash judges no history');
  });
});

describe('what a nemesis would have written', () => {
  const event = (time: number, parts: Partial<TraceEvent>): TraceEvent => ({
    id: time,
    time,
    kind: 'mark',
    node: 'n1',
    cause: 0,
    ...parts,
  });
  const lines = (...events: TraceEvent[]): string[] =>
    nemesisOf(events).map(({ time, f, value }) => `${time} ${f} ${(value as { says: string }).says}`);

  it('a leader ends with another role, another term, a crash or a halt', () => {
    const leader = { name: 'leader', term: 1 };
    expect(
      lines(
        event(1, { role: leader }),
        event(2, { kind: 'deliver' }),
        event(3, { role: { name: 'leader', term: 2 } }),
        event(4, { role: { name: 'follower', term: 3 } }),
        event(5, { role: { name: 'candidate' } }),
        event(6, { role: leader }),
        event(7, { kind: 'crash' }),
        event(8, { role: leader }),
        event(9, { kind: 'halt' }),
      ),
    ).toEqual([
      '1 start-leader n1: leader (1)',
      '3 stop-leader n1: leader (1)',
      '3 start-leader n1: leader (2)',
      '4 stop-leader n1: leader (2)',
      '6 start-leader n1: leader (1)',
      '7 stop-leader n1: leader (1)',
      '8 start-leader n1: leader (1)',
      '9 stop-leader n1: leader (1)',
    ]);
  });

  it('goes between what clients did, counted anew', () => {
    const asked = (index: number, time: number): HistoryEvent => ({
      index,
      time,
      type: 'invoke',
      process: index,
      f: 'read',
      value: null,
    });
    const note = (time: number): HistoryEvent => ({ ...asked(0, time), type: 'info', process: 'nemesis' });
    const merged = withNemesis([asked(0, 10), asked(1, 20)], [note(5), note(20), note(30)]);
    expect(merged.map(({ index, time, process }) => [index, time, process])).toEqual([
      [0, 5, 'nemesis'],
      [1, 10, 0],
      [2, 20, 'nemesis'],
      [3, 20, 1],
      [4, 30, 'nemesis'],
    ]);
  });
});
