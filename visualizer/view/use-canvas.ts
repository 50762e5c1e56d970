import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

export interface CanvasSize {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** Follows the size of an element, in CSS pixels. */
export function useSize(ref: RefObject<HTMLElement | null>): CanvasSize {
  const [size, setSize] = useState<CanvasSize>({ width: 0, height: 0, ratio: 1 });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight, ratio: Math.min(3, devicePixelRatio || 1) });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** A drawing surface of this size, cleared and scaled to CSS pixels. */
function prepareCanvas(canvas: HTMLCanvasElement, size: CanvasSize): CanvasRenderingContext2D | null {
  const width = Math.max(1, Math.round(size.width * size.ratio));
  const height = Math.max(1, Math.round(size.height * size.ratio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  return context;
}

export interface Layer {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  /** Reads every signal that the drawing depends on. */
  readonly watch: () => void;
  readonly draw: (context: CanvasRenderingContext2D) => void;
}

/**
 * Two canvases above each other, so that what moves often is not drawn with what does not. The upper one is drawn
 * again whenever the lower one is.
 *
 * @param model a new one means that everything is drawn again.
 * @returns draws both layers again.
 */
export function useLayers(size: CanvasSize, model: unknown, lower: Layer, upper: Layer): () => void {
  const paint = (layer: Layer): void => {
    const canvas = layer.canvas.current;
    const context = canvas === null || size.width === 0 ? null : prepareCanvas(canvas, size);
    if (context !== null) layer.draw(context);
  };
  const askUpper = useFrame(() => paint(upper));
  const askLower = useFrame(() => {
    paint(lower);
    askUpper();
  });
  const follow = (watch: () => void, ask: () => void): (() => void) =>
    effect(() => {
      watch();
      ask();
    });
  useEffect(() => follow(lower.watch, askLower), [size, model]);
  useEffect(() => follow(upper.watch, askUpper), [size, model]);
  return askLower;
}

/** Runs `draw` at most once a frame, however often it is asked for. */
function useFrame(draw: () => void): () => void {
  const latest = useRef(draw);
  latest.current = draw;
  const asked = useRef(0);
  const ask = useRef(() => {
    if (asked.current !== 0) return;
    asked.current = requestAnimationFrame(() => {
      asked.current = 0;
      latest.current();
    });
  });
  useEffect(() => () => cancelAnimationFrame(asked.current), []);
  return ask.current;
}
