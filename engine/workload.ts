import { toInteger, type Choices, type Stream } from './choices.js';
import type { ClientsConfig, OperationSpec } from './config.js';
import { put } from './content-copier.js';
import { UsageError } from './errors.js';
import type { Plain } from './protocol.js';

/** An operation as a client asks it. */
export interface Operation {
  readonly request: string;
  readonly args: Plain;
}

const FIRST_KEYS = ['x', 'y', 'z'];

/** The usual arguments of the key-value requests. */
const USUAL_ARGS: Readonly<Record<string, Plain>> = {
  read: { key: '$key' },
  write: { key: '$key', value: '$unique' },
  cas: { key: '$key', from: '$seen', to: '$unique' },
  append: { key: '$key', value: '$unique' },
};

/** Draws what clients ask next. Every value written is unique in the run, so that a history says who wrote what was read. */
export class Workload {
  private readonly totalWeight: number;
  /** By label and client. */
  private readonly streams = new Map<string, Map<string, Stream>>();
  private readonly seen = new Map<string, Plain>();
  private readonly contexts = new Map<string, Plain>();
  private uniques = 0;

  constructor(
    private readonly config: Pick<ClientsConfig, 'operations' | 'keys'>,
    private readonly nodeIds: readonly string[],
    private readonly choices: Choices,
  ) {
    this.totalWeight = config.operations.reduce((sum, spec) => sum + (spec.weight ?? 1), 0);
  }

  /** The next operation of a client. */
  next(client: string): Operation {
    const { operations } = this.config;
    let at = this.draw('workload.operation', client) * this.totalWeight;
    let spec: OperationSpec = operations[operations.length - 1]!;
    for (const candidate of operations) {
      at -= candidate.weight ?? 1;
      if (at < 0) {
        spec = candidate;
        break;
      }
    }
    const template = spec.args ?? USUAL_ARGS[spec.request] ?? {};
    const key = keyName(toInteger(this.draw('workload.key', client), 0, (this.config.keys ?? 1) - 1));
    return { request: spec.request, args: this.fill(template, client, key) };
  }

  /** Arguments with their `$` parts filled in, for scripted operations too. */
  fill(template: Plain, client: string, key: string): Plain {
    if (typeof template === 'string') return template.startsWith('$') ? this.variable(template, client, key) : template;
    if (typeof template !== 'object' || template === null) return template;
    if (Array.isArray(template)) return template.map((item: Plain) => this.fill(item, client, key));
    const filled = { ...template } as Record<string, Plain>;
    for (const name in filled) put(filled, name, this.fill(filled[name], client, key));
    return filled;
  }

  /** A client has seen a value of a key: what its next `$seen` is. */
  sees(client: string, key: Plain, value: Plain): void {
    this.seen.set(`${client} ${String(key)}`, value);
  }

  /** A store has told a client what to pass back with its next update of a key: what its next `$context` is. */
  told(client: string, key: Plain, context: Plain): void {
    this.contexts.set(`${client} ${String(key)}`, context);
  }

  private variable(name: string, client: string, key: string): Plain {
    switch (name) {
      case '$key':
        return key;
      case '$unique':
        return ++this.uniques;
      case '$seen':
        return this.seen.get(`${client} ${key}`) ?? null;
      case '$context':
        return this.contexts.get(`${client} ${key}`) ?? null;
      case '$node':
        return this.nodeIds[toInteger(this.draw('workload.node', client), 0, this.nodeIds.length - 1)]!;
      default:
        throw new UsageError(
          'unknown-variable',
          `an operation's arguments hold ${JSON.stringify(name)}`,
          'known: $key, $unique, $seen, $context, $node',
        );
    }
  }

  private draw(label: string, client: string): number {
    let streams = this.streams.get(label);
    if (streams === undefined) this.streams.set(label, (streams = new Map<string, Stream>()));
    let stream = streams.get(client);
    if (stream === undefined) streams.set(client, (stream = this.choices.stream(label, client, 0)));
    return this.choices.draw(stream);
  }
}

function keyName(index: number): string {
  return FIRST_KEYS[index] ?? `k${index + 1}`;
}
