import { describe, expect, it } from 'vitest';
import type { HistoryEvent, TraceEvent } from '../../engine/index.js';
import { defineScenario, clientsOf, protocolNamed, summarize } from '../../scenarios/index.js';

type Step = readonly [time: number, process: number, type: HistoryEvent['type']];

function history(steps: readonly Step[]): HistoryEvent[] {
  return steps.map(([time, process, type], index) => ({ index, time, type, process, f: 'read', value: null }));
}

function fault(time: number, name: 'begin' | 'end'): TraceEvent {
  return {
    id: 1,
    time,
    kind: 'fault',
    node: null,
    cause: 0,
    name,
    why: 'crash n1',
    body: { fault: 1, family: 'crash', nodes: [] },
  };
}

const silences = (steps: readonly Step[], faults: readonly TraceEvent[], until: number): number[] =>
  summarize(history(steps), faults, until).phases.map(({ longestSilence }) => longestSilence);

describe('the longest time without an answer', () => {
  it('runs from the last answer to the next one, while somebody waits', () => {
    expect(
      silences(
        [
          [0, 0, 'invoke'],
          [10, 0, 'ok'],
          [10, 0, 'invoke'],
          [80, 0, 'ok'],
        ],
        [],
        100,
      ),
    ).toEqual([70]);
  });
  it('does not count time in which nobody asks', () => {
    expect(
      silences(
        [
          [0, 0, 'invoke'],
          [10, 0, 'ok'],
          [90, 0, 'invoke'],
          [95, 0, 'ok'],
        ],
        [],
        100,
      ),
    ).toEqual([10]);
  });
  it('is not ended by a failure, nor by another who begins to wait', () => {
    const steps: Step[] = [
      [0, 0, 'invoke'],
      [20, 1, 'invoke'],
      [30, 0, 'fail'],
      [50, 1, 'ok'],
    ];
    expect(silences(steps, [], 100)).toEqual([50]);
  });
  it('is cut at the edges of a phase', () => {
    const steps: Step[] = [
      [0, 0, 'invoke'],
      [10, 0, 'ok'],
      [10, 0, 'invoke'],
      [70, 0, 'ok'],
    ];
    expect(silences(steps, [fault(20, 'begin'), fault(60, 'end')], 100)).toEqual([10, 40, 10]);
  });
  it('goes on to the end for what is never answered', () => {
    expect(silences([[40, 0, 'invoke']], [], 100)).toEqual([60]);
  });
  it('tells a leader crash that retries hide', () => {
    const steps: Step[] = [
      [0, 0, 'invoke'],
      [5, 0, 'ok'],
      [5, 0, 'invoke'],
      [455, 0, 'ok'],
      [455, 0, 'invoke'],
      [460, 0, 'ok'],
    ];
    const [, phase] = summarize(history(steps), [fault(5, 'begin'), fault(500, 'end')], 600).phases;
    expect([phase?.ok, phase?.operations, phase?.longestSilence]).toEqual([2, 2, 450]);
  });
});

it('counts clients that only the script names', () => {
  const scenario = defineScenario({
    protocol: protocolNamed('raft'),
    name: 'scripted',
    summary: 'One asks.',
    nodes: 3,
    until: '1s',
    script: [{ at: '1ms', client: 'c3', request: 'read', args: { key: 'x' } }],
  });
  expect(clientsOf(scenario)).toEqual(['c1', 'c2', 'c3']);
});
