import type { ScenarioInput } from '../../schema.js';

type Scripted = NonNullable<ScenarioInput['script']>[number];
type Fault = NonNullable<ScenarioInput['faults']>[number];

/** What scenarios that follow one course have in common: a quick network, and proposers that try once. */
export const oneCourse = {
  network: { latency: { uniform: ['1ms', '5ms'] } },
  options: { timeoutMs: 60_000, cure: 'none' },
  until: '600ms',
} as const satisfies Partial<ScenarioInput>;

export function propose(at: string, client: string, target: string, value: string): Scripted {
  return { at, client, request: 'propose', args: { value }, target };
}

interface Scope {
  readonly from?: string;
  readonly to?: string | readonly string[];
  readonly types?: readonly string[];
  readonly at?: string;
  readonly for?: string;
}

/** These messages are lost; for the whole run where it is not said for how long. */
export function lose({ from, to, types, at = '0', for: lasts }: Scope): Fault {
  return {
    do: 'link',
    ...scope({ from, to, types }),
    rule: { loss: 1 },
    at,
    ...(lasts === undefined ? {} : { for: lasts }),
  };
}

/** These messages wait until then. */
export function holdUntil(time: string, { from, to, types }: Scope): Fault {
  return { do: 'link', ...scope({ from, to, types }), rule: { hold: true }, at: 0, for: time };
}

function scope({
  from,
  to,
  types,
}: {
  readonly from: string | undefined;
  readonly to: string | readonly string[] | undefined;
  readonly types: readonly string[] | undefined;
}): { from?: string; to?: string | string[]; types?: string[] } {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to: typeof to === 'string' ? to : [...to] }),
    ...(types === undefined ? {} : { types: [...types] }),
  };
}

/** Clients of whom each proposes a value of its own, and then asks again what was chosen. */
export const proposers = {
  count: 5,
  operations: [{ request: 'propose', args: { value: '$unique' } }],
  target: 'random',
  retry: true,
} as const satisfies NonNullable<ScenarioInput['clients']>;
