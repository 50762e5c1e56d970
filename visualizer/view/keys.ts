import type { ViewContext } from './view-context.js';

const PAGE = 50;

/** Does what a key stands for. @returns whether the key meant something. */
export function handleKey(event: KeyboardEvent, view: ViewContext): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return false;
  const { player, axis, model, helpOpen, pinnedNode } = view;
  if (event.key === '?') {
    helpOpen.value = !helpOpen.value;
    return true;
  }
  if (helpOpen.value) return false;
  const middle = axis.of(player.cursor.value);
  const around = middle >= axis.from.value && middle <= axis.to.value ? middle : (axis.from.value + axis.to.value) / 2;
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowLeft': {
      const by = event.key === 'ArrowRight' ? 1 : -1;
      if (event.shiftKey) axis.pan(0.15 * by);
      else step(view, by);
      return true;
    }
    case 'PageDown':
      step(view, PAGE);
      return true;
    case 'PageUp':
      step(view, -PAGE);
      return true;
    case 'Home':
      step(view, -Infinity);
      return true;
    case 'End':
      step(view, Infinity);
      return true;
    case ' ':
      // A focused button takes the space bar for itself.
      if (event.target instanceof HTMLButtonElement) return false;
      player.togglePlay();
      return true;
    case '+':
    case '=':
      axis.zoom(1 / 1.5, around);
      return true;
    case '-':
      axis.zoom(1.5, around);
      return true;
    case '0':
      axis.fit();
      return true;
    case 's':
      axis.setMode(axis.mode.value === 'time' ? 'steps' : 'time');
      return true;
    case 'n':
      jump(view, model.story.find((item) => item.at > player.cursor.value)?.at);
      return true;
    case 'p':
      jump(view, model.story.findLast((item) => item.at < player.cursor.value)?.at);
      return true;
    case 'v':
      jump(view, model.story.find((item) => item.kind === 'violation')?.at);
      return true;
    case 'Escape':
      pinnedNode.value = null;
      return true;
    default:
      return false;
  }
}

function step(view: ViewContext, by: number): void {
  view.player.step(by);
  view.axis.reveal(view.axis.of(view.player.cursor.value));
}

function jump(view: ViewContext, at: number | undefined): void {
  if (at === undefined) return;
  view.player.playing.value = false;
  view.player.goTo(at);
  view.axis.reveal(view.axis.of(at));
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return true;
  // The slider is the scrubber: stepping by events is better than by its own steps.
  return target instanceof HTMLInputElement && target.type !== 'range' && target.type !== 'checkbox';
}
