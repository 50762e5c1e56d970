import type { TestProject } from 'vitest/node';
import { build } from '../bin/build.js';

/**
 * Tests import the sources, the command runs dist: both must be the same code. TypeScript writes its output in spite of type
 * errors (`npm run lint` is where those fail), so the tests go on, and the errors are shown.
 */
export default function setup(project: TestProject): void {
  report('code', build('code'));
  const filters = project.vitest.filenamePattern ?? [];
  const mayNeedPage = filters.length === 0 || filters.some((filter) => /visualizer|cli|browser|page|docs/.test(filter));
  if (mayNeedPage) report('page', build('page'));
}

function report(target: string, built: { ok: boolean; output: string }): void {
  if (!built.ok) process.stderr.write(`\nThe build of the ${target} has errors:\n${built.output}\n\n`);
}
