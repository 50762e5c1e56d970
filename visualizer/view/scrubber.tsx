import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { useSignal, useSignalEffect } from '@preact/signals';
import type { RunModel } from '../model/run-model.js';
import { SPEEDS } from './player.js';
import { clockText } from './time-ticks.js';
import { useRun } from './view-context.js';

/** Where we are in the whole run, and the buttons to move. */
export function Scrubber(): JSX.Element {
  const { model, player } = useRun();
  const last = model.events.length - 1;
  return (
    <section class="scrubber" aria-label="Time">
      <Transport />
      <output class="clock">
        <strong>{clockText(player.now.value)}</strong>
        <span data-testid="event-number">
          event {player.cursor.value < 0 ? 0 : (model.events[player.cursor.value]?.id ?? 0)} of{' '}
          {model.events[last]?.id ?? 0}
        </span>
      </output>
      <div class="track">
        <TrackMarks />
        <input
          type="range"
          min={0}
          max={model.endTime}
          step={1}
          aria-label="Instant of the run"
          aria-valuetext={`${clockText(player.now.value)}, event ${player.cursor.value + 1}`}
          value={player.now.value}
          onInput={(event) => {
            player.playing.value = false;
            player.seek(Number(event.currentTarget.value));
          }}
        />
      </div>
      <label class="inline-label">
        <span class="visually-hidden">Speed</span>
        <select
          value={String(player.speed.value)}
          aria-label="Speed"
          onChange={(event) => (player.speed.value = Number(event.currentTarget.value))}
        >
          {SPEEDS.map((speed, index) => (
            <option key={speed.rate} value={String(index)}>
              {speed.says}
            </option>
          ))}
        </select>
      </label>
      <Announcer />
    </section>
  );
}

function Transport(): JSX.Element {
  const { player } = useRun();
  return (
    <div class="transport">
      <button
        type="button"
        class="icon"
        aria-label="To the start"
        title="To the start (Home)"
        onClick={() => player.step(-Infinity)}
      >
        <Icon path="M5 4v12M16 4 8 10l8 6z" />
      </button>
      <button
        type="button"
        class="icon"
        aria-label="One event back"
        title="One event back (←)"
        onClick={() => player.step(-1)}
      >
        <Icon path="M14 4 6 10l8 6z" />
      </button>
      <button
        type="button"
        class="icon play"
        aria-label={player.playing.value ? 'Pause' : 'Play'}
        title={player.playing.value ? 'Pause (space)' : 'Play (space)'}
        onClick={() => player.togglePlay()}
      >
        <Icon path={player.playing.value ? 'M6 4h3v12H6zM11 4h3v12h-3z' : 'M6 3.5 16 10 6 16.5z'} />
      </button>
      <button
        type="button"
        class="icon"
        aria-label="One event on"
        title="One event on (→)"
        onClick={() => player.step(1)}
      >
        <Icon path="M6 4l8 6-8 6z" />
      </button>
      <button
        type="button"
        class="icon"
        aria-label="To the end"
        title="To the end (End)"
        onClick={() => player.step(Infinity)}
      >
        <Icon path="M15 4v12M4 4l8 6-8 6z" />
      </button>
    </div>
  );
}

function Icon(props: { readonly path: string }): JSX.Element {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={props.path} fill="currentColor" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />
    </svg>
  );
}

/** Faults as bands and violations as marks along the whole run. */
function TrackMarks(): JSX.Element {
  const { model } = useRun();
  const share = (at: number): string => `${((100 * model.timeOf(at)) / model.endTime).toFixed(3)}%`;
  const leaders = useMemo(() => leaderSpans(model), [model]);
  return (
    <svg class="track-marks" preserveAspectRatio="none" aria-hidden="true">
      {leaders.map((span) => (
        <rect
          key={span.from}
          x={share(span.from)}
          width={width(model, span.from, span.to)}
          y="0"
          height="5"
          class="track-leader"
        />
      ))}
      {model.faults.slice(0, 500).map((fault) => (
        <rect
          key={fault.fault}
          x={share(fault.beginsAt)}
          width={width(model, fault.beginsAt, fault.endsAt)}
          y="23"
          height="5"
          class="track-fault"
        />
      ))}
      {model.story
        .filter((item) => item.kind === 'violation')
        .map((item) => (
          <rect key={item.at} x={share(item.at)} width="3" y="0" height="28" class="track-violation" />
        ))}
    </svg>
  );
}

function width(model: RunModel, from: number, to: number): string {
  return `${Math.max(0.15, (100 * (model.timeOf(to) - model.timeOf(from))) / model.endTime).toFixed(3)}%`;
}

function leaderSpans(model: RunModel): readonly { readonly from: number; readonly to: number }[] {
  return [...model.lanes.values()]
    .flatMap((lane) => lane.roles.filter((span) => model.roles.get(span.role.name)?.leads === true))
    .slice(0, 500);
}

/** Tells assistive technology what a step led to; silent while playing. */
function Announcer(): JSX.Element {
  const { player, announcement } = useRun();
  const said = useSignal('');
  useSignalEffect(() => {
    if (!player.playing.value) said.value = announcement.value;
  });
  return (
    <p class="visually-hidden" aria-live="polite">
      {said.value}
    </p>
  );
}
