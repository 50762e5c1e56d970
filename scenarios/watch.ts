import { OnlineLinearizability } from '../checkers/index.js';
import type { HistoryEvent, Micros, ObservedEvent, Observer, Violation } from '../engine/index.js';
import { OnlineProperties } from './online-properties.js';
import { modelOf, type Scenario } from './scenario.js';

/** What was judged while a run went. */
export interface OnlineFindings {
  /** Invariants, which are always judged on the way, and what else can be. */
  readonly judged: readonly string[];
  /** What only the whole run can be judged by. */
  readonly afterwards: readonly string[];
  /** What was refuted first, by which event of the trace; the run ended there. Null: nothing was. */
  readonly refuted: { readonly property: string; readonly event: number; readonly time: Micros } | null;
  /** Did some key have too many possibilities to go on with? It was then judged afterwards only. */
  readonly gaveUp: boolean;
}

/** Looks on while a run goes: keeps what properties are about, and stops it where its history, or one of them, is refuted. */
export class Watch {
  readonly events: ObservedEvent[] = [];
  private readonly keeps: boolean;
  private readonly check: OnlineLinearizability | null;
  private readonly properties: OnlineProperties | null;
  private readonly leftOut: ReadonlySet<string>;
  private refuted: OnlineFindings['refuted'] = null;
  private gaveUp = false;

  constructor(
    private readonly scenario: Scenario,
    private readonly online: boolean,
  ) {
    const model = modelOf(scenario);
    const { check, properties } = scenario;
    this.keeps = properties !== undefined;
    this.check =
      online && model !== null && check !== undefined && 'model' in check && check.consistency === 'linearizable'
        ? new OnlineLinearizability(model)
        : null;
    this.properties = online && properties !== undefined ? new OnlineProperties(properties) : null;
    this.leftOut = new Set(check?.leaveOut ?? []);
  }

  /** Undefined where there is nothing to look for. */
  get observer(): Observer | undefined {
    return this.keeps || this.check !== null ? (event) => this.see(event) : undefined;
  }

  /** Null where the run was not to be judged on the way. An invariant ends any run. */
  findings([broken]: readonly Violation[]): OnlineFindings | null {
    if (!this.online) return null;
    const { protocol, check, properties, progress } = this.scenario;
    const asked = [
      ...(check === undefined ? [] : ['model' in check ? check.consistency : check.isolation]),
      ...(properties ?? []).map(({ name, property }) => name ?? property),
      ...(progress === undefined ? [] : ['progress']),
    ];
    const found = new Set([...(this.check === null ? [] : ['linearizable']), ...(this.properties?.names ?? [])]);
    return {
      judged: [...(protocol.invariants ?? []).map(({ name }) => name), ...found],
      afterwards: asked.filter((name) => !found.has(name)),
      refuted:
        broken === undefined
          ? this.refuted
          : { property: broken.property, event: broken.event ?? 0, time: broken.time ?? (0 as Micros) },
      gaveUp: this.gaveUp,
    };
  }

  private see(event: ObservedEvent): 'stop' | undefined {
    if (this.keeps) this.events.push(event);
    const property = this.properties?.see(event) ?? (this.refutesHistory(event) ? 'linearizable' : undefined);
    if (property === undefined) return undefined;
    this.refuted ??= { property, event: event.id, time: event.time };
    return 'stop';
  }

  private refutesHistory(event: ObservedEvent): boolean {
    if (this.check === null || !HISTORY.has(event.kind)) return false;
    const seen = event.body as unknown as HistoryEvent;
    if (this.leftOut.has(seen.f)) return false;
    const answer = this.check.feed(seen);
    if (answer === 'gave-up') this.gaveUp = true;
    return answer === 'violation';
  }
}

const HISTORY: ReadonlySet<ObservedEvent['kind']> = new Set(['invoke', 'ok', 'fail', 'info']);
