import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runCampaign, type CampaignState, type SeedOutcome } from '../../fuzz/index.js';

interface Shape {
  readonly runs: number;
  readonly failuresMax: number;
  readonly failing: ReadonlySet<number>;
}

/**
 * Seeds that 3 divides drew two pauses, which struck once in all; nobody drew a link; the scenario's crash waits in vain, its
 * disk fault strikes, and no seed draws another.
 */
function faultsOf(number: number): SeedOutcome['faults'] {
  const pause = number % 3 === 0 ? { planned: 2, struck: 1 } : { planned: 0, struck: 0 };
  const own = [
    { family: 'crash', struck: 0, why: `seed ${number}` },
    { family: 'disk', struck: 1 },
  ] as const;
  const disk = { planned: 0, struck: 0 };
  return { own, swarm: { pause, clock: { planned: 1, struck: 0 }, link: { planned: 0, struck: 0 }, disk } };
}

function outcomeOf(seed: string, { failing }: Shape): SeedOutcome {
  const number = Number(seed);
  const verdict = failing.has(number) ? 'violation' : number % 7 === 0 ? 'undecided' : 'ok';
  const marks = { met: number % 3, ['of ' + String(number)]: 1 };
  return {
    seed,
    verdict,
    property: null,
    message: null,
    digest: '',
    events: number,
    faults: faultsOf(number),
    marks,
    repro: null,
  };
}

/** A campaign whose workers come back in the order that `pace` says: always the batch with the smallest number is next. */
async function campaign(shape: Shape, workers: number, pace: (seed: number) => number): Promise<CampaignState> {
  const waiting: { readonly turn: number; readonly go: () => void }[] = [];
  const host = {
    workers,
    now: () => 0,
    stopped: () => false,
    run: (seeds: readonly string[]) =>
      new Promise<readonly SeedOutcome[]>((resolve) => {
        waiting.push({ turn: pace(Number(seeds[0])), go: () => resolve(seeds.map((seed) => outcomeOf(seed, shape))) });
      }),
  };
  const running = runCampaign(host, { prefix: '', first: 1, shard: 0, of: 1, timeMs: Infinity, ...shape });
  let over = false;
  void running.then(() => (over = true));
  while (!over) {
    waiting.sort((a, b) => a.turn - b.turn);
    waiting.shift()?.go();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
  return running;
}

const shapes = fc.record({
  runs: fc.integer({ min: 1, max: 120 }),
  failuresMax: fc.integer({ min: 1, max: 4 }),
  failing: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 6 }).map((seeds) => new Set(seeds)),
});

describe('a campaign', () => {
  it('tells what one worker tells, however many there are and whatever their pace', async () => {
    const paces = fc.func(fc.integer({ min: 0, max: 1000 }));
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 2, max: 6 }), paces, async (shape, workers, pace) => {
        expect(await campaign(shape, workers, pace)).toEqual(await campaign(shape, 1, () => 0));
      }),
      { numRuns: 200 },
    );
  });

  it('stops at the failure of the lowest seed, and counts nothing after it', async () => {
    const shape = { runs: 100, failuresMax: 1, failing: new Set([5, 30, 31]) };
    // The batches with seeds 30 and 31 come back long before that with seed 5.
    const state = await campaign(shape, 6, (seed) => -seed);
    expect(state.failures.map(({ seed }) => seed)).toEqual(['5']);
    expect([state.runs, state.events, state.marks['met']]).toEqual([5, 15, 6]);
    expect(state.faults.struck).toEqual({ disk: 5, pause: 1 });
  });

  it('tells which faults never struck: of the scenario why not, of a swarm how often they were drawn', async () => {
    const { faults } = await campaign({ runs: 9, failuresMax: 1, failing: new Set() }, 2, (seed) => -seed);
    expect(faults).toEqual({
      struck: { disk: 9, pause: 3 },
      neverStruck: [
        'fault 1 of the scenario (crash): seed 1',
        'clock: drawn 9×, and nobody was there to strike',
        'link: no seed drew any',
      ],
    });
  });

  it('goes on to as many failures as it may, in the order of their seeds', async () => {
    const state = await campaign({ runs: 100, failuresMax: 2, failing: new Set([40, 5, 30]) }, 4, (seed) => -seed);
    expect([state.failures.map(({ seed }) => seed), state.runs]).toEqual([['5', '30'], 30]);
  });

  it('tells the seeds up to the first that a stop left out', async () => {
    let asked = 0;
    const host = {
      workers: 1,
      now: () => 0,
      stopped: () => asked > 0,
      run: (seeds: readonly string[]) => {
        asked++;
        const cut = seeds.slice(0, 3).map((seed) => outcomeOf(seed, { runs: 100, failuresMax: 1, failing: new Set() }));
        return Promise.resolve(cut);
      },
    };
    const options = { prefix: '', first: 1, shard: 0, of: 1, timeMs: Infinity, runs: 100, failuresMax: 1 };
    expect((await runCampaign(host, options)).runs).toBe(3);
  });

  it('gives every shard seeds of its own, and all of them together all seeds', async () => {
    const seen: string[] = [];
    for (let shard = 0; shard < 3; shard++) {
      const run = (seeds: readonly string[]): Promise<SeedOutcome[]> => {
        seen.push(...seeds);
        return Promise.resolve(seeds.map((seed) => outcomeOf(seed, { runs: 0, failuresMax: 1, failing: new Set() })));
      };
      const host = { workers: 2, now: () => 0, stopped: () => false, run };
      await runCampaign(host, { prefix: '', first: 1, shard, of: 3, timeMs: Infinity, runs: 10, failuresMax: 1 });
    }
    expect(seen.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });
});
