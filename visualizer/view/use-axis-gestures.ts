import { useEffect } from 'preact/hooks';
import type { RefObject } from 'preact';
import type { Axis } from './axis.js';
import { GUTTER } from './space-time-geometry.js';

/** Pixels that a pointer may wander and still have clicked. */
const CLICK_SLACK = 4;

export interface GestureHandlers {
  readonly onClick: (x: number, y: number) => void;
  readonly onHover: (x: number, y: number) => void;
  readonly onLeave: () => void;
  /** Above this line a drag scrubs instead of moving the window. */
  readonly scrubBelow: number;
  readonly onScrub: (x: number) => void;
}

/** Wheel to zoom, drag to move, Shift or a sideways wheel to move, a drag on the axis to scrub. */
export function useAxisGestures(
  ref: RefObject<HTMLElement | null>,
  axis: Axis,
  handlers: RefObject<GestureHandlers | null>,
): void {
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    let drag: { x: number; y: number; moved: boolean; scrub: boolean; lastX: number } | null = null;
    const place = (event: MouseEvent): { x: number; y: number } => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const perPixel = (): number => (axis.to.value - axis.from.value) / Math.max(1, element.clientWidth - GUTTER - 10);
    const onWheel = (event: WheelEvent): void => {
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      event.preventDefault();
      if (sideways) {
        const by = (event.deltaX === 0 ? event.deltaY : event.deltaX) * perPixel();
        axis.show(axis.from.value + by, axis.to.value + by);
        return;
      }
      const around = axis.from.value + (place(event).x - GUTTER) * perPixel();
      axis.zoom(1.0015 ** (event.deltaY * (event.deltaMode === 1 ? 20 : 1)), around);
    };
    const onDown = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      const { x, y } = place(event);
      const scrub = y < (handlers.current?.scrubBelow ?? 0);
      drag = { x, y, moved: false, scrub, lastX: x };
      element.setPointerCapture(event.pointerId);
      if (scrub) handlers.current?.onScrub(x);
    };
    const onMove = (event: PointerEvent): void => {
      const { x, y } = place(event);
      if (drag === null) {
        handlers.current?.onHover(x, y);
        return;
      }
      if (Math.abs(x - drag.x) > CLICK_SLACK) drag.moved = true;
      if (drag.scrub) handlers.current?.onScrub(x);
      else if (drag.moved) {
        const by = (drag.lastX - x) * perPixel();
        axis.show(axis.from.value + by, axis.to.value + by);
      }
      drag.lastX = x;
    };
    const onUp = (event: PointerEvent): void => {
      const { x, y } = place(event);
      if (drag !== null && !drag.moved && !drag.scrub) handlers.current?.onClick(x, y);
      drag = null;
    };
    const onLeave = (): void => handlers.current?.onLeave();
    const onCancel = (): void => {
      drag = null;
    };
    const listening = new AbortController();
    const { signal } = listening;
    element.addEventListener('wheel', onWheel, { passive: false, signal });
    element.addEventListener('pointerdown', onDown, { signal });
    element.addEventListener('pointermove', onMove, { signal });
    element.addEventListener('pointerup', onUp, { signal });
    element.addEventListener('pointercancel', onCancel, { signal });
    element.addEventListener('pointerleave', onLeave, { signal });
    return () => listening.abort();
  }, [ref, axis, handlers]);
}
