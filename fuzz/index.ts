export { fuzzSeed, runSwarm, type FuzzOptions, type SeedOutcome } from './fuzz-seed.js';
export { NO_FAULTS, type FaultOutcome, type FaultTotals } from './fault-tally.js';
export { runCampaign, type CampaignOptions, type CampaignState, type Host } from './campaign.js';
export { makeRepro, readRepro, reproOf, type Repro } from './repro.js';
export { verifyScenario, type Difference, type Poison, type VerifyResult } from './verify.js';
