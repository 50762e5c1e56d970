export { assertSameAtBothSpeeds, assertSameRun } from './same-at-both-speeds.js';
export { assertReplaysIdentically, choicesByKey, keysInOrder, recordChoices } from './replays-identically.js';
export { assertOverrideIsLocal } from './override-is-local.js';
export { assertRunsPoisoned } from './poisoned-globals.js';
export { assertStateStaysBounded, measureState } from './state-stays-bounded.js';
