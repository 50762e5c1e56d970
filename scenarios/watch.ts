import { OnlineLinearizability } from '../checkers/index.js';
import type { HistoryEvent, ObservedEvent, Observer } from '../engine/index.js';
import { OnlineProperties } from './online-properties.js';
import { modelOf, type Scenario } from './scenario.js';

/** Looks on while a run goes: keeps what properties are about, and stops it where its history, or one of them, is refuted. */
export class Watch {
  readonly events: ObservedEvent[] = [];
  private readonly keeps: boolean;
  private readonly check: OnlineLinearizability | null;
  private readonly properties: OnlineProperties | null;
  private readonly leftOut: ReadonlySet<string>;

  constructor(scenario: Scenario, online: boolean) {
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

  private see(event: ObservedEvent): 'stop' | undefined {
    if (this.keeps) this.events.push(event);
    if (this.properties?.see(event) === true) return 'stop';
    if (this.check === null || !HISTORY.has(event.kind)) return undefined;
    const seen = event.body as unknown as HistoryEvent;
    return !this.leftOut.has(seen.f) && this.check.feed(seen) === 'violation' ? 'stop' : undefined;
  }
}

const HISTORY: ReadonlySet<ObservedEvent['kind']> = new Set(['invoke', 'ok', 'fail', 'info']);
