import { toJson, type Plain, type TraceEvent } from '../../engine/index.js';

/** Any plain value, Maps and Sets included, as one text: equal texts, equal values in the same order. */
export function shown(value: unknown): string {
  return JSON.stringify(toJson(value as Plain));
}

export function describeEvent(event: TraceEvent): string {
  return shown(event);
}
