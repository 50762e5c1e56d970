import { z } from 'zod';
import { disk, fault, network } from './schema.js';

export const REPRO_FORMAT = 'splitbrain-repro';
export const REPRO_VERSION = 1;

const SEED_MAX = 200;
const name = z.string().min(1);

/** What a repro file may say. Times are written as in a scenario. */
export const reproSchema = z.strictObject({
  format: z.literal(REPRO_FORMAT),
  version: z.literal(REPRO_VERSION),
  scenario: name.describe('A name of the catalogue, or what the scenario of `file` calls itself'),
  file: name.optional().describe("The scenario's file, where it is none of the catalogue"),
  seed: z.string().min(1).max(SEED_MAX),
  bug: name.optional().describe('The planted bug that is switched on'),
  settings: z.record(name, z.string()).optional().describe('As given with --set'),
  faults: z.array(fault).optional().describe("Added to the scenario's own faults"),
  network: network.optional().describe("In place of the scenario's own, field by field"),
  disk: disk.optional().describe("In place of the scenario's own, field by field"),
  overrides: z
    .record(name, z.number().min(0).lt(1))
    .optional()
    .describe('Choices by key, each a number in [0, 1); what is not named takes its usual way'),
  online: z.boolean().optional().describe('The run ends where its history is refuted'),
  property: name.optional().describe('What it shows'),
  digest: z.string().optional().describe('Of the run that it was made of'),
});
