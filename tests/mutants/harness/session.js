// One vitest that stays up between mutants, in a process of its own: `run.js` sends it which files changed and what to run, and
// ends the process when a mutant loops for ever. Only a changed module is transformed again.

import path from 'node:path';
import { createVitest } from 'vitest/node';

const root = process.argv[2];

const vitest = await createVitest(
  'test',
  {
    root,
    // Not vitest.config.ts: its global set-up builds `dist`, which the tests of checkers do without.
    config: false,
    watch: false,
    include: ['tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/mutants/harness/first-failure.ts'],
    reporters: [{}],
    pool: 'threads',
    maxWorkers: 1,
    bail: 1,
    testTimeout: 60_000,
  },
  { logLevel: 'silent' },
);
await vitest.standalone();

/** @param {{ changed: string[], tests: string[] }} work */
async function run({ changed, tests }) {
  for (const file of changed) vitest.invalidateFile(path.join(root, file));
  for (const test of tests) {
    // What is left from the last run, of this file or another, would be told again.
    vitest.state.filesMap.clear();
    vitest.state.clearErrors();
    const specification = vitest.getRootProject().createSpecification(path.join(root, test));
    const { testModules } = await vitest.runTestSpecifications([specification]);
    const module = testModules[0];
    const [failed] = module?.children.allTests('failed') ?? [];
    if (failed !== undefined) return { verdict: 'killed', by: failed.fullName, test };
    if (!module?.ok()) return { verdict: 'broken', by: module?.errors()[0]?.message ?? 'no test ran', test };
  }
  return { verdict: 'SURVIVED', by: '', test: '' };
}

process.on('message', (work) => {
  void run(/** @type {{ changed: string[], tests: string[] }} */ (work)).then(
    (outcome) => process.send?.(outcome),
    (error) => process.send?.({ verdict: 'broken', by: String(error?.stack ?? error), test: '' }),
  );
});
process.send?.({ verdict: 'ready' });
