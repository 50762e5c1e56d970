import { z } from 'zod';
import { CONSISTENCY_LEVELS, ISOLATION_LEVELS, type ConsistencyLevel, type IsolationLevel } from '../checkers/index.js';
import {
  DURATION_UNITS,
  FAULT_FAMILIES,
  parseDuration,
  type Budget,
  type ClientsConfig,
  type ClockConfig,
  type DiskConfig,
  type Distribution,
  type Fault,
  type Micros,
  type NetworkConfig,
  type PartitionShape,
  type Plain,
  type ScriptedOperation,
  type Whom,
} from '../engine/index.js';
import { propertySchema } from './property-schema.js';

/*
 * What a scenario may say, for TypeScript and YAML alike. Durations are written `'150ms'` or, in TypeScript, as whole
 * microseconds; they come out as microseconds. Everything is strict: an unknown key is an error, never ignored.
 */

const expectedDuration = `expected a duration such as 150ms (units: ${DURATION_UNITS.join(', ')})`;

const signedDuration = z
  .union([z.string(), z.int()])
  .transform((value, context): Micros => {
    const us = typeof value === 'number' ? value : parseDuration(value);
    if (us !== undefined) return us;
    context.addIssue({ code: 'custom', message: expectedDuration, input: value });
    return z.NEVER;
  })
  .meta({ description: 'A duration: 150ms, 2s, 1.5h, … or whole microseconds', examples: ['150ms', '2s'] });

const duration = signedDuration
  .refine((us) => us >= 0, { message: 'a duration here cannot be negative' })
  .meta({
    id: 'duration',
    description: 'A duration: 150ms, 2s, 1.5h, … or whole microseconds',
    examples: ['150ms', '2s'],
  });

const probability = z.number().min(0).max(1);
const count = z.int().min(1);
// Far beyond what one process runs in reasonable time; a slip of the finger fills its memory.
const NODES_MAX = 10_000;
const CLIENTS_MAX = 100_000;
const name = z.string().min(1).max(100);

const plain: z.ZodType<Plain> = z
  .lazy(() => z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(plain), z.record(z.string(), plain)]))
  .meta({ id: 'plain' });

const spread = z.union([
  z.tuple([duration, duration]).readonly(),
  duration.transform((us): readonly [Micros, Micros] => [us, us]),
]);

/** A bare duration is a constant. */
export const distribution: z.ZodType<Distribution> = z
  .lazy(() =>
    z.union([
      duration.transform((constant): Distribution => ({ constant })),
      z.strictObject({ constant: duration, max: duration.optional() }),
      z.strictObject({ uniform: spread, max: duration.optional() }),
      z.strictObject({
        exponential: z.strictObject({ mean: duration, min: duration.optional() }),
        max: duration.optional(),
      }),
      z.strictObject({
        normal: z.strictObject({ mean: duration, deviation: duration, min: duration.optional() }),
        max: duration.optional(),
      }),
      z.strictObject({ logNormal: z.strictObject({ median: duration, sigma: z.number() }), max: duration.optional() }),
      z.strictObject({ pareto: z.strictObject({ min: duration, alpha: z.number() }), max: duration.optional() }),
      z.strictObject({
        empirical: z.array(z.tuple([probability, duration]).readonly()).readonly(),
        max: duration.optional(),
      }),
      z.strictObject({
        mixture: z.array(z.strictObject({ weight: z.number().min(0), of: distribution })).readonly(),
        max: duration.optional(),
      }),
    ]),
  )
  .meta({
    id: 'distribution',
    description: 'How long something takes: a duration, or how it is drawn',
  }) as unknown as z.ZodType<Distribution>;

const whom: z.ZodType<Whom> = z
  .lazy(() =>
    z.union([
      name,
      z.array(whom),
      z.strictObject({ role: name }),
      z.strictObject({ zone: name }),
      z.strictObject({ random: count, of: whom.optional() }),
      z.strictObject({ not: whom }),
    ]),
  )
  .meta({
    id: 'whom',
    description:
      'Whom: a name (n2, c1), a role (leader), all, clients, subject, peer, a zone, a list of these, or a choice',
  }) as unknown as z.ZodType<Whom>;

const linkRule = {
  latency: distribution.optional(),
  loss: probability.optional(),
  duplicate: probability.optional(),
  corrupt: probability.optional(),
  corruptionNoticed: z.boolean().optional(),
  bandwidth: z.number().min(0).optional(),
  hold: z.boolean().optional(),
};

const types = z.array(name).optional();

