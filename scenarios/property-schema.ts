import { z } from 'zod';
import type { Plain } from '../engine/index.js';

/*
 * Properties that a scenario names: what is looked for among the marks of its protocol, what becomes of nodes, and what
 * clients see. Judged by `checkers/properties`.
 */

const name = z.string().min(1).max(100);
const count = z.int().min(0);

/** Events that a property may ask for, beside marks. */
const EVENTS = ['start', 'crash', 'halt', 'pause', 'resume', 'fault', 'invoke', 'ok', 'fail', 'info'] as const;

export interface EventPattern {
  readonly mark?: string | undefined;
  readonly event?: (typeof EVENTS)[number] | undefined;
  /** Of `invoke`, `ok`, `fail` and `info`: which request; of `fault`: `begin` or `end`. */
  readonly name?: string | undefined;
  readonly node?: string | undefined;
  readonly detail?: Readonly<Record<string, Plain>> | undefined;
}

export type Condition =
  | EventPattern
  | { readonly not: Condition }
  | {
      readonly inside: {
        readonly enter: EventPattern;
        readonly leave: EventPattern;
        readonly min?: number | undefined;
        readonly max?: number | undefined;
      };
    };

const scalar = z.union([z.null(), z.boolean(), z.number(), z.string()]);
const node = name.optional().describe('Only at this node, or of this client');

export const eventPattern = z
  .union([
    z.strictObject({
      mark: name,
      node,
      detail: z.record(name, scalar).optional().describe('Fields of what it was marked with'),
    }),
    z.strictObject({
      event: z.enum(EVENTS),
      name: name.optional().describe('Of a request; of a fault: begin or end'),
      node,
    }),
  ])
  .meta({
    id: 'event',
    description: 'Which events: a mark of the protocol, what becomes of a node, what a client asks and sees',
  });

const condition: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      eventPattern,
      z.strictObject({ not: condition }),
      z.strictObject({
        inside: z.strictObject({
          enter: eventPattern,
          leave: eventPattern,
          min: count.optional(),
          max: count.optional(),
        }),
      }),
    ]),
  )
  .meta({
    id: 'condition',
    description:
      'An event that happens; not this; or how many nodes are inside, which each is from one event to another, or until it crashes',
  });

/** A schema for durations comes from where the others are. */
export function propertySchema(duration: z.ZodType<number, string | number>) {
  const called = { name: name.optional().describe('What a report calls it; default: the property itself') };
  const within = duration.describe('How long it may take, from the end of the last fault on');
  const complete = z
    .boolean()
    .optional()
    .describe('What has not been delivered at the end never will be; default: nobody can tell');
  const message = name.describe('The field of a mark that names the message');
  return z.discriminatedUnion('property', [
    z.strictObject({ property: z.enum(['always']), holds: condition, ...called }),
    z.strictObject({ property: z.enum(['eventually', 'eventuallyAlways']), holds: condition, within, ...called }),
    z.strictObject({ property: z.literal('leadsTo'), when: condition, then: condition, within, ...called }),
    z.strictObject({
      property: z.enum(['agreement', 'uniform agreement', 'total order', 'uniform total order']),
      deliver: eventPattern,
      message,
      complete,
      ...called,
    }),
    z.strictObject({
      property: z.enum([
        'validity',
        'integrity',
        'uniform integrity',
        'FIFO order',
        'uniform FIFO order',
        'causal order',
        'uniform causal order',
      ]),
      broadcast: eventPattern,
      deliver: eventPattern,
      message,
      complete,
      ...called,
    }),
    z.strictObject({
      property: z.literal('one leader a term'),
      leads: eventPattern,
      term: name.describe('The field of the mark that holds the term'),
      ...called,
    }),
    z.strictObject({
      property: z.literal('mutual exclusion'),
      enter: eventPattern,
      leave: eventPattern,
      lock: name.optional().describe('The field of the marks that names the lock; default: there is one'),
      ...called,
    }),
    z.strictObject({
      property: z.enum(['at most once', 'at least once', 'exactly once']),
      sent: eventPattern,
      delivered: eventPattern,
      message,
      complete,
      ...called,
    }),
    z.strictObject({
      property: z.literal('conservation'),
      request: name.describe('The request that reads all accounts: it answers with a balance a name'),
      accounts: z
        .array(name)
        .min(1)
        .optional()
        .describe('Where it answers with the steps of a transaction: one that has read all of these is looked at'),
      total: z.number(),
      mayOverdraw: z.boolean().optional(),
      ...called,
    }),
  ]);
}

export type Property = z.output<ReturnType<typeof propertySchema>>;
