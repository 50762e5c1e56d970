import type { ScenarioInput } from '../../schema.js';
import { linearizableStore } from '../key-value-workload.js';

export { read, write } from '../store-course.js';

/** For scenarios that follow one course: a quick network. Of equal votes the one for the highest node wins. */
export const oneCourse = {
  network: { latency: { uniform: ['1ms', '5ms'] } },
  check: linearizableStore,
} as const satisfies Partial<ScenarioInput>;
