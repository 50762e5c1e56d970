import { z } from 'zod';
import { count, micros } from './reports.js';

/* What `cap --json` prints; as in reports.ts, more fields may come, none goes. */

const answered = z
  .object({ asked: count, ok: z.number().min(0).max(1), failed: z.number().min(0).max(1) })
  .describe('Shares of what was asked: answered in time, and answered with an error');
const available = z.object({ reads: answered, writes: answered });

export const capRowShape = z.object({
  store: z.string(),
  configuration: z.string(),
  class: z.enum(['AP', 'CP', 'read-only', 'neither', 'inadequate', 'depends on the bound']),
  pacelc: z.string().describe('PACELC in short, such as PC/EC'),
  noFault: available,
  majority: available.describe('On the larger side of a cut, within the bound'),
  minority: available.describe('On the smaller side'),
  else: z.object({
    class: z.enum(['L', 'C', 'neither']),
    readSlope: z.number().describe('Milliseconds a median read takes longer per millisecond of delay between nodes'),
    writeSlope: z.number(),
    refuted: z.boolean(),
  }),
  losses: z.object({ acknowledged: count, lost: count }).nullable(),
  lossesBy: z
    .string()
    .describe('What was added that nothing replaces; where losses is null: why they cannot be counted'),
  cuts: z
    .array(
      z.object({
        cut: z.string(),
        sides: z.string(),
        all: z.array(available).readonly().describe('Of all nodes, within the bound, its double and its fourfold'),
        bySide: z.array(available).readonly(),
        byNode: z.array(available).readonly().describe("Of each node in the first seed's run, of which sides tells"),
        verdict: z.enum(['refuted', 'not refuted', 'undecided']),
        operations: count,
        contended: count.describe('Asked during the cut about keys that were written on the other side too'),
        evidence: z.object({ seed: z.string(), text: z.string() }).nullable(),
        converged: micros.nullable().describe('Since the healing; null: nodes disagreed at the end'),
      }),
    )
    .readonly(),
  seeds: z.array(z.string()).readonly(),
  runs: count,
});
export type CapRow = z.infer<typeof capRowShape>;

export const capShape = z.object({
  rows: z.array(capRowShape).readonly(),
  boundUs: micros.describe('In which an answer must come'),
  settlingUs: micros.describe('After the cut, not judged'),
  control: z.boolean().describe('Was the control refuted? Without that no other row is worth anything'),
});
export type CapListing = z.infer<typeof capShape>;
