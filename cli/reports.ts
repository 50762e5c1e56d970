import { z } from 'zod';

/*
 * What commands print with `--json`. Scripts may rely on these shapes: more fields may come, none goes. docs/json holds them as
 * JSON Schemas; tests keep those up to date, and hold real outputs against them.
 */

export const micros = z.int().min(0).describe('Microseconds of virtual time');
export const count = z.int().min(0);
const verdict = z.enum(['ok', 'violation', 'undecided']);
const digest = z
  .string()
  .regex(/^[0-9a-f]{16}$/)
  .describe('Of everything that happened: the same run has the same digest');
const marks = z.record(z.string(), count).describe('How often protocol code came by each of its marks');

const violation = z.object({
  property: z.string().describe('The invariant or consistency level that is broken'),
  message: z.string(),
  time: micros.optional(),
  node: z.string().optional(),
  event: count.optional().describe('The trace event at which it was noticed'),
  evidence: z.unknown().optional(),
});

const phase = z.object({
  from: micros,
  to: micros,
  faults: z.array(z.string()).readonly().describe('In force during the phase, in words'),
  operations: count.describe('That began in the phase'),
  ok: count,
  failed: count,
  unknown: count,
  longestSilence: micros.describe('The longest time in which somebody waited and nobody was served'),
});

const storyLine = z.object({
  timeUs: micros,
  text: z.string(),
  kind: z.enum(['fault', 'healed', 'mark', 'violation', 'node']),
});

export const runShape = z.object({
  kind: z.literal('scenario'),
  scenario: z.string(),
  summary: z.string(),
  protocol: z.string(),
  seed: z.string(),
  bug: z.string().optional(),
  nodes: count,
  clients: count,
  verdict,
  expected: z.boolean().describe('Is this what the scenario is there to show?'),
  expects: z.string(),
  digest,
  events: count,
  virtualTimeUs: micros,
  violations: z.array(violation).readonly(),
  undecided: z.string().nullable().describe('Why the verdict is undecided'),
  marks,
  checked: z.array(z.string()).readonly(),
  online: z
    .object({
      judged: z.array(z.string()).readonly().describe('What was judged while the run went'),
      afterwards: z.array(z.string()).readonly().describe('What only the whole run can be judged by'),
      refuted: z
        .object({ property: z.string(), event: count, timeUs: micros })
        .nullable()
        .describe('What was refuted, by which trace event: the run ended there'),
      untilUs: micros.describe('How long the run would have gone on otherwise'),
      gaveUp: z.boolean().describe('Had a key too many possibilities, so that it was judged afterwards only?'),
    })
    .nullable()
    .describe('With --online, or where the scenario asks for it: what the checkers found on the way'),
  /** What the scenario asks for beside invariants and the history, each with a sentence where it is not `ok`. */
  properties: z
    .array(
      z.strictObject({
        property: z.string(),
        verdict: z.enum(['ok', 'violation', 'undecided']),
        says: z.string().nullable(),
      }),
    )
    .readonly(),
  operations: z.object({ total: count, ok: count, failed: count, unknown: count }),
  throughput: z.number().describe('Successful operations per second of virtual time'),
  latency: z
    .object({ p50: micros, p90: micros, p99: micros, max: micros })
    .nullable()
    .describe('Of operations that succeeded'),
  availability: z.array(phase).readonly(),
  messages: z.object({
    sent: count,
    delivered: count,
    dropped: count,
    bytes: count,
    notUnderstood: z.record(z.string(), count).describe('Dropped, by type: the receiver has no handler for it'),
  }),
  syncs: count,
  faults: count.describe('How many faults struck'),
  story: z.array(storyLine).readonly().describe('What was broken when, who led, what went wrong'),
  reproduce: z.string(),
  look: z.string().describe('The command that shows the run in a browser'),
  files: z.array(z.string()).readonly().describe('That were written'),
  notes: z.array(z.string()).readonly(),
});

