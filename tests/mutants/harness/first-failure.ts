import * as fc from 'fast-check';

// A mutant is killed by the first failure: nobody reads a shrunk one. And whether it is must not hang on the day's chance.
fc.configureGlobal({ endOnFailure: true, seed: 1 });
