import type { JSX, RefObject } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { useSignal, type Signal } from '@preact/signals';
import { formatDuration } from '../../engine/index.js';
import { describeOperation, type Operation } from '../model/operations.js';
import { readEvidence } from '../model/evidence.js';
import { formatPlain } from '../model/format-plain.js';
import { drawHistory, historyFrame, historyRows, HISTORY_ROW, operationAt, type HistoryFrame } from './history-draw.js';
import { GUTTER } from './space-time-geometry.js';
import { cursorCoordinate } from './space-time-overlay.js';
import { theme } from './theme.js';
import { useLayers, useSize } from './use-canvas.js';
import { useAxisGestures, type GestureHandlers } from './use-axis-gestures.js';
import { useRun } from './view-context.js';

const EVERY_KEY = '';

interface Tip {
  readonly x: number;
  readonly y: number;
  readonly operation: Operation;
}

/** What clients asked and got: a bar from call to answer, one row a process. */
export function ClientHistory(): JSX.Element {
  const { model } = useRun();
  const keys = useMemo(
    () => [
      ...new Set(
        model.operations
          .filter((operation) => operation.key !== undefined)
          .map((operation) => formatPlain(operation.key, 30)),
      ),
    ],
    [model],
  );
  const key = useSignal(EVERY_KEY);
  const rows = useMemo(
    () =>
      historyRows(
        model.operations.filter((operation) => key.value === EVERY_KEY || formatPlain(operation.key, 30) === key.value),
      ),
    [model, key.value],
  );
  return (
    <section class="panel history" aria-labelledby="history-title">
      <header class="panel-head">
        <h2 id="history-title">What the clients saw</h2>
        <ul class="legend" aria-label="Outcomes">
          <li>
            <span class="bar-swatch ok" /> ok
          </li>
          <li>
            <span class="bar-swatch fail" /> ⊘ failed
          </li>
          <li>
            <span class="bar-swatch unknown" /> ? unknown
          </li>
          {model.marked.size > 0 ? (
            <li>
              <span class="bar-swatch bad" /> ✗ fits nowhere
            </li>
          ) : null}
        </ul>
        {keys.length > 1 ? (
          <label class="inline-label">
            key{' '}
            <select value={key.value} onChange={(event) => (key.value = event.currentTarget.value)}>
              <option value={EVERY_KEY}>all</option>
              {keys.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        ) : null}
      </header>
      <MarkedOperations />
      {rows.length === 0 ? (
        <p class="quiet">No client asked for anything in this run.</p>
      ) : (
        <HistoryCanvas rows={rows} />
      )}
    </section>
  );
}

function MarkedOperations(): JSX.Element | null {
  const { model, player } = useRun();
  const marked = model.operations.filter((operation) => model.marked.has(operation.invoke));
  if (marked.length === 0) return null;
  const explanations = model.record.footer.violations.flatMap(
    (violation) => readEvidence(violation.evidence).explanation ?? [],
  );
  return (
    <div class="marked" data-testid="marked-operations">
      {marked.map((operation) => (
        <button
          type="button"
          key={operation.invoke}
          class="marked-operation"
          onClick={() => player.goTo(operation.endsAt < model.events.length ? operation.endsAt : operation.beginsAt)}
        >
          <span aria-hidden="true">✗</span> {describeOperation(operation)} by{' '}
          {operation.client ?? `process ${operation.process}`} fits nowhere
        </button>
      ))}
      {explanations.map((explanation) => (
        <p key={explanation}>{explanation}</p>
      ))}
    </div>
  );
}

function HistoryCanvas(props: { readonly rows: ReturnType<typeof historyRows> }): JSX.Element {
  const { rows } = props;
  const { model, player, axis } = useRun();
  const scroller = useRef<HTMLDivElement>(null);
  const surface = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const size = useSize(scroller);
  const frame = useRef<HistoryFrame | null>(null);
  const tip = useSignal<Tip | null>(null);

  const redraw = useLayers(
    size,
    rows,
    {
      canvas: base,
      watch: () => void [axis.from.value, axis.to.value, axis.mode.value, theme.value],
      draw(context) {
        frame.current = historyFrame(axis, size.width, size.height, scroller.current?.scrollTop ?? 0);
        drawHistory(context, model, axis, rows, frame.current, theme.value);
      },
    },
    {
      canvas: over,
      watch: () => void [player.now.value, player.cursor.value],
      draw(context) {
        const x = frame.current?.x(cursorCoordinate(model, axis, player)) ?? 0;
        if (x < GUTTER) return;
        context.fillStyle = theme.value['--accent'];
        context.fillRect(x - 1, 0, 2, size.height);
      },
    },
  );
  const handlers = useHandlers(rows, scroller, frame, tip);
  useAxisGestures(surface, axis, handlers);
  return (
    <div
      class="scroll-y"
      ref={scroller}
      onScroll={redraw}
      tabIndex={0}
      role="group"
      aria-label={`Client history: ${model.operations.length} operations of ${rows.length} processes, on the same axis as the messages.`}
    >
      <div class="surface sticky-canvases" ref={surface} style={`height: ${rows.length * HISTORY_ROW}px`}>
        <div class="stick">
          <canvas ref={base} aria-hidden="true" />
          <canvas ref={over} aria-hidden="true" />
        </div>
        {tip.value === null ? null : (
          <div class="tip" style={tipPlace(tip.value.x, tip.value.y, size.width)}>
            <OperationTip operation={tip.value.operation} />
          </div>
        )}
      </div>
    </div>
  );
}

/** What the pointer does in the history. */
function useHandlers(
  rows: ReturnType<typeof historyRows>,
  scroller: RefObject<HTMLElement | null>,
  frame: RefObject<HistoryFrame | null>,
  tip: Signal<Tip | null>,
): RefObject<GestureHandlers | null> {
  const { model, player, axis } = useRun();
  const handlers = useRef<GestureHandlers | null>(null);
  const hit = (x: number, y: number): Operation | undefined => {
    const top = scroller.current?.scrollTop ?? 0;
    return frame.current === null ? undefined : operationAt(rows, axis, frame.current, x, y - top);
  };
  handlers.current = {
    scrubBelow: 0,
    onScrub: () => undefined,
    onClick(x, y) {
      const operation = hit(x, y);
      player.playing.value = false;
      if (operation !== undefined && frame.current !== null) {
        const middle = (frame.current.x(axis.of(operation.beginsAt)) + frame.current.x(axis.of(operation.endsAt))) / 2;
        player.goTo(x > middle && operation.endsAt < model.events.length ? operation.endsAt : operation.beginsAt);
      }
    },
    onHover(x, y) {
      const operation = hit(x, y);
      tip.value = operation === undefined ? null : { x, y, operation };
    },
    onLeave() {
      tip.value = null;
    },
  };
  return handlers;
}

function tipPlace(x: number, y: number, width: number): string {
  return `${x > width * 0.6 ? `right: ${width - x + 14}px` : `left: ${x + 14}px`}; top: ${y + 14}px`;
}

function OperationTip(props: { readonly operation: Operation }): JSX.Element {
  const { model } = useRun();
  const { operation } = props;
  const begin = model.timeOf(operation.beginsAt);
  const words = { ok: 'acknowledged', fail: 'surely did not happen', unknown: 'nobody knows whether it happened' }[
    operation.outcome
  ];
  return (
    <>
      <strong>{describeOperation(operation)}</strong>
      <span>
        {words}
        {operation.error === null ? '' : ` (${operation.error})`}
      </span>
      <span>
        {formatDuration(begin)}
        {operation.outcome === 'unknown' ? ' → …' : ` → ${formatDuration(model.timeOf(operation.endsAt))}`}
        {operation.node === null ? '' : ` · ${operation.node}`}
      </span>
      {model.marked.has(operation.invoke) ? <strong class="bad-text">✗ fits nowhere</strong> : null}
    </>
  );
}
