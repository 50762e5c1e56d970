import { toInteger, type Choices } from './choices.js';
import { UsageError } from './errors.js';
import type { Whom } from './fault.js';
import type { NodeTable } from './nodes.js';

/** What names in a `Whom` can refer to. */
export interface WhomContext {
  readonly nodes: NodeTable;
  readonly clients: readonly string[];
  readonly zones: Readonly<Record<string, readonly string[]>>;
  readonly choices: Choices;
  /** The event that triggered the fault, where one did. */
  readonly subject?: number;
  readonly peer?: number;
  /** Keys the draws of `random`. */
  readonly scope: string;
  /** Told of a role that no node is in now, and of the roles that there are. */
  readonly nobody?: (role: string, roles: readonly string[]) => void;
}

/**
 * The endpoints that a selector means at this moment, in ascending order.
 *
 * @throws UsageError for a name that is nothing.
 */
export function resolveWhom(whom: Whom, context: WhomContext): readonly number[] {
  return [...new Set(resolve(whom, context))].sort((a, b) => a - b);
}

/** The same where a selector is names of nodes and nothing else, and so means the same at every moment; null where it is not. */
export function nodesByName(whom: Whom, nodes: NodeTable): readonly number[] | null {
  const names = typeof whom === 'string' ? [whom] : isList(whom) ? whom : [];
  const indices = names.map((name) => (typeof name === 'string' ? nodes.index(name) : -1));
  if (indices.length === 0 || indices.includes(-1)) return null;
  return [...new Set(indices)].sort((a, b) => a - b);
}

function resolve(whom: Whom, context: WhomContext): number[] {
  if (typeof whom === 'string') return named(whom, context);
  if (isList(whom)) return whom.flatMap((part) => resolve(part, context));
  if ('role' in whom) return inRole(whom.role, context);
  if ('zone' in whom) return zone(whom.zone, context);
  if ('not' in whom) {
    const excluded = new Set(resolve(whom.not, context));
    return all(context).filter((index) => !excluded.has(index));
  }
  return drawn(whom.random, whom.of === undefined ? running(context) : resolve(whom.of, context), context);
}

function isList(whom: Exclude<Whom, string>): whom is readonly Whom[] {
  return Array.isArray(whom);
}

function named(name: string, context: WhomContext): number[] {
  const { nodes, clients } = context;
  const node = nodes.index(name);
  if (node >= 0) return [node];
  if (name === 'all') return all(context);
  if (name === 'clients') return clients.map((_, i) => nodes.count + i);
  if (name === 'subject' || name === 'peer') {
    const index = context[name];
    return index === undefined || index < 0 ? [] : [index];
  }
  const client = clients.indexOf(name);
  if (client >= 0) return [nodes.count + client];
  if (Object.hasOwn(context.zones, name)) return zone(name, context);
  if (/^[a-z]\d+$/.test(name)) {
    throw new UsageError(
      'unknown-node',
      `there is no node or client ${JSON.stringify(name)}`,
      `nodes: ${range(nodes.ids)}`,
    );
  }
  return inRole(name, context);
}

function range(ids: readonly string[]): string {
  return ids.length <= 8 ? ids.join(', ') : `${ids[0]} to ${ids.at(-1)}`;
}

function all({ nodes }: WhomContext): number[] {
  return Array.from({ length: nodes.count }, (_, i) => i);
}

function running(context: WhomContext): number[] {
  return all(context).filter((index) => context.nodes.isUp(index));
}

function inRole(role: string, context: WhomContext): number[] {
  const up = running(context);
  const roles = up.map((index) => context.nodes.role(index)?.name);
  const found = up.filter((_, i) => roles[i] === role);
  if (found.length === 0)
    context.nobody?.(
      role,
      roles.filter((name) => name !== undefined),
    );
  return found;
}

function zone(name: string, context: WhomContext): number[] {
  const members = Object.hasOwn(context.zones, name) ? context.zones[name] : undefined;
  if (members === undefined) throw new UsageError('unknown-zone', `there is no zone ${JSON.stringify(name)}`);
  return members.flatMap((member) => named(member, context));
}

function drawn(count: number, from: readonly number[], context: WhomContext): number[] {
  const left = [...from];
  const picked: number[] = [];
  const stream = context.choices.sharedStream('fault.whom', context.scope, 0);
  while (picked.length < count && left.length > 0) {
    picked.push(...left.splice(toInteger(context.choices.draw(stream), 0, left.length - 1), 1));
  }
  return picked;
}
