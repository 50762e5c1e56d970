import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import { computed, effect, signal } from '@preact/signals';
import type { RunRecord } from '../../engine/index.js';
import { buildRunModel } from '../model/run-model.js';
import { describeEvent } from '../model/sentences.js';
import { createAxis } from './axis.js';
import { Cluster } from './cluster.js';
import { EventPanel } from './event-panel.js';
import { Help } from './help.js';
import { ClientHistory } from './history.js';
import { handleKey } from './keys.js';
import { createPlayer } from './player.js';
import { RunHeader, Violations } from './run-header.js';
import { Scrubber } from './scrubber.js';
import { SpaceTime } from './space-time.js';
import { StatePanel } from './state-panel.js';
import { StoryPanel } from './story-panel.js';
import { RunContext, type ViewContext } from './view-context.js';

export interface AppProps {
  readonly record: RunRecord;
  readonly notices: readonly string[];
}

/** Events beyond which a failing run is not shown whole at first, and how many of them are then. */
const LONG_RUN = 3_000;
const SHOWN_BEFORE = 600;
const SHOWN_AFTER = 200;

/** The whole page for one run. */
export function App(props: AppProps): JSX.Element {
  const { record, notices } = props;
  const view = useMemo(() => createView(record), [record]);
  useEffect(() => {
    document.title = `${record.header.scenario} · seed ${record.header.seed} · splitbrain`;
  }, [record]);
  // Before the first paint: whoever sees the page may already press a key.
  useLayoutEffect(() => listenToKeys(view), [view]);
  useEffect(() => keepPlaying(view), [view]);
  return (
    <RunContext.Provider value={view}>
      <RunHeader />
      <Violations />
      {notices.length > 0 ? (
        <ul class="notices" role="status">
          {notices.slice(0, 5).map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      ) : null}
      <main>
        <div class="column column-left">
          <Cluster />
          <StatePanel />
        </div>
        <div class="column column-middle">
          <SpaceTime />
          <ClientHistory />
        </div>
        <div class="column column-right">
          <EventPanel />
          <StoryPanel />
        </div>
      </main>
      <Scrubber />
      <Help />
    </RunContext.Provider>
  );
}

function createView(record: RunRecord): ViewContext {
  const model = buildRunModel(record);
  const player = createPlayer(model);
  const axis = createAxis(model);
  // A failing run opens where it failed: that is what one came for.
  const violation = model.story.find((item) => item.kind === 'violation');
  if (violation === undefined) player.seek(0);
  else {
    player.goTo(violation.at);
    // Of a long run, the part that led there is worth the whole width.
    if (model.events.length > LONG_RUN)
      axis.show(axis.of(violation.at - SHOWN_BEFORE), axis.of(violation.at + SHOWN_AFTER));
  }
  const announcement = computed(() => {
    const event = model.events[player.cursor.value];
    return event === undefined ? 'before the first event' : `Event ${event.id}: ${describeEvent(event)}`;
  });
  return { model, player, axis, pinnedNode: signal(null), helpOpen: signal(false), announcement };
}

function listenToKeys(view: ViewContext): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (!event.defaultPrevented && handleKey(event, view)) event.preventDefault();
  };
  // A button that was clicked with a pointer would take the space bar, which plays.
  const onClick = (event: MouseEvent): void => {
    const button = event.detail > 0 && event.target instanceof Element ? event.target.closest('button') : null;
    if (button?.closest('dialog') === null) button.blur();
  };
  addEventListener('keydown', onKey);
  addEventListener('click', onClick);
  return () => {
    removeEventListener('keydown', onKey);
    removeEventListener('click', onClick);
  };
}

/** Lets time pass while playing, and keeps the cursor in the window. */
function keepPlaying(view: ViewContext): () => void {
  const { player, axis } = view;
  return effect(() => {
    if (!player.playing.value) return;
    let last = performance.now();
    let frame = requestAnimationFrame(function tick(time) {
      // A tab that slept does not leap.
      player.advance(Math.min(0.1, Math.max(0, time - last) / 1_000));
      last = time;
      axis.reveal(axis.ofTime(player.now.peek()));
      if (player.playing.peek()) frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  });
}
