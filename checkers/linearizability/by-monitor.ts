import type { Operation } from '../history/operation.js';
import type { AnyModel } from '../models/model.js';
import type { MonitorVerdict } from '../monitors/monitor.js';
import { registerMonitor } from '../monitors/register.js';

/** Judges by theory, without a search, when the operations qualify. */
export function judgeByMonitor(
  model: AnyModel,
  operations: readonly Operation[],
  cut: number,
): { readonly by: string; readonly found: MonitorVerdict } | undefined {
  for (const monitor of [registerMonitor, ...(model.monitors ?? [])]) {
    const found = monitor.judge(model, operations, cut);
    if (found !== undefined) return { by: monitor.name, found };
  }
  return undefined;
}