export const network = z.strictObject({
  ...linkRule,
  links: z.array(z.strictObject({ from: whom.optional(), to: whom.optional(), types, ...linkRule })).optional(),
  transport: z.enum(['datagram', 'connection']).optional(),
  retransmit: duration.optional(),
  notice: duration.optional(),
});

const clocks = z.strictObject({
  offsetMax: duration.optional(),
  driftPpmMax: z.number().min(0).optional(),
  perNode: z
    .record(name, z.strictObject({ driftPpm: z.number().optional(), offset: signedDuration.optional() }))
    .optional(),
});

export const disk = z.strictObject({
  syncLatency: distribution.optional(),
  loseUnsynced: z.boolean().optional(),
  torn: probability.optional(),
  lyingSync: probability.optional(),
  syncBeforeSend: z.boolean().optional(),
});

const clients = z.strictObject({
  count: z.int().min(0).max(CLIENTS_MAX),
  operations: z.array(
    z.strictObject({ request: name, weight: z.number().positive().optional(), args: plain.optional() }),
  ),
  keys: count.optional(),
  rate: z.number().positive().optional(),
  think: distribution.optional(),
  target: z.union([z.enum(['leader', 'random', 'sticky', 'pinned']), z.strictObject({ nodes: whom })]).optional(),
  timeout: duration.optional(),
  retry: z.boolean().optional(),
  attemptTimeout: duration.optional(),
  start: duration.optional(),
  stop: duration.optional(),
  operationsMax: z.int().min(0).optional(),
});

const scripted = z.strictObject({
  at: duration,
  client: z.string().regex(/^c[1-9]\d*$/, 'a client is named c1, c2, …'),
  request: name,
  args: plain.optional(),
  target: name.optional(),
});

const shape: z.ZodType<PartitionShape> = z.union([
  z.strictObject({ groups: z.array(whom) }),
  z.strictObject({ from: whom, to: whom }),
  z.strictObject({ isolate: whom }),
  z.strictObject({ halves: z.literal(true), with: whom.optional() }),
  z.strictObject({ ring: z.literal('majorities') }),
  z.strictObject({ bridge: whom }),
  z.strictObject({ hub: whom }),
  z.strictObject({ constrained: z.strictObject({ leader: whom, hub: whom }) }),
  z.strictObject({ chain: z.literal(true) }),
]) as unknown as z.ZodType<PartitionShape>;

const trigger = z.strictObject({
  mark: name.optional(),
  sent: name.optional(),
  delivered: name.optional(),
  node: whom.optional(),
  peer: whom.optional(),
  nth: count.optional(),
  from: duration.optional(),
});

const timing = {
  at: duration.optional(),
  when: trigger.optional(),
  after: duration.optional(),
  for: duration.optional(),
  times: count.optional(),
  every: duration.optional(),
};

const struck = { whom, ...timing };

export const fault = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('crash'), disk: z.enum(['kept', 'wiped']).optional(), ...struck }),
  z.strictObject({ do: z.literal('restart'), ...struck }),
  z.strictObject({ do: z.literal('pause'), ...struck }),
  z.strictObject({ do: z.literal('resume'), ...struck }),
  z.strictObject({ do: z.literal('slow'), processing: distribution, ...struck }),
  z.strictObject({ do: z.literal('stop'), ...struck }),
  z.strictObject({ do: z.literal('start'), ...struck }),
  z.strictObject({
    do: z.literal('upgrade'),
    options: z.record(name, plain).optional(),
    version: name.optional(),
    ...struck,
  }),
  z.strictObject({ do: z.literal('partition'), shape, name: name.optional(), ...timing }),
  z.strictObject({ do: z.literal('heal'), name: name.optional(), ...timing }),
  z.strictObject({
    do: z.literal('link'),
    from: whom.optional(),
    to: whom.optional(),
    types,
    rule: z.strictObject(linkRule),
    bothWays: z.boolean().optional(),
    ...timing,
  }),
  z.strictObject({
    do: z.literal('clock'),
    driftPpm: z.number().min(-900_000).max(900_000).optional(),
    jump: signedDuration.optional(),
    ...struck,
  }),
  z.strictObject({
    do: z.literal('disk'),
    how: z.enum(['corrupt', 'misdirected', 'unreadable', 'full', 'slow']),
    field: name.optional(),
    noticed: z.boolean().optional(),
    syncLatency: distribution.optional(),
    ...struck,
  }),
]);

const budget = z.strictObject({
  events: count.optional(),
  eventsPerInstant: count.optional(),
  queue: count.optional(),
  wallMs: z.number().positive().optional(),
});

const leaveOut = z
  .array(name)
  .optional()
  .describe('Requests that concern no data of the model: a change of membership');

