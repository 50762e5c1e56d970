import type { TestProject } from 'vitest/node';
import { build } from '../bin/build.js';

/**
 * Tests import the sources, the command runs dist: both must be the same code. TypeScript writes its output in spite of type
 * errors (`npm run lint` is where those fail), so the tests go on, and the errors are shown.
 */
export function setup(project: TestProject): void {
  buildBoth();
  project.onTestsRerun(buildBoth);
}

function buildBoth(): void {
  report('code', build('code'));
  if (mayNeedPage()) report('page', build('page'));
}

/** Whoever runs one room's tests should not wait for the page of another. */
function mayNeedPage(): boolean {
  const filters = process.argv.slice(2).filter((word) => /^[^-].*\/|\.test/.test(word));
  return filters.length === 0 || filters.some((filter) => /visualizer|cli|page/.test(filter));
}

function report(target: string, built: { ok: boolean; output: string }): void {
  if (!built.ok) process.stderr.write(`\nThe build of the ${target} has errors:\n${built.output}\n\n`);
}
