import type { EvidenceData } from '../checkers/index.js';
import { EVIDENCE_SCRIPT } from './evidence-script.js';

const STYLE = `
:root { color-scheme: light dark; --page: #fff; --ink: #1a1a1a; --quiet: #444; --line: #bbb; --control: #f6f6f6; --edge: #888; --part: #fff1b8; --part-edge: #665200; --focus: #1459c7; --bar: #dbe6f5; --bar-edge: #567; --failed: #eee; --nowhere: #f7c6c6; --wrong: #a11; --fault: #f6cfae; --fault-shade: #fdf1e7; --leader: #cfe0f7; }
@media (prefers-color-scheme: dark) { :root { --page: #10141a; --ink: #eaeef3; --quiet: #aab5c1; --line: #3a4552; --control: #232b35; --edge: #6d7986; --part: #544a12; --part-edge: #f0e442; --focus: #56b4e9; --bar: #22374d; --bar-edge: #7b93ab; --failed: #262b31; --nowhere: #6b2226; --wrong: #ff9a8f; --fault: #6b4318; --fault-shade: #241a11; --leader: #1f4468; } }
body { margin: 0; font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--page); display: grid; grid-template-columns: 22rem 1fr; grid-template-rows: auto 1fr auto; height: 100vh; }
header { grid-column: 1 / 3; padding: 0.6rem 1rem; border-bottom: 1px solid var(--line); display: flex; gap: 1.5rem; align-items: baseline; flex-wrap: wrap; }
h1 { font-size: 1.15rem; margin: 0; } h2 { font-size: 1rem; margin: 0.8rem 0 0.3rem; }
aside { overflow: auto; padding: 0 1rem 1rem; border-right: 1px solid var(--line); overflow-wrap: anywhere; }
aside ul { list-style: none; padding: 0; margin: 0; }
button { font: inherit; text-align: left; width: 100%; margin: 0.15rem 0; padding: 0.3rem 0.5rem; border: 1px solid var(--edge); border-radius: 4px; background: var(--control); color: inherit; cursor: pointer; }
button[aria-pressed='true'] { background: var(--part); border-color: var(--part-edge); }
main { min-width: 0; min-height: 0; } canvas { width: 100%; height: 100%; display: block; touch-action: none; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: -3px; }
footer p { margin: 0; }
footer { grid-column: 1 / 3; border-top: 1px solid var(--line); padding: 0.4rem 1rem; min-height: 1.5rem; overflow-wrap: anywhere; }
.help { color: var(--quiet); }
@media (max-width: 50rem) { body { grid-template-columns: 1fr; grid-template-rows: auto auto 60vh auto; height: auto; } header, footer { grid-column: 1; } aside { border-right: 0; } }
`;

const MARKS = { ok: '✓', violation: '✗', undecided: '?' } as const;

/**
 * A page that shows a verdict and the whole history behind it: one file, which asks nobody for anything. What the history holds is
 * data in it, and is shown as text.
 */
export function evidencePage(data: EvidenceData): string {
  const title = markup(`${MARKS[data.verdict]} ${data.title}`);
  // Inside of a script element only `<` could end it.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<span>${data.bars.length} operations, ${data.lanes.length} processes</span>
<label>Key <select id="key"><option value="-1">all</option></select></label>
</header>
<aside aria-label="What was found">
<h2>Found</h2>
<ul id="findings"></ul>
<div id="about"></div>
<h2>Keyboard and mouse</h2>
<p class="help" id="help">In the picture: left and right, the operation before and after; up and down, another client; + and −, closer and farther; 0, all; n, the next thing found. Drag to move, Ctrl and the wheel to zoom.</p>
</aside>
<main>
<canvas id="time-line" tabindex="0" role="application" aria-label="Operations over time" aria-describedby="help"></canvas>
</main>
<footer><p id="details" role="status" aria-live="polite"></p></footer>
<script type="application/json" id="data">${json}</script>
<script>${EVIDENCE_SCRIPT}</script>
</body>
</html>
`;
}

function markup(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
