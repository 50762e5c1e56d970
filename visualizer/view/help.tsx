import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useRun } from './view-context.js';

const KEYS: readonly (readonly [string, string])[] = [
  ['→ ←', 'one event on, one back'],
  ['Shift + → ←', 'move the diagrams'],
  ['Page Down, Page Up', 'fifty events on, back'],
  ['n, p', 'next and previous line of the story'],
  ['Space', 'play, pause'],
  ['Home, End', 'the start, the end'],
  ['+ −', 'zoom the diagrams in, out'],
  ['0', 'show the whole run'],
  ['v', 'go to the violation'],
  ['s', 'axis by time, by steps'],
  ['Esc', 'close this, follow the event again'],
  ['?', 'this help'],
];

/** Keys and signs. A dialog: the focus stays inside and comes back. */
export function Help(): JSX.Element {
  const { helpOpen } = useRun();
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => (helpOpen.value = false)}>
      <header class="panel-head">
        <h2 id="help-title">Keys and signs</h2>
        <button type="button" onClick={() => (helpOpen.value = false)}>
          close
        </button>
      </header>
      <dl class="keys">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p>
        In the diagrams, the wheel zooms at the pointer, a drag moves, and a drag along the top scrubs. A click on an
        event or a message goes there: the way back to what set it off is drawn in the colour of the cursor and told
        under <em>Why</em>.
      </p>
      <p>
        A slanted line is a message from its sending to its arrival; ✕ is where it was judged lost. A thick band is a
        node that leads. A tick above a lane is a timer, a flag is a mark of the protocol, a dotted lane is a node that
        is down. Bars are what clients asked: closed on the right when answered, open when nobody knows.
      </p>
    </dialog>
  );
}
