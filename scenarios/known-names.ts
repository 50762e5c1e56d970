import type { AnyProtocol, Whom } from '../engine/index.js';
import { nearestName } from '../checkers/values.js';
import type { Problem } from './problems.js';
import type { ScenarioData } from './schema.js';

type Path = readonly (string | number)[];

/** Where a name is looked up: what is known, and whose it is. */
export interface Names {
  readonly what: string;
  readonly owner: string;
  readonly known: readonly string[];
}

/** The problem with a name that is not known; none where it is. */
export function unknownName(name: string, path: Path, { what, owner, known }: Names): Problem[] {
  if (known.includes(name)) return [];
  const like = nearestName(name, known);
  const meant = like === undefined ? '' : `; did you mean ${like}?`;
  return [{ path, message: `unknown ${what} "${name}" (${owner} knows: ${known.join(', ') || 'none'})${meant}` }];
}

/** What names somebody or a kind of message, in faults, rules of links and targets of clients: is it known to the protocols? */
export function strangers(data: ScenarioData, protocols: readonly AnyProtocol[]): Problem[] {
  const owner = protocols[0]!.name;
  const types: Names = { what: 'message type', owner, known: protocols.flatMap(messageTypes) };
  const roles = protocols.map((protocol) => protocol.roles ?? (protocol.role === undefined ? [] : undefined));
  const told = roles.filter((list) => list !== undefined).flat();
  const all: Names = { what: 'role', owner, known: [...new Set(told)] };
  // Where one of them does not say which roles it has, any may be meant.
  const open = roles.includes(undefined);
  const inType = (name: string | undefined, path: Path): Problem[] =>
    name === undefined ? [] : unknownName(name, path, types);
  const inTypes = (names: readonly string[] | undefined, path: Path): Problem[] =>
    names?.flatMap((name, i) => unknownName(name, [...path, i], types)) ?? [];
  const inWhom = (whom: Whom | undefined, path: Path): Problem[] =>
    whom === undefined || open ? [] : rolesIn(whom, path, data).flatMap(({ role, at }) => unknownName(role, at, all));

  const faults = (data.faults ?? []).flatMap((fault, i) => {
    const path = ['faults', i];
    const { when } = fault;
    const trigger =
      when === undefined
        ? []
        : [
            ...inType(when.sent, [...path, 'when', 'sent']),
            ...inType(when.delivered, [...path, 'when', 'delivered']),
            ...inWhom(when.node, [...path, 'when', 'node']),
            ...inWhom(when.peer, [...path, 'when', 'peer']),
          ];
    if (fault.do === 'link') {
      const ends = [...inWhom(fault.from, [...path, 'from']), ...inWhom(fault.to, [...path, 'to'])];
      return [...trigger, ...ends, ...inTypes(fault.types, [...path, 'types'])];
    }
    if (fault.do === 'partition') return [...trigger, ...inShape(fault.shape, [...path, 'shape'], inWhom)];
    return fault.do === 'heal' ? trigger : [...trigger, ...inWhom(fault.whom, [...path, 'whom'])];
  });
  const links = (data.network?.links ?? []).flatMap((link, i) => inTypes(link.types, ['network', 'links', i, 'types']));
  const target = data.clients?.target;
  const targets = typeof target === 'object' ? inWhom(target.nodes, ['clients', 'target', 'nodes']) : [];
  return [...faults, ...links, ...targets];
}

function messageTypes(protocol: AnyProtocol): string[] {
  const requests = Object.keys(protocol.onRequest).map((name) => `request:${name}`);
  return [...Object.keys(protocol.onMessage), ...requests, 'reply:ok', 'reply:fail', 'reply:redirect'];
}

function inShape(shape: object, path: Path, inWhom: (whom: Whom, path: Path) => Problem[]): Problem[] {
  return Object.entries(shape).flatMap(([key, value]: [string, unknown]): Problem[] => {
    if (key === 'groups') return (value as readonly Whom[]).flatMap((group, i) => inWhom(group, [...path, key, i]));
    if (key === 'constrained') return inShape(value as object, [...path, key], inWhom);
    // `halves: true`, `ring: 'majorities'`, `chain: true` name nobody.
    return key === 'halves' || key === 'ring' || key === 'chain' ? [] : inWhom(value as Whom, [...path, key]);
  });
}

const EVERYBODY = ['all', 'clients', 'subject', 'peer'];

/** The names in a selector that can only be roles. */
function rolesIn(whom: Whom, path: Path, data: ScenarioData): { role: string; at: Path }[] {
  if (typeof whom === 'string') return isRole(whom, data) ? [{ role: whom, at: path }] : [];
  if (isList(whom)) return whom.flatMap((part, i) => rolesIn(part, [...path, i], data));
  if ('role' in whom) return [{ role: whom.role, at: [...path, 'role'] }];
  if ('not' in whom) return rolesIn(whom.not, [...path, 'not'], data);
  return 'of' in whom && whom.of !== undefined ? rolesIn(whom.of, [...path, 'of'], data) : [];
}

function isList(whom: Exclude<Whom, string>): whom is readonly Whom[] {
  return Array.isArray(whom);
}

function isRole(name: string, { nodes, zones }: ScenarioData): boolean {
  if (EVERYBODY.includes(name) || Object.hasOwn(zones ?? {}, name)) return false;
  // Names such as n2 and c1 are told where the run looks for them: --set may change how many there are.
  return !/^[a-z]\d+$/.test(name) && !(Array.isArray(nodes) && nodes.includes(name));
}
