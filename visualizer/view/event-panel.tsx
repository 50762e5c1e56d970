import type { JSX } from 'preact';
import { useComputed } from '@preact/signals';
import { describeEvent } from '../model/sentences.js';
import { clockText, secondsText } from './time-ticks.js';
import { PlainTree } from './plain-tree.js';
import { useRun } from './view-context.js';

const NO_PATHS: ReadonlySet<string> = new Set();
/** The rest of a long chain is behind a button. */
const LINKS_MAX = 12;

/** The event at the cursor, and why it happened. */
export function EventPanel(): JSX.Element {
  const { model, player } = useRun();
  const event = model.events[player.cursor.value];
  // A message's content is written where it is sent.
  const sent = event?.msg === undefined ? undefined : model.messages.sends.get(event.msg);
  const content = event?.body ?? (sent === undefined ? undefined : model.events[sent]?.body);
  return (
    <section class="panel event" aria-labelledby="event-title">
      <header class="panel-head">
        <h2 id="event-title">This event</h2>
        {event === undefined ? null : (
          <span class="quiet">
            #{event.id} · {clockText(event.time)}
          </span>
        )}
      </header>
      <div class="scroll-y" tabIndex={0} role="group" aria-label="The event and what led to it">
        {event === undefined ? (
          <p class="quiet">Nothing has happened yet. Press → for the first event, or space to play.</p>
        ) : (
          <>
            <p class="event-sentence" data-testid="event-sentence">
              {describeEvent(event)}
            </p>
            {content === undefined || content === null ? null : (
              <div class="event-body">
                <PlainTree value={content} name="content" path="" changed={NO_PATHS} open />
              </div>
            )}
            <Why />
          </>
        )}
      </div>
    </section>
  );
}

function Why(): JSX.Element {
  const { model, player } = useRun();
  const links = useComputed(() => player.chain.value.slice(1));
  if (player.playing.value) return <p class="quiet">Pause to see what led here.</p>;
  const all = links.value;
  if (all.length === 0)
    return <p class="quiet">Nothing led to this: it stands in the plan of the run, or begins it.</p>;
  const first = all.at(-1);
  const shown = all.slice(0, LINKS_MAX);
  return (
    <div class="why">
      <h3>Why</h3>
      <ol>
        {shown.map((at) => {
          const event = model.events[at];
          return event === undefined ? null : (
            <li key={at}>
              <button type="button" class="link-row" onClick={() => player.goTo(at)}>
                <span class="arrow" aria-hidden="true">
                  ↑
                </span>
                <span class="grow">because {describeEvent(event)}</span>
                <time>{secondsText(event.time)}</time>
              </button>
            </li>
          );
        })}
      </ol>
      {all.length > LINKS_MAX && first !== undefined ? (
        <button type="button" class="link-row" onClick={() => player.goTo(first)}>
          … {all.length - LINKS_MAX} further links; go to the first
        </button>
      ) : null}
    </div>
  );
}
