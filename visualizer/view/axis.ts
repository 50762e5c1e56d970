import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import type { RunModel } from '../model/run-model.js';
import { firstAbove } from '../model/interval-index.js';

export type AxisMode = 'time' | 'steps';

/** The stretch of the run that the diagrams show, shared by all of them. */
export interface Axis {
  /** Even in time, or one step an event, where quiet stretches take no room. */
  readonly mode: ReadonlySignal<AxisMode>;
  /** Goes on showing the same stretch of the run. */
  setMode(mode: AxisMode): void;
  readonly from: ReadonlySignal<number>;
  readonly to: ReadonlySignal<number>;
  readonly end: ReadonlySignal<number>;
  /** The coordinate of an event. */
  of(at: number): number;
  /** The coordinate of an instant, and back. */
  ofTime(time: number): number;
  toTime(coordinate: number): number;
  /** The events at or before a coordinate end here. */
  lastAt(coordinate: number): number;
  show(from: number, to: number): void;
  fit(): void;
  pan(share: number): void;
  /** @param around coordinate that stays where it is. @param factor below 1 shows less. */
  zoom(factor: number, around: number): void;
  /** Moves the window so that a coordinate is in it. */
  reveal(coordinate: number): void;
}

export function createAxis(model: RunModel): Axis {
  const mode = signal<AxisMode>('time');
  const count = model.events.length;
  const end = computed(() => (mode.value === 'time' ? model.endTime : count));
  const from = signal(0);
  const to = signal(model.endTime);

  const ofTime = (time: number): number => {
    if (mode.value === 'time') return time;
    const at = model.lastAt(time);
    const begin = model.timeOf(at);
    const length = model.timeOf(at + 1) - begin;
    return at + 1 + (length > 0 ? Math.min(1, (time - begin) / length) : 0);
  };
  const show = (first: number, last: number): void => {
    const least = mode.value === 'time' ? 200 : 8;
    const width = Math.max(least, Math.min(end.value * 1.02, last - first));
    const left = Math.max(-0.01 * end.value, Math.min(first, end.value * 1.01 - width));
    batch(() => {
      from.value = left;
      to.value = left + width;
    });
  };
  const fit = (): void => show(0, end.value);
  const toTime = (coordinate: number): number => {
    if (mode.value === 'time') return coordinate;
    const at = Math.floor(coordinate) - 1;
    const begin = model.timeOf(at);
    return begin + (coordinate - 1 - at) * (model.timeOf(at + 1) - begin);
  };
  return {
    mode,
    setMode(wanted) {
      const all = to.value - from.value >= end.value * 0.98;
      const first = toTime(from.value);
      const last = toTime(to.value);
      batch(() => {
        mode.value = wanted;
        if (all) fit();
        else show(ofTime(first), ofTime(last));
      });
    },
    from,
    to,
    end,
    of: (at) => (mode.value === 'time' ? model.timeOf(at) : at + 1),
    ofTime,
    toTime,
    lastAt: (coordinate) =>
      mode.value === 'time' ? firstAbove(model.times, coordinate) - 1 : Math.min(count - 1, Math.floor(coordinate) - 1),
    show,
    fit,
    pan: (share) => show(from.value + share * (to.value - from.value), to.value + share * (to.value - from.value)),
    zoom(factor, around) {
      show(around - (around - from.value) * factor, around + (to.value - around) * factor);
    },
    reveal(coordinate) {
      const width = to.value - from.value;
      if (coordinate >= from.value && coordinate <= to.value) return;
      show(coordinate - width * 0.3, coordinate + width * 0.7);
    },
  };
}
