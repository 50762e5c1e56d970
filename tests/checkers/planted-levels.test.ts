import { describe, expect, test } from 'vitest';
import type { HistoryEvent, Value } from '../../engine/history.js';
import {
  consistency,
  CONSISTENCY_LEVELS,
  impliesConsistency,
  kv,
  type ConsistencyLevel,
  type ConsistencyResult,
} from '../../checkers/index.js';
import type { PatternName } from '../../checkers/consistency/finding.js';
import { weakHistory } from './consistency-histories.js';
import { PLANTED_LEVELS, type PlantedLevel } from './planted-levels.js';

const FIRST_CLIENT = 100;

/** What the clients of a row do; indices and times are given later. */
function eventsOf(steps: string, answers: 'right' | 'wrong'): Omit<HistoryEvent, 'index' | 'time'>[] {
  const open = new Map<number, { f: string; key: string; value: Value }>();
  return steps.split(/,\s+/).flatMap((step) => {
    const client = Number.parseInt(step, 10);
    const text = step.slice(step.indexOf(' ') + 1);
    const [right, wrong] = text.split(' | ');
    const [said, node] = (answers === 'wrong' ? (wrong ?? right) : right)!.split(' @');
    const words = said!.split(' ');
    const process = FIRST_CLIENT + client;
    const at = node === undefined ? {} : { node };
    if (words[0] === 'ends') {
      const { f, key, value } = open.get(client)!;
      return [
        { process, type: 'ok' as const, f, key, value: words[1] === undefined ? value : numbered(words[2]), ...at },
      ];
    }
    const [f, key] = [words[0] === 'w' ? 'write' : 'read', words[1]!];
    const value = numbered(words[2]);
    const call = { process, type: 'invoke' as const, f, key, value: f === 'write' ? value : null };
    open.set(client, { f, key, value });
    return words.at(-1) === '…' ? [call] : [call, { process, type: 'ok' as const, f, key, value, ...at }];
  });
}

function numbered(word: string | undefined): Value {
  return word === undefined || word === '…' ? null : Number(word);
}

/** The row's events, in their order, somewhere among those of a store that is one object for other clients and other keys. */
function amongOthers({ steps, alone }: PlantedLevel, answers: 'right' | 'wrong', seed: number): HistoryEvent[] {
  const others =
    alone === true ? [] : weakHistory({ operations: 24, processes: 3, keys: 2, store: 'atomic', lastReads: 1 }, seed);
  const planted = eventsOf(steps, answers);
  const events: Omit<HistoryEvent, 'index' | 'time'>[] = [];
  for (let n = 0; n < others.length; n++) {
    if (n >= 7 * seed && n % (1 + (seed % 3)) === 0) events.push(...planted.splice(0, 1));
    const { index: _, time: __, ...other } = others[n]!;
    events.push(other);
  }
  return [...events, ...planted].map((event, index) => ({ ...event, index, time: 1000 * index }));
}

function judged(events: HistoryEvent[]): ConsistencyResult {
  return consistency(events, kv, { staleness: { versions: 1 } });
}

const SEEDS = [1, 2, 3];

describe('one wrong answer breaks the levels that it should, for these reasons, and no other', () => {
  test.each(PLANTED_LEVELS)('$says', (planted) => {
    const roots = Object.keys(planted.breaks) as ConsistencyLevel[];
    const falls = CONSISTENCY_LEVELS.filter((level) => roots.some((root) => impliesConsistency(level, root)));
    for (const seed of SEEDS) {
      const right = judged(amongOthers(planted, 'right', seed));
      expect(right.levels.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
      const wrong = judged(amongOthers(planted, 'wrong', seed)).levels.filter(({ verdict }) => verdict !== 'ok');
      expect(wrong.map(({ level }) => level)).toEqual(falls);
      expect(wrong.every(({ verdict }) => verdict === 'violation')).toBe(true);
      const own = wrong.filter(({ follows }) => follows === undefined);
      expect(Object.fromEntries(own.map(({ level, evidence }) => [level, evidence?.pattern ?? 'none']))).toEqual(
        planted.breaks,
      );
      for (const { evidence } of own) {
        for (const { process } of evidence?.operations ?? []) expect(process).toBeGreaterThan(FIRST_CLIENT);
      }
    }
  });
});

test('each level is broken by one of them for a reason of its own, and each bad pattern is found', () => {
  const levels = new Set(PLANTED_LEVELS.flatMap(({ breaks }) => Object.keys(breaks)));
  expect(CONSISTENCY_LEVELS.filter((level) => !levels.has(level))).toEqual([]);
  const patterns: Record<PatternName, true> = {
    ThinAirRead: true,
    CyclicCO: true,
    WriteCOInitRead: true,
    WriteCORead: true,
    CyclicCF: true,
    WriteHBInitRead: true,
    CyclicHB: true,
    InitialAfterWrite: true,
    CyclicOrder: true,
    NoOrder: true,
    Diverged: true,
    StaleRead: true,
    FutureRead: true,
  };
  const found = new Set<string>(PLANTED_LEVELS.flatMap(({ breaks }) => Object.values(breaks)));
  expect(Object.keys(patterns).filter((pattern) => !found.has(pattern))).toEqual([]);
});
