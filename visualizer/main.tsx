import { render } from 'preact';
import { RUN_ELEMENT_ID } from './embed/embed-run.js';
import { embeddedSource } from './source/embedded-source.js';
import type { RunSource } from './source/run-source.js';
import { App } from './view/app.js';
import { Problem } from './view/problem.js';

/** Draws whatever the source gives, and again when it has more. */
function show(source: RunSource, root: HTMLElement): void {
  const draw = (): void => {
    const reading = source.read();
    if (reading.ok) render(<App record={reading.record} notices={reading.notices} />, root);
    else render(<Problem {...reading.problem} />, root);
  };
  draw();
  source.onGrowth?.(draw);
}

const root = document.getElementById('app');
if (root !== null) show(embeddedSource(document, RUN_ELEMENT_ID), root);
