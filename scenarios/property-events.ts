import type { BalanceRead, DeliveryEvent, LeadershipEvent, LockEvent } from '../checkers/index.js';
import { plainEquals, type HistoryEvent, type ObservedEvent, type Plain } from '../engine/index.js';
import type { Condition, EventPattern, Property } from './property-schema.js';

/** How often something arrives. */
type Deliveries = Extract<Property, { readonly sent: unknown }>;

/** A property that is called by this name. */
export type Called<Name extends Property['property']> = Extract<Property, { readonly property: Name }>;

export function isDown({ kind }: ObservedEvent): boolean {
  return kind === 'crash' || kind === 'halt';
}

export function matches(pattern: EventPattern, event: ObservedEvent): boolean {
  const { mark, node, detail } = pattern;
  if (node !== undefined && event.node !== node) return false;
  if (mark === undefined) return event.kind === pattern.event && (pattern.name ?? event.name) === event.name;
  if (event.kind !== 'mark' || event.name !== mark) return false;
  return Object.entries(detail ?? {}).every(([field, value]) => plainEquals(fieldOf(event, field), value));
}

function fieldOf({ body }: ObservedEvent, field: string): Plain {
  return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, Plain>>)[field] : undefined;
}

export function text(event: ObservedEvent, field: string): string {
  const value = fieldOf(event, field);
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

export function leadershipOf(
  { leads, term }: Called<'one leader a term'>,
  event: ObservedEvent,
): LeadershipEvent | undefined {
  return matches(leads, event) ? { node: event.node ?? '', term: Number(text(event, term)) } : undefined;
}

export function deliveryOf({ sent, delivered, message }: Deliveries, event: ObservedEvent): DeliveryEvent | undefined {
  if (matches(sent, event)) return { type: 'sent', message: text(event, message) };
  return matches(delivered, event) ? { type: 'delivered', message: text(event, message) } : undefined;
}

export function balancesIn(
  { request, accounts }: Called<'conservation'>,
  event: ObservedEvent,
): BalanceRead | undefined {
  if (!matches({ event: 'ok', name: request }, event)) return undefined;
  const { value } = event.body as unknown as HistoryEvent;
  if (accounts === undefined) return { balances: value as Readonly<Record<string, number>> };
  const steps = value as readonly (readonly [f: string, key: string, value: number | null])[];
  const found = new Map<string, number>();
  for (const [f, key, balance] of steps) {
    // From its first write on, what it reads is partly its own.
    if (f !== 'r') break;
    if (accounts.includes(key)) found.set(key, balance ?? 0);
  }
  return found.size === accounts.length ? { balances: Object.fromEntries(found) } : undefined;
}

/** Who is inside of which lock. Who crashes is inside no more. */
export class Insiders {
  private readonly inside = new Map<string, Set<string>>();

  constructor(private readonly property: Called<'mutual exclusion'>) {}

  see(event: ObservedEvent): LockEvent[] {
    const { enter, leave, lock } = this.property;
    const who = event.node ?? '';
    const held = this.inside.get(who) ?? new Set<string>();
    this.inside.set(who, held);
    if (isDown(event)) {
      const left = [...held].map((name): LockEvent => ({ type: 'leave', who, lock: name }));
      held.clear();
      return left;
    }
    const type = matches(enter, event) ? 'enter' : matches(leave, event) ? 'leave' : undefined;
    if (type === undefined) return [];
    const name = lock === undefined ? 'the lock' : text(event, lock);
    if (type === 'enter') held.add(name);
    else held.delete(name);
    return [{ type, who, lock: name }];
  }
}

/** In which moments a condition holds: an event at its own moment only, how many are inside from then on. */
export class Truth {
  private readonly inside = new Set<string>();
  private readonly negated: Truth | undefined;

  constructor(private readonly condition: Condition) {
    if ('not' in condition) this.negated = new Truth(condition.not);
  }

  /** Between two events. */
  get now(): boolean {
    if (this.negated !== undefined) return !this.negated.now;
    if (!('inside' in this.condition)) return false;
    const { min = 0, max = Infinity } = this.condition.inside;
    return this.inside.size >= min && this.inside.size <= max;
  }

  /** Does it hold at this event? After it, `now` tells. */
  at(event: ObservedEvent): boolean {
    if (this.negated !== undefined) return !this.negated.at(event);
    if (!('inside' in this.condition)) return matches(this.condition as EventPattern, event);
    const { enter, leave } = this.condition.inside;
    if (matches(enter, event)) this.inside.add(event.node ?? '');
    else if (isDown(event) || matches(leave, event)) this.inside.delete(event.node ?? '');
    return this.now;
  }
}
