import { contestantMain } from '../measure.js';
import type { Mode } from '../goals.js';
import { runWorkload } from './run-workload.js';

/** `contestant.js bare|all-in <workload> <events> <warmMs> <measureMs>`. */
const [mode, ...rest] = process.argv.slice(2);
if (mode !== 'bare' && mode !== 'all-in') throw new Error(`no mode is named '${mode}': there are bare, all-in`);
const chosen: Mode = mode;
contestantMain(`ours-${chosen}`, (workload, rounds) => runWorkload(workload, rounds, chosen), rest);