const comparison = z.object({
  name: z.string(),
  measured: z.number(),
  expected: z.number(),
  from: z.number(),
  to: z.number(),
  unit: z.string(),
  holds: z.boolean(),
});

export const experimentShape = z.object({
  kind: z.literal('experiment'),
  scenario: z.string(),
  summary: z.string(),
  protocol: z.string(),
  seed: z.string(),
  verdict: z.enum(['ok', 'violation']),
  expected: z.boolean(),
  tables: z
    .array(
      z.object({
        title: z.string(),
        columns: z.array(z.string()).readonly(),
        rows: z.array(z.array(z.union([z.string(), z.number()])).readonly()).readonly(),
      }),
    )
    .readonly(),
  comparisons: z.array(comparison).readonly(),
  notes: z.array(z.string()).readonly(),
  digest: z.string(),
  runs: count,
  events: count,
  reproduce: z.string(),
});

/** A handler never came back: there is no run to tell of. */
export const hungShape = z.object({
  kind: z.literal('hung'),
  scenario: z.string(),
  seed: z.string(),
  bug: z.string().optional(),
  verdict: z.literal('violation'),
  expected: z.literal(false),
  digest: z.null(),
  violations: z.array(violation).readonly(),
  reproduce: z.string(),
});

const outcome = z.object({
  seed: z.string(),
  verdict,
  property: z.string().nullable(),
  message: z.string().nullable(),
  digest: z.string().nullable(),
  events: count,
});

export const seedsShape = z.object({
  kind: z.literal('seeds'),
  scenario: z.string(),
  bug: z.string().optional(),
  runs: count,
  failures: z.array(outcome).readonly().describe('Seeds that did not show what the scenario expects'),
  undecided: count,
  outcomes: z.array(outcome).readonly(),
});

/** Of `run --json`. */
export const runOutputShape = z.union([runShape, experimentShape, hungShape, seedsShape]);

export const replayShape = z.object({
  file: z.string(),
  of: z.enum(['trace', 'repro']),
  same: z.boolean(),
  difference: z.string().nullable().describe('How the replay differs from the record, in a sentence'),
  digest: z.string().nullable(),
  recorded: z.string().nullable().describe('The digest that the file holds'),
  run: z.union([runShape, hungShape]),
});

const verifyReportShape = z.object({
  scenario: z.string(),
  seed: z.string(),
  digest: z.string().nullable(),
  events: count,
  same: z.boolean(),
  difference: z.string().nullable().describe('Which handler did what it must not, or the first event that differs'),
});

export const verifyShape = z.object({
  scenario: z.string(),
  runs: count,
  differences: z.array(verifyReportShape).readonly(),
  reports: z.array(verifyReportShape).readonly(),
});

export const fuzzShape = z.object({
  scenario: z.string(),
  bug: z.string().optional(),
  runs: count,
  undecided: count,
  events: count,
  failures: z
    .array(
      z.object({
        seed: z.string(),
        property: z.string().nullable(),
        message: z.string().nullable(),
        repro: z.string().describe('The file to replay'),
        digest: z.string().nullable(),
      }),
    )
    .readonly()
    .describe('In the order of the seeds'),
  marks,
  faults: z.object({
    struck: z.record(z.string(), count).describe('How often faults of each family struck'),
    neverStruck: z.array(z.string()).readonly().describe('Faults of the scenario, and families, that no run saw: why'),
  }),
  seconds: z.number(),
  interrupted: z.boolean(),
});

const named = z.object({ name: z.string(), summary: z.string() });

