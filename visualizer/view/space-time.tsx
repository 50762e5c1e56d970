import type { JSX, RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { useSignal, type Signal } from '@preact/signals';
import { formatDuration } from '../../engine/index.js';
import { describeEvent } from '../model/sentences.js';
import { geometryOf, GUTTER, LANE_MIN, lanesHeight, type Geometry } from './space-time-geometry.js';
import { drawSpaceTime, type Drawn } from './space-time-draw.js';
import { drawOverlay, hitTest, type Hit } from './space-time-overlay.js';
import { messageColourName, theme } from './theme.js';
import { useLayers, useSize } from './use-canvas.js';
import { useAxisGestures, type GestureHandlers } from './use-axis-gestures.js';
import { useRun } from './view-context.js';

interface Tip {
  readonly x: number;
  readonly y: number;
  readonly hit: Hit;
}

/** A lane for every node and client, and every message as a line between them. */
export function SpaceTime(): JSX.Element {
  const { model, player, axis } = useRun();
  const surface = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const size = useSize(surface);
  const tip = useSignal<Tip | null>(null);
  const drawn = useSignal<Drawn>({ stride: 1, messages: 0 });
  const geometry = useRef<Geometry | null>(null);

  useLayers(
    size,
    model,
    {
      canvas: base,
      watch: () => void [axis.from.value, axis.to.value, axis.mode.value, theme.value],
      draw(context) {
        geometry.current = geometryOf(model, axis, size.width, size.height);
        const result = drawSpaceTime(context, model, axis, geometry.current, theme.value);
        const last = drawn.peek();
        if (result.stride !== last.stride || result.messages !== last.messages) drawn.value = result;
      },
    },
    {
      canvas: over,
      watch: () => void [player.now.value, player.cursor.value, player.playing.value, tip.value],
      draw(context) {
        if (geometry.current === null) return;
        drawOverlay(context, model, axis, player, geometry.current, theme.value, tip.value?.hit ?? null);
      },
    },
  );
  const handlers = useHandlers(geometry, drawn, tip);
  useAxisGestures(surface, axis, handlers);

  return (
    <section class="panel space-time" aria-labelledby="space-time-title">
      <header class="panel-head">
        <h2 id="space-time-title">Messages over time</h2>
        <AxisControls />
        <MessageLegend />
      </header>
      <div
        class="scroll-y"
        tabIndex={0}
        role="group"
        aria-label={diagramLabel(model.nodes.length, model.events.length)}
      >
        <div
          class="surface"
          ref={surface}
          style={`min-height: ${lanesHeight(model, LANE_MIN)}px; cursor: ${tip.value === null ? 'grab' : 'pointer'}`}
        >
          <canvas ref={base} aria-hidden="true" />
          <canvas ref={over} aria-hidden="true" />
          {tip.value === null ? null : <EventTip tip={tip.value} width={size.width} />}
        </div>
      </div>
      {drawn.value.stride > 1 ? (
        <p class="footnote" role="status">
          {drawn.value.messages.toLocaleString('en')} messages here: one in {drawn.value.stride} is drawn. Zoom in to
          see all.
        </p>
      ) : null}
    </section>
  );
}

/** What the pointer does in the diagram. */
function useHandlers(
  geometry: RefObject<Geometry | null>,
  drawn: Signal<Drawn>,
  tip: Signal<Tip | null>,
): RefObject<GestureHandlers | null> {
  const { model, player, axis } = useRun();
  const handlers = useRef<GestureHandlers | null>(null);
  const hit = (x: number, y: number): Hit | null =>
    geometry.current === null ? null : hitTest(model, axis, geometry.current, x, y, drawn.value.stride);
  const seek = (x: number): void => {
    player.playing.value = false;
    if (geometry.current !== null) player.seek(axis.toTime(geometry.current.coordinate(x)));
  };
  handlers.current = {
    scrubBelow: geometry.current?.axisHeight ?? 0,
    onScrub: seek,
    onClick(x, y) {
      const found = hit(x, y);
      player.playing.value = false;
      if (found !== null) player.goTo(found.at);
      else if (x > GUTTER) seek(x);
    },
    onHover(x, y) {
      const found = hit(x, y);
      tip.value = found === null ? null : { x, y, hit: found };
    },
    onLeave() {
      tip.value = null;
    },
  };
  return handlers;
}

function diagramLabel(nodes: number, events: number): string {
  return `Space-time diagram of ${nodes} nodes and ${events} events. Plus and minus zoom, Shift with the arrow keys moves, the arrow keys step through the events.`;
}

function EventTip(props: { readonly tip: Tip; readonly width: number }): JSX.Element | null {
  const { model } = useRun();
  const { x, y, hit } = props.tip;
  const event = model.events[hit.at];
  if (event === undefined) return null;
  const { leg } = hit;
  const flight =
    leg === null || leg.endedAt >= model.events.length
      ? null
      : `${leg.outcome === 'lost' ? 'lost' : 'arrives'} after ${formatDuration(model.timeOf(leg.endedAt) - model.timeOf(leg.sentAt))}${leg.why === null ? '' : ` (${leg.why})`}`;
  const side = x > props.width * 0.6 ? `right: ${props.width - x + 14}px` : `left: ${x + 14}px`;
  return (
    <div class="tip" style={`${side}; top: ${y + 14}px`}>
      <strong>{describeEvent(event)}</strong>
      <span>
        #{event.id} · {formatDuration(event.time)}
        {flight === null ? '' : ` · ${flight}`}
      </span>
    </div>
  );
}

function MessageLegend(): JSX.Element {
  const { model } = useRun();
  const { types } = model.messages;
  return (
    <ul class="legend" aria-label="Message types">
      {types.slice(0, 5).map((type) => (
        <li key={type}>
          <span class="swatch" style={`background: var(${messageColourName(types, type)})`} />
          {type}
        </li>
      ))}
      {types.length > 5 ? (
        <li title={types.slice(5).join(', ')}>
          <span class="swatch" style="background: var(--msg-other)" />
          {types.length === 6 ? types[5] : `${types.length - 5} others`}
        </li>
      ) : null}
      <li>
        <span class="cross" aria-hidden="true">
          ✕
        </span>
        lost
      </li>
    </ul>
  );
}

function AxisControls(): JSX.Element {
  const { axis } = useRun();
  const middle = (): number => (axis.from.value + axis.to.value) / 2;
  return (
    <div class="controls">
      <div class="segmented" role="group" aria-label="Axis">
        <button type="button" aria-pressed={axis.mode.value === 'time'} onClick={() => axis.setMode('time')}>
          time
        </button>
        <button
          type="button"
          aria-pressed={axis.mode.value === 'steps'}
          title="One step an event: quiet stretches take no room"
          onClick={() => axis.setMode('steps')}
        >
          steps
        </button>
      </div>
      <button type="button" class="icon" aria-label="Zoom out" onClick={() => axis.zoom(1.6, middle())}>
        −
      </button>
      <button type="button" class="icon" aria-label="Zoom in" onClick={() => axis.zoom(1 / 1.6, middle())}>
        +
      </button>
      <button type="button" onClick={() => axis.fit()}>
        fit
      </button>
    </div>
  );
}
