import { describe, expect, it } from 'vitest';
import { protocols } from '../../scenarios/index.js';
import { named, runs, SEEDS } from './catalogue-runs.js';

const bugs = protocols.flatMap((protocol) =>
  Object.entries(protocol.bugs).map(([bug, { property, scenario }]) => ({ protocol, bug, property, scenario })),
);

describe.each(bugs)('$protocol.name with $bug', ({ protocol, bug, property, scenario }) => {
  it(`breaks ${property} in ${scenario} with every seed`, () => {
    const shows = named(scenario);
    expect(shows.protocol).toBe(protocol);
    expect(runs(shows, bug).map(({ violations }) => violations[0]?.property)).toEqual(SEEDS.map(() => property));
    // Without it, with the same seeds, nothing breaks: catalogue.test.ts sees to what a scenario expects.
    expect(shows.expects ?? 'ok').toBe('ok');
  });
});