/** How a history of operations on single keys is judged. */
const operationsCheck = z.strictObject({
  consistency: z
    .enum(CONSISTENCY_LEVELS as readonly [ConsistencyLevel, ...ConsistencyLevel[]])
    .describe('What the store promises; `splitbrain list --json` says what each means'),
  model: name,
  staleness: z
    .strictObject({ versions: z.int().min(0).optional(), time: duration.optional() })
    .optional()
    .describe('For bounded-staleness: how far behind reads may be'),
  settle: duration.optional().describe('For eventual: how long after the last write of a key all must agree'),
  online: z
    .boolean()
    .optional()
    .describe(
      'Ends the run where its history is refuted, for linearizable, or one of its properties. Fuzzing does so anyway',
    ),
  leaveOut,
});

/** How a history of transactions is judged. */
const transactionsCheck = z.strictObject({
  isolation: z
    .enum(ISOLATION_LEVELS as readonly [IsolationLevel, ...IsolationLevel[]])
    .describe('The level of isolation that the store promises to transactions'),
  leaveOut,
});

const expectation = z.union([
  z.literal('ok'),
  z.strictObject({ violation: name.describe('The property that this scenario is there to see broken') }),
]);

/** Everything of a scenario that is data. */
export const scenarioSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/, 'a name is made of lower-case words, - and /')
    .describe('Lower-case words, - and /: raft/leader-crash'),
  summary: z.string().min(1).describe('What happens, in one sentence'),
  teaches: z.string().optional().describe('What is to be learned from it'),
  nodes: z
    .union([count.max(NODES_MAX), z.array(name).min(1)])
    .describe('How many nodes, named n1, n2, …; or their names'),
  standby: z.array(name).optional().describe('Nodes that do not run at first: a start fault starts them'),
  zones: z.record(name, z.array(name)).optional().describe('Names for sets of nodes'),
  options: z.record(name, plain).optional().describe('Options of the protocol, for every node'),
  nodeOptions: z.record(name, z.record(name, plain)).optional().describe('Options of the protocol, for some nodes'),
  network: network.optional().describe('How links behave; default: 1 to 10 ms each way, nothing is lost'),
  clocks: z
    .union([z.literal('true').transform(() => ({ offsetMax: 0, driftPpmMax: 0 })), clocks])
    .optional()
    .describe('How wrong clocks are; default: 50 ms and 50 ppm at most. true: not at all'),
  disk: disk.optional().describe('What disks are like; default: perfect ones'),
  clients: clients.optional().describe('Who asks for what, and how often'),
  script: z.array(scripted).optional().describe('Operations at fixed times, beside or instead of the generated ones'),
  faults: z.array(fault).optional().describe('What goes wrong, and when'),
  survivable: z.boolean().optional().describe('Leave out faults that would leave no majority whole and connected'),
  until: duration.describe('When the run ends, in virtual time'),
  budget: budget.optional().describe('Where a run stops by itself, undecided'),
  check: z
    .union([operationsCheck, transactionsCheck])
    .optional()
    .describe('How the history is judged; without it: by invariants alone'),
  properties: z
    .array(propertySchema(duration))
    .optional()
    .describe('What must hold of its marks and events, beside the invariants of the protocol'),
  progress: duration
    .optional()
    .describe('After the last fault has ended, some operation must succeed within this time'),
  expects: expectation.optional().describe('The outcome that this scenario is there to show; default: ok'),
  swarm: z
    .strictObject({
      families: z.array(z.enum(FAULT_FAMILIES)).optional(),
      faultsMax: count.optional(),
      duplicates: z.boolean().optional(),
      disk: z
        .boolean()
        .optional()
        .describe(
          'May disks sync late, and crashes lose and tear the rest? Default: true, where the scenario has no disk',
        ),
    })
    .optional()
    .describe("What fuzzing may add to the scenario's own faults; without it: nothing"),
});

export type ScenarioInput = z.input<typeof scenarioSchema>;
type Parsed = z.output<typeof scenarioSchema>;

/** A scenario's data, durations in microseconds. */
export interface ScenarioData extends Omit<
  Parsed,
  'network' | 'clocks' | 'disk' | 'clients' | 'script' | 'faults' | 'budget'
> {
  readonly network?: NetworkConfig;
  readonly clocks?: ClockConfig & {
    readonly perNode?: Readonly<Record<string, { driftPpm?: number; offset?: Micros }>>;
  };
  readonly disk?: DiskConfig;
  readonly clients?: ClientsConfig;
  readonly script?: readonly ScriptedOperation[];
  readonly faults?: readonly Fault[];
  readonly budget?: Budget;
}
