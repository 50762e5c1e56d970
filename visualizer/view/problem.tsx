import type { JSX } from 'preact';
import type { RunProblem } from '../source/run-source.js';
import { Brand } from './run-header.js';

/** Instead of a run: what is wrong, and what to do. */
export function Problem(props: RunProblem): JSX.Element {
  return (
    <main class="problem">
      <Brand />
      <h1>{props.title}</h1>
      <p>{props.detail}</p>
      <h2>To see a run here</h2>
      <p>
        <code>npx splitbrain run raft/minority-partition --html run.html</code> writes a page like this one with the run
        inside.
      </p>
      <p>
        <code>npx splitbrain open trace.jsonl</code> shows a trace that was recorded with <code>--trace</code>.
      </p>
    </main>
  );
}
