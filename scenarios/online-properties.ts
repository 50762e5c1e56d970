import { AtMostOnce, conservation, LeaderUniqueness, MutualExclusion } from '../checkers/index.js';
import type { ObservedEvent } from '../engine/index.js';
import type { Property } from './property-schema.js';
import { balancesIn, deliveryOf, Insiders, leadershipOf, Truth } from './property-events.js';

/** Does this event break it? */
type Sees = (event: ObservedEvent) => boolean;

/**
 * Those properties of a scenario that one event can break for good, judged while the run goes. What needs the end of a trace, or an
 * order of many deliveries, is judged afterwards.
 */
export class OnlineProperties {
  private readonly judges: readonly { readonly name: string; readonly sees: Sees }[];

  constructor(properties: readonly Property[]) {
    this.judges = properties.flatMap((property) => {
      const sees = judgeOf(property);
      return sees === undefined ? [] : [{ name: property.name ?? property.property, sees }];
    });
  }

  /** Those that it judges. */
  get names(): readonly string[] {
    return this.judges.map(({ name }) => name);
  }

  /** Which of them is broken by this event? */
  see(event: ObservedEvent): string | undefined {
    let broken: string | undefined;
    // Each has to see every event, as it remembers.
    for (const { name, sees } of this.judges) if (sees(event)) broken ??= name;
    return broken;
  }
}

function judgeOf(property: Property): Sees | undefined {
  switch (property.property) {
    case 'always': {
      const truth = new Truth(property.holds);
      return (event) => !truth.at(event) || !truth.now;
    }
    case 'one leader a term': {
      const online = new LeaderUniqueness();
      return (event) => {
        const leads = leadershipOf(property, event);
        return leads !== undefined && online.feed(leads) !== undefined;
      };
    }
    case 'mutual exclusion': {
      const online = new MutualExclusion();
      const insiders = new Insiders(property);
      return (event) => insiders.see(event).some((step) => online.feed(step) !== undefined);
    }
    case 'at most once':
    case 'exactly once': {
      const online = new AtMostOnce();
      return (event) => {
        const delivery = deliveryOf(property, event);
        return delivery !== undefined && online.feed(delivery) !== undefined;
      };
    }
    case 'conservation': {
      const { total, mayOverdraw } = property;
      return (event) => {
        const read = balancesIn(property, event);
        const options = { mayOverdraw: mayOverdraw === true };
        return read !== undefined && conservation([read], total, options).verdict === 'violation';
      };
    }
    default:
      return undefined;
  }
}
