import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { RunModel } from '../model/run-model.js';
import type { ClusterImage } from '../model/node-states.js';

/** Microseconds of the run in a second before the screen, with the words for it. */
export const SPEEDS: readonly { readonly rate: number; readonly says: string }[] = [
  { rate: 2_000, says: '500× slower' },
  { rate: 5_000, says: '200× slower' },
  { rate: 10_000, says: '100× slower' },
  { rate: 20_000, says: '50× slower' },
  { rate: 50_000, says: '20× slower' },
  { rate: 100_000, says: '10× slower' },
  { rate: 250_000, says: '4× slower' },
  { rate: 1_000_000, says: 'real time' },
  { rate: 5_000_000, says: '5× faster' },
  { rate: 30_000_000, says: '30× faster' },
];

/** A message should be seen moving for about this long. */
const FLIGHT_SECONDS = 0.7;
/** Where nothing moves, the next event is at most this far away. */
const QUIET_SECONDS = 0.4;

/** Where we are in the run, and how to get elsewhere. */
export interface Player {
  /** Position of the last event that has happened; -1 before the first. */
  readonly cursor: ReadonlySignal<number>;
  /** Microseconds; between the cursor's event and the next. */
  readonly now: ReadonlySignal<number>;
  readonly image: ReadonlySignal<ClusterImage>;
  /** The image one event earlier, for what just changed. */
  readonly before: ReadonlySignal<ClusterImage>;
  /** The cursor's causal chain, nearest first; empty while playing. */
  readonly chain: ReadonlySignal<readonly number[]>;
  readonly playing: Signal<boolean>;
  readonly speed: Signal<number>;
  goTo(at: number): void;
  step(by: number): void;
  seek(time: number): void;
  togglePlay(): void;
  /** Lets this many seconds before the screen pass. */
  advance(seconds: number): void;
}

export function createPlayer(model: RunModel): Player {
  const cursor = signal(-1);
  const now = signal(0);
  const playing = signal(false);
  const speed = signal(suitableSpeed(model));
  const last = model.events.length - 1;

  const goTo = (at: number): void => {
    const wanted = Math.max(-1, Math.min(last, at));
    batch(() => {
      cursor.value = wanted;
      now.value = model.timeOf(wanted);
    });
  };
  const seek = (time: number): void => {
    const wanted = Math.max(0, Math.min(model.endTime, time));
    batch(() => {
      now.value = wanted;
      cursor.value = model.lastAt(wanted);
    });
  };
  return {
    cursor,
    now,
    playing,
    speed,
    image: computed(() => model.states.at(cursor.value)),
    before: computed(() => model.states.at(cursor.value - 1)),
    chain: computed(() => (playing.value || cursor.value < 0 ? [] : model.chainOf(cursor.value))),
    goTo,
    seek,
    step(by) {
      playing.value = false;
      goTo(cursor.value + by);
    },
    togglePlay() {
      if (!playing.value && now.value >= model.endTime) goTo(-1);
      playing.value = !playing.value;
    },
    advance(seconds) {
      let us = seconds * (SPEEDS[speed.value]?.rate ?? 1);
      const next = model.timeOf(cursor.value + 1) - now.value;
      const slowest = (seconds / QUIET_SECONDS) * next;
      if (slowest > us && !somethingMoves(model, cursor.value)) us = slowest;
      seek(now.value + us);
      if (now.value >= model.endTime) playing.value = false;
    },
  };
}

function somethingMoves(model: RunModel, cursor: number): boolean {
  let moves = false;
  model.messages.overlapping(cursor, cursor, (leg) => {
    if (leg.sentAt <= cursor && leg.endedAt > cursor && leg.outcome !== 'open') moves = true;
  });
  return moves;
}

function suitableSpeed(model: RunModel): number {
  const wanted = model.flightUs / FLIGHT_SECONDS;
  const index = SPEEDS.findIndex((entry) => entry.rate >= wanted);
  return index < 0 ? SPEEDS.length - 1 : index;
}
