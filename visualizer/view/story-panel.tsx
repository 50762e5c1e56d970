import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useComputed, useSignal } from '@preact/signals';
import type { StoryItem, StoryKind } from '../model/story.js';
import { secondsText } from './time-ticks.js';
import { useRun } from './view-context.js';

const KINDS: readonly { readonly kind: StoryKind; readonly says: string; readonly sign: string }[] = [
  { kind: 'fault', says: 'faults', sign: '⚡' },
  { kind: 'role', says: 'roles', sign: '◆' },
  { kind: 'mark', says: 'marks', sign: '⚑' },
  { kind: 'violation', says: 'violations', sign: '✗' },
];

/** So many lines at once; a longer story shows those around the cursor. */
const LINES_MAX = 240;

/** The run as a person would tell it. */
export function StoryPanel(): JSX.Element {
  const { model, player } = useRun();
  const hidden = useSignal<ReadonlySet<StoryKind>>(new Set());
  const items = useComputed(() => model.story.filter((item) => !hidden.value.has(item.kind)));
  const here = useComputed(() => items.value.findLastIndex((item) => item.at <= player.cursor.value));
  const start = Math.max(0, Math.min(items.value.length - LINES_MAX, here.value - LINES_MAX / 2));
  const shown = items.value.slice(start, start + LINES_MAX);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const current = list.current?.querySelector<HTMLElement>('[aria-current]');
    if (current === null || current === undefined || list.current === null) return;
    const box = list.current.getBoundingClientRect();
    const line = current.getBoundingClientRect();
    if (line.top < box.top) list.current.scrollTop -= box.top - line.top + 8;
    else if (line.bottom > box.bottom) list.current.scrollTop += line.bottom - box.bottom + 8;
  }, [here.value]);
  const toggle = (kind: StoryKind): void => {
    const next = new Set(hidden.value);
    if (!next.delete(kind)) next.add(kind);
    hidden.value = next;
  };
  return (
    <section class="panel story" aria-labelledby="story-title">
      <header class="panel-head">
        <h2 id="story-title">Story</h2>
        <div class="chips" role="group" aria-label="Show">
          {KINDS.map(({ kind, says }) => (
            <button
              type="button"
              key={kind}
              class="chip"
              aria-pressed={!hidden.value.has(kind)}
              onClick={() => toggle(kind)}
            >
              {says}
            </button>
          ))}
        </div>
      </header>
      <div class="scroll-y" ref={list} tabIndex={0} role="group" aria-label="What happened, in order">
        {shown.length === 0 ? (
          <p class="quiet">Nothing to tell: no faults, changes of role, marks or violations.</p>
        ) : null}
        {start > 0 ? <p class="quiet">… {start} earlier</p> : null}
        <ol class="story-list">
          {shown.map((item, index) => (
            <StoryLine
              key={start + index}
              item={item}
              current={start + index === here.value}
              future={item.at > player.cursor.value}
            />
          ))}
        </ol>
        {start + shown.length < items.value.length ? (
          <p class="quiet">… {items.value.length - start - shown.length} later</p>
        ) : null}
      </div>
    </section>
  );
}

function StoryLine(props: {
  readonly item: StoryItem;
  readonly current: boolean;
  readonly future: boolean;
}): JSX.Element {
  const { model, player, axis } = useRun();
  const { item, current, future } = props;
  return (
    <li>
      <button
        type="button"
        class={`story-line ${item.kind} ${future ? 'future' : ''}`}
        {...(current ? { 'aria-current': 'step' as const } : {})}
        onClick={() => {
          player.playing.value = false;
          player.goTo(item.at);
          axis.reveal(axis.of(item.at));
        }}
      >
        <time>{secondsText(model.timeOf(item.at))}</time>
        <span class="sign" aria-hidden="true">
          {KINDS.find(({ kind }) => kind === item.kind)?.sign}
        </span>
        <span class="grow">
          {item.text}
          {item.times > 1 ? ` (${item.times} times)` : ''}
        </span>
      </button>
    </li>
  );
}