export const listShape = z.object({
  scenarios: z
    .array(
      z.object({
        name: z.string(),
        protocol: z.string(),
        summary: z.string(),
        kind: z.enum(['scenario', 'experiment']),
        expects: z.union([z.string(), z.object({ violation: z.string() })]),
      }),
    )
    .readonly(),
  protocols: z
    .array(
      z.object({
        name: z.string(),
        source: z.string(),
        summary: z.string(),
        bugs: z
          .array(
            z.object({
              name: z.string(),
              property: z.string(),
              source: z.string(),
              summary: z.string(),
              scenario: z.string().optional().describe('That shows it'),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
  models: z.array(named).readonly(),
  consistency: z.array(named).readonly(),
  formats: z.array(named).readonly(),
});

const keyVerdict = z.looseObject({ key: z.unknown().optional(), verdict, operations: count });

const spent = z.object({ steps: count, memoryBytes: count });

export const checkShape = z.object({
  verdict,
  model: z.string(),
  consistency: z.string(),
  operations: count,
  violations: z
    .array(keyVerdict)
    .readonly()
    .describe('The keys, levels or anomalies of transactions that are not consistent, with evidence'),
  keys: z.array(keyVerdict).readonly(),
  steps: count,
  memoryBytes: count.describe('What the check remembered and its tables took at once, at most'),
  certified: z
    .boolean()
    .optional()
    .describe('With --certify: did the separate checker confirm it? Nothing undecided can be'),
  exhausted: z.string().nullable().describe('What ran out, where the verdict is undecided'),
  takenForPairs: z
    .boolean()
    .optional()
    .describe('Values were taken for pairs of a key and a value, as in independent tests, without --independent'),
  levels: z
    .array(
      z.looseObject({
        level: z.string(),
        verdict,
        follows: z.string().optional().describe('The level from which this follows'),
        unjudged: z.string().optional().describe('Why it is undecided'),
        longest: z
          .object({ operations: count, of: count, waiting: z.array(count).readonly() })
          .optional()
          .describe('Where it is undecided: the longest order found, and what each client would do next'),
        spent: spent.optional().describe('On this level'),
        evidence: z.unknown().optional(),
      }),
    )
    .readonly()
    .optional()
    .describe('Levels other than linearizable, or of isolation, each judged: with --consistency all every one'),
  strongest: z
    .array(z.string())
    .readonly()
    .optional()
    .describe('Levels that hold and that no other such level implies'),
  staleness: z
    .object({ versions: count, us: count, staleReads: count, reads: count })
    .nullable()
    .optional()
    .describe('How far behind reads were, at the least'),
  convergence: z
    .object({ keysRead: count, keys: count, us: count })
    .nullable()
    .optional()
    .describe('How long after the last write of a key it was read with another value than the final one'),
  isolation: z
    .object({
      graph: z
        .object({ transactions: count, edges: count, complete: z.boolean() })
        .describe('What was looked at; not complete where a budget of memory ended'),
      counts: z.record(z.string(), count),
      phenomena: z.record(z.string(), count).describe('How often each phenomenon of SQL was found, P0 to A5B'),
      strongest: z.array(z.string()).readonly(),
      not: z.array(z.string()).readonly(),
      notAlso: z.array(z.string()).readonly(),
      assumptions: z.array(z.string()).readonly(),
    })
    .optional()
    .describe('Of transactions: how often each anomaly was found, what may still hold, what cannot'),
});

/** The drawing of the evidence is for people, and stays out of the JSON. */
export type RunReport = z.infer<typeof runShape> & { readonly drawing: string | null };
export type ExperimentRunReport = z.infer<typeof experimentShape>;
export type HungReport = z.infer<typeof hungShape>;
export type ReplayReport = Omit<z.infer<typeof replayShape>, 'run'> & { readonly run: RunReport };
export type VerifyReport = z.infer<typeof verifyReportShape>;
export type SeedsReport = z.infer<typeof seedsShape>;
export type FuzzReport = z.infer<typeof fuzzShape>;
export type Listing = z.infer<typeof listShape>;
export type CheckReport = z.infer<typeof checkShape>;
export type StoryLine = z.infer<typeof storyLine>;
export type Phase = z.infer<typeof phase>;
